"""Civil time in an IANA zone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timekeeping.civil import DEFAULT_ZONE, CivilTime, ZoneError, civil_time, zone_named
from timekeeping.leap import UtcSecond

pytestmark = pytest.mark.unit

TOKYO = zone_named(DEFAULT_ZONE)
BERLIN = zone_named("Europe/Berlin")
KATHMANDU = zone_named("Asia/Kathmandu")

instants = st.integers(63_072_000, 4_102_444_800)


def utc_s(*fields: int) -> int:
    return int(datetime(*fields, tzinfo=UTC).timestamp())


def test_tokyo_is_nine_hours_ahead():
    assert civil_time(UtcSecond(utc_s(2026, 12, 31, 22, 11, 10)), TOKYO) == CivilTime(
        2027, 1, 1, 7, 11, 10, 32_400
    )


@given(instants)
def test_tokyo_is_always_utc_and_nine_hours(second):
    expected = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second, hours=9)
    found = civil_time(UtcSecond(second), TOKYO)
    assert (found.year, found.month, found.day) == (expected.year, expected.month, expected.day)
    assert (found.hour, found.minute, found.second) == (expected.hour, expected.minute, expected.second)


@given(instants)
@pytest.mark.parametrize("zone", [TOKYO, BERLIN, KATHMANDU], ids=str)
def test_no_two_instants_have_the_same_civil_time_and_offset(zone, second):
    """The civil time leads back to its instant, so an hour that comes twice is told apart."""
    found = civil_time(UtcSecond(second), zone)
    local = datetime(found.year, found.month, found.day, found.hour, found.minute, found.second, tzinfo=UTC)
    assert int(local.timestamp()) - found.utc_offset_s == second


def test_a_skipped_hour_is_never_said():
    """Berlin goes from 01:59:59 to 03:00:00 on 29 March 2026."""
    change = utc_s(2026, 3, 29, 1)
    hours = [civil_time(UtcSecond(change + by), BERLIN).hour for by in range(-3600, 3600, 10)]
    assert set(hours) == {1, 3}


def test_a_repeated_hour_comes_twice_with_its_own_offset():
    """Berlin has 02:30 twice on 25 October 2026."""
    first = civil_time(UtcSecond(utc_s(2026, 10, 25, 0, 30)), BERLIN)
    second = civil_time(UtcSecond(utc_s(2026, 10, 25, 1, 30)), BERLIN)
    assert (first.hour, first.minute, first.utc_offset_s) == (2, 30, 7200)
    assert (second.hour, second.minute, second.utc_offset_s) == (2, 30, 3600)


def test_the_leap_second_of_2016_was_08_59_60_in_tokyo():
    inserted = civil_time(UtcSecond(utc_s(2016, 12, 31, 23, 59, 59), inserted=True), TOKYO)
    assert (inserted.day, inserted.hour, inserted.minute, inserted.second) == (1, 8, 59, 60)


@pytest.mark.parametrize(
    "name", ["Asia/Atlantis", "", "../../etc/passwd", "/etc/localtime", "Asia", "\0", "x" * 5000]
)
def test_an_unknown_zone_says_what_to_write(name):
    with pytest.raises(ZoneError, match="Asia/Tokyo"):
        zone_named(name)


@given(st.text(max_size=40))
def test_any_name_is_a_zone_or_our_own_error(name):
    try:
        zone = zone_named(name)
    except ZoneError:
        return
    assert zone.key == name


def test_the_end_of_the_calendar_is_an_error():
    with pytest.raises(ValueError):
        civil_time(UtcSecond(1 << 60), TOKYO)
