"""Times of day as they are dialled."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.dialled_time import DialledTime, read_dialled_time
from schedules.errors import ScheduleError

pytestmark = pytest.mark.unit


@given(st.integers(0, 24), st.integers(0, 59))
def test_every_time_of_the_day_and_of_the_night_can_be_dialled(hour, minute):
    assert read_dialled_time(f"{hour:02}{minute:02}") == DialledTime(
        time(hour % 24, minute), of_night=hour == 24
    )


@pytest.mark.parametrize(
    ("digits", "reason"),
    [
        ("2560", "no hour 25"),
        ("2500", "no hour 25"),
        ("0675", "no minute 75"),
        ("2460", "no minute 60"),
        ("", "four digits"),
        ("630", "four digits"),
        ("06300", "four digits"),
        ("06*0", "four digits"),
        ("０６３０", "four digits"),
        ("-630", "four digits"),
    ],
)
def test_a_wrong_time_is_refused_with_the_reason(digits, reason):
    with pytest.raises(ScheduleError, match=reason):
        read_dialled_time(digits)


@given(st.text("0123456789*#", max_size=6))
def test_whatever_is_dialled_is_a_time_or_our_own_error(digits):
    try:
        dialled = read_dialled_time(digits)
    except ScheduleError:
        return
    assert f"{dialled.civil_time:%M}" == digits[2:]
