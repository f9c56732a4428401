"""Alarms written as iCalendar come back whole, and are what other programs expect."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from support.alarm_strategies import ZONES, dates, recurrences, times, zones

from schedules.calendar_alarm import CalendarAlarm
from schedules.calendar_reader import read_calendar
from schedules.calendar_writer import write_calendar
from schedules.errors import ScheduleError
from schedules.recurrence import Kind, Recurrence

pytestmark = pytest.mark.unit

NOW_UTC = datetime(2026, 12, 1, tzinfo=UTC)
TEXT = st.characters(exclude_categories=("Cc", "Cs"))

alarms = st.builds(
    CalendarAlarm,
    uid=st.text(TEXT | st.sampled_from(",;\\nN"), min_size=1, max_size=100),
    civil_time=times,
    first_date=dates,
    zone=zones | st.just("UTC"),
    recurrence=recurrences,
    message=st.text(TEXT | st.sampled_from('\n,;:\\"'), max_size=100),
    number=st.text("0123456789*#", max_size=20),
    skipped_dates=st.frozensets(dates, max_size=3),
)

TEA = CalendarAlarm(
    uid="tea",
    civil_time=time(16, 30),
    first_date=date(2026, 11, 23),
    zone="Asia/Tokyo",
    recurrence=Recurrence(Kind.WORKDAYS),
    message="お茶",
    number="7000",
    skipped_dates=frozenset({date(2026, 12, 24)}),
)


def synchronised(alarm: CalendarAlarm) -> CalendarAlarm:
    """The same alarm, its first date one that rings."""
    first = alarm.recurrence.next_date(alarm.first_date)
    assert first is not None
    return replace(alarm, first_date=first)


@given(st.lists(alarms, max_size=2, unique_by=lambda alarm: alarm.uid))
def test_every_alarm_comes_back_whole(written):
    read = read_calendar(write_calendar(written, NOW_UTC))
    assert read.refused == ()
    assert read.alarms == tuple(map(synchronised, written))


def test_the_event_is_what_other_programs_expect():
    """23 November 2026 is a holiday, so the first workday is the 24th."""
    calendar = Calendar.from_ical(write_calendar([TEA], NOW_UTC))
    assert [zone.tz_name for zone in calendar.timezones] == ["Asia/Tokyo"]
    (event,) = calendar.events
    lines = event.to_ical().decode().split("\r\n")
    for line in (
        "UID:tea",
        "SUMMARY:お茶",
        "DTSTAMP:20261201T000000Z",
        "DTSTART;TZID=Asia/Tokyo:20261124T163000",
        "EXDATE;TZID=Asia/Tokyo:20261224T163000",
        "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
        "X-DENWA-RECURRENCE:workdays",
        "X-DENWA-NUMBER:7000",
        "BEGIN:VALARM",
    ):
        assert line in lines


@pytest.mark.parametrize("name", ZONES)
def test_zones_change_their_offset_at_the_instant_that_they_do(name):
    """An observance's DTSTART and RDATE are by the clock before the change (RFC 5545, 3.6.5)."""
    (zone,) = Calendar.from_ical(write_calendar([replace(TEA, zone=name)], NOW_UTC)).timezones
    changes = 0
    for observance in zone.subcomponents:
        before, after = observance.TZOFFSETFROM, observance.TZOFFSETTO
        if before != after:
            more = observance["RDATE"].dts if "RDATE" in observance else []
            for onset in [observance.DTSTART, *(each.dt for each in more)]:
                change_utc = onset.replace(tzinfo=UTC) - before
                moments = (change_utc - timedelta(seconds=1), change_utc)
                assert [at.astimezone(ZoneInfo(name)).utcoffset() for at in moments] == [before, after]
                changes += 1
    assert changes == 0 if name == "Asia/Tokyo" else changes >= 20


def test_a_backslash_before_an_n_is_no_end_of_a_line():
    odd = replace(TEA, uid="\\N\\n", message="C:\\New\\next\n")
    (alarm,) = read_calendar(write_calendar([odd], NOW_UTC)).alarms
    assert (alarm.uid, alarm.message) == (odd.uid, odd.message)


def test_a_rule_that_another_program_changed_counts():
    written = write_calendar([TEA], NOW_UTC)
    changed = written.replace(b"BYDAY=MO,TU,WE,TH,FR", b"BYDAY=TU,SA")
    assert str(read_calendar(changed).alarms[0].recurrence) == "tue,sat"


def test_no_alarm_is_a_calendar_without_events():
    assert read_calendar(write_calendar([], NOW_UTC)).alarms == ()


def test_an_alarm_that_never_rings_cannot_be_written():
    never = replace(TEA, recurrence=Recurrence(Kind.HOLIDAYS), first_date=date.max)
    with pytest.raises(ScheduleError, match="'tea' has no date"):
        write_calendar([never], NOW_UTC)
