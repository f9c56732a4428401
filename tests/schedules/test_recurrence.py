"""Which dates a recurrence chooses, and its text."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.alarm_strategies import dates, recurrences

from schedules.errors import ScheduleError
from schedules.recurrence import Kind, Recurrence

pytestmark = pytest.mark.unit

MONDAY = date(2026, 11, 23)
"""A public holiday, 勤労感謝の日."""


@given(recurrences)
def test_the_text_of_a_recurrence_is_read_back(recurrence):
    assert Recurrence.parse(str(recurrence)) == recurrence


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("once", "once"),
        (" Daily\n", "daily"),
        ("wed, MON,wed", "mon,wed"),
        ("sun,sat,fri,thu,wed,tue,mon", "mon,tue,wed,thu,fri,sat,sun"),
        ("WORKDAYS", "workdays"),
        ("holidays", "holidays"),
    ],
)
def test_the_text_is_stable_however_it_was_written(written, text):
    assert str(Recurrence.parse(written)) == text


@pytest.mark.parametrize(
    "written", ["", ",", "mon,", "monday", "weekdays", "mon wed", "daily,mon", "月", "x" * 500]
)
def test_what_is_no_recurrence_says_what_to_write(written):
    with pytest.raises(ScheduleError, match=r"no recurrence: .*once, daily, workdays, holidays, or weekdays"):
        Recurrence.parse(written)


@given(st.text(max_size=30))
def test_any_text_is_a_recurrence_or_our_own_error(text):
    try:
        recurrence = Recurrence.parse(text)
    except ScheduleError:
        return
    assert Recurrence.parse(str(recurrence)) == recurrence


@pytest.mark.parametrize(
    ("kind", "weekdays"),
    [(Kind.WEEKDAYS, ()), (Kind.DAILY, (1,)), (Kind.WEEKDAYS, (7,)), (Kind.WEEKDAYS, (-1,))],
)
def test_weekdays_without_a_day_or_beside_another_rule_are_refused(kind, weekdays):
    with pytest.raises(ScheduleError, match="weekdays"):
        Recurrence(kind, frozenset(weekdays))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("daily", "1111111"),
        ("mon,wed", "1010000"),
        ("workdays", "0111100"),
        ("holidays", "1000011"),
    ],
)
def test_a_week_that_begins_with_a_holiday(text, days):
    recurrence = Recurrence.parse(text)
    found = (recurrence.rings_on(MONDAY + timedelta(days=day)) for day in range(7))
    assert "".join("01"[rings] for rings in found) == days


@given(dates)
def test_each_day_is_either_a_workday_or_a_day_off(day):
    assert Recurrence(Kind.WORKDAYS).rings_on(day) != Recurrence(Kind.HOLIDAYS).rings_on(day)


@given(recurrences, dates)
def test_the_next_date_is_the_first_that_the_rule_chooses(recurrence, day):
    expected = next(later for by in range(15) if recurrence.rings_on(later := day + timedelta(days=by)))
    assert recurrence.next_date(day) == expected


def test_after_the_golden_week_one_works_again():
    assert Recurrence(Kind.WORKDAYS).next_date(date(2019, 4, 27)) == date(2019, 5, 7)


def test_the_calendar_ends_on_a_friday():
    assert Recurrence(Kind.DAILY).next_date(date.max) == date.max
    assert Recurrence(Kind.HOLIDAYS).next_date(date.max) is None
