"""Recurrences as RRULE, held against dateutil's own reading of the rule."""

from datetime import date, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from icalendar import vRecur
from support.alarm_strategies import dates, recurrences

from schedules.errors import ScheduleError
from schedules.recurrence import Recurrence
from schedules.recurrence_rule import recurrence_of, rule_of, without_holidays

pytestmark = pytest.mark.unit

FRIDAY = date(2026, 11, 27)


@given(recurrences, dates)
def test_another_program_sees_the_same_dates_but_for_holidays(recurrence, day):
    plain = without_holidays(recurrence)
    rule = rule_of(recurrence)
    if rule is None:
        assert not recurrence.repeats
        return
    start = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a date alone
    until = start + timedelta(days=20)
    seen = rrulestr(rule.to_ical().decode(), dtstart=start).between(start, until, inc=True)
    wanted = [later for by in range(21) if plain.rings_on((later := start + timedelta(days=by)).date())]
    assert seen == wanted


@given(recurrences, dates)
def test_a_rule_is_read_back_as_what_comes_nearest(recurrence, day):
    rule = rule_of(recurrence)
    if rule is not None:
        assert recurrence_of(vRecur.from_ical(rule.to_ical().decode()), day) == without_holidays(recurrence)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("FREQ=DAILY", "daily"),
        ("FREQ=DAILY;INTERVAL=1;WKST=SU", "daily"),
        ("FREQ=DAILY;BYDAY=SU,MO", "mon,sun"),
        ("FREQ=WEEKLY", "fri"),
        ("freq=weekly;byday=tu", "tue"),
    ],
)
def test_rules_of_other_programs_are_understood(rule, text):
    assert recurrence_of(vRecur.from_ical(rule), FRIDAY) == Recurrence.parse(text)


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=1", "FREQ=MONTHLY"),
        ("FREQ=YEARLY", "FREQ=YEARLY"),
        ("FREQ=HOURLY", "FREQ=HOURLY"),
        ("FREQ=DAILY;INTERVAL=2", "INTERVAL=2"),
        ("FREQ=DAILY;COUNT=3", "COUNT"),
        ("FREQ=WEEKLY;UNTIL=20270101T000000Z", "UNTIL"),
        ("FREQ=DAILY;BYHOUR=7,8;BYMONTH=1", "BYHOUR, BYMONTH"),
        ("FREQ=WEEKLY;BYDAY=1MO", "BYDAY=1MO"),
        ("", "FREQ="),
    ],
)
def test_a_rule_that_no_recurrence_has_is_refused_by_name(rule, named):
    with pytest.raises(ScheduleError, match=named):
        recurrence_of(vRecur.from_ical(rule), FRIDAY)
