"""Leap seconds: which seconds exist, and UTC against TAI."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timekeeping.leap import LeapSecond, LeapTable, UtcSecond
from timekeeping.leap_list import FIRST

pytestmark = pytest.mark.unit


def utc_s(*fields: int) -> int:
    return int(datetime(*fields, tzinfo=UTC).timestamp())


NEW_YEAR_2017 = utc_s(2017, 1, 1)
MADE_UP = utc_s(2035, 7, 1)
"""No second has ever been removed; this one is made up."""

TABLE = LeapTable(
    (
        FIRST,
        LeapSecond(utc_s(1972, 7, 1), 11),
        LeapSecond(NEW_YEAR_2017, 12),
        LeapSecond(MADE_UP, 11),
    ),
    expires_utc_s=utc_s(2036, 1, 1),
)

moments = st.integers(FIRST.from_utc_s, utc_s(2040, 1, 1)) | st.builds(
    lambda midnight, by: midnight + by,
    st.sampled_from([entry.from_utc_s for entry in TABLE.entries[1:]]),
    st.integers(-130, 130),
)


def test_an_inserted_second_exists_only_where_the_list_says_so():
    assert TABLE.exists(UtcSecond(NEW_YEAR_2017 - 1, inserted=True))
    assert not TABLE.exists(UtcSecond(NEW_YEAR_2017, inserted=True))
    assert not TABLE.exists(UtcSecond(NEW_YEAR_2017 + 86_399, inserted=True))


def test_a_removed_second_does_not_exist():
    assert not TABLE.exists(UtcSecond(MADE_UP - 1))
    assert TABLE.exists(UtcSecond(MADE_UP - 2))
    assert TABLE.exists(UtcSecond(MADE_UP))


def test_the_inserted_second_is_number_sixty():
    assert UtcSecond(NEW_YEAR_2017 - 1).second_of_minute == 59
    assert UtcSecond(NEW_YEAR_2017 - 1, inserted=True).second_of_minute == 60
    assert UtcSecond(NEW_YEAR_2017).second_of_minute == 0


@pytest.mark.parametrize(
    ("any_second", "length_s"),
    [
        (NEW_YEAR_2017 - 60, 61),
        (NEW_YEAR_2017 - 1, 61),
        (NEW_YEAR_2017, 60),
        (NEW_YEAR_2017 - 61, 60),
        (MADE_UP - 60, 59),
        (MADE_UP + 3, 60),
        (FIRST.from_utc_s - 1, 60),
    ],
)
def test_minutes_last_59_60_or_61_seconds(any_second, length_s):
    assert TABLE.seconds_in_minute(any_second) == length_s


@given(moments)
def test_a_minute_holds_as_many_existing_seconds_as_it_lasts(moment_utc_s):
    start = moment_utc_s - moment_utc_s % 60
    seconds = [UtcSecond(start + n) for n in range(60)] + [UtcSecond(start + 59, inserted=True)]
    assert sum(TABLE.exists(second) for second in seconds) == TABLE.seconds_in_minute(moment_utc_s)


@given(moments, st.booleans())
def test_tai_and_back_is_the_same_second(moment_utc_s, inserted):
    second = UtcSecond(moment_utc_s, inserted)
    if TABLE.exists(second):
        assert TABLE.utc_second(TABLE.tai_s(second)) == second
    else:
        with pytest.raises(ValueError, match="does not exist"):
            TABLE.tai_s(second)


@given(moments)
def test_tai_counts_each_second_once(moment_utc_s):
    """Two neighbouring TAI seconds are two neighbouring seconds of UTC, over every leap second."""
    tai = moment_utc_s + 11
    second, following = TABLE.utc_second(tai), TABLE.utc_second(tai + 1)
    assert TABLE.exists(second)
    assert TABLE.tai_s(following) - TABLE.tai_s(second) == 1
    if following.inserted:
        assert following.posix_s == second.posix_s
    else:
        expected = 2 if second.posix_s + 2 == MADE_UP else 1
        assert following.posix_s - second.posix_s == expected


def test_tai_around_a_real_leap_second():
    """BIPM: TAI is one second further from UTC after the inserted second."""
    before = TABLE.tai_s(UtcSecond(NEW_YEAR_2017 - 1))
    inserted = TABLE.tai_s(UtcSecond(NEW_YEAR_2017 - 1, inserted=True))
    after = TABLE.tai_s(UtcSecond(NEW_YEAR_2017))
    assert (inserted - before, after - inserted) == (1, 1)
    assert after - NEW_YEAR_2017 == 12


def test_there_is_no_such_arithmetic_before_1972():
    with pytest.raises(ValueError, match="no whole-second offset"):
        TABLE.tai_minus_utc_s(FIRST.from_utc_s - 1)
    with pytest.raises(ValueError, match="no whole-second offset"):
        TABLE.utc_second(FIRST.from_utc_s)


def test_a_table_expires_at_its_date():
    assert not TABLE.expired(utc_s(2036, 1, 1) - 1)
    assert TABLE.expired(utc_s(2036, 1, 1))
    assert not LeapTable((FIRST,), None).expired(1 << 40)
