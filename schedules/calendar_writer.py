"""Alarms as an iCalendar file (RFC 5545).

An alarm is a VEVENT that begins when the alarm rings, with a VALARM at its beginning for other programs. Workdays and
holidays are written as plain weekdays, and X-DENWA-RECURRENCE says what they are: other programs show a few dates too
many or too few, denwa reads them back whole.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, Timezone, vDDDLists, vText

from schedules.calendar_alarm import NUMBER, RECURRENCE, CalendarAlarm
from schedules.errors import ScheduleError
from schedules.recurrence_rule import rule_of, without_holidays

_YEAR = timedelta(days=366)


class _Text(vText):
    """TEXT escaped as RFC 5545 (3.3.11) has it; the library takes a backslash before an N for a line's end."""

    def to_ical(self) -> bytes:
        escaped = self.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
        return escaped.encode()


def write_calendar(alarms: Iterable[CalendarAlarm], now_utc: datetime) -> bytes:
    """The alarms as one VCALENDAR, UTF-8; `now_utc` is its DTSTAMP.

    DTSTART is the first date that the recurrence chooses, as RFC 5545 (3.8.2.4) wants it. The zones' offsets are
    written for the next ten years, for programs that do not know the zones themselves.

    Raises:
        ScheduleError: an alarm has no date before the end of the calendar.
    """
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", "-//denwa//alarms//EN")
    for alarm in alarms:
        calendar.add_component(_event(alarm, now_utc))
    today = now_utc.date()
    calendar.add_missing_timezones(today - _YEAR, today + 10 * _YEAR)
    for zone in calendar.timezones:
        _put_right(zone)
    written: bytes = calendar.to_ical()
    return written


def _put_right(zone: Timezone) -> None:
    """Let each observance begin by the clock before it (RFC 5545, 3.6.5): the library has skipped hours behind it."""
    for observance in zone.subcomponents:
        skipped = observance.TZOFFSETTO - observance.TZOFFSETFROM
        if skipped > timedelta():
            observance.DTSTART -= skipped
            if isinstance(onsets := observance.get("RDATE"), vDDDLists):
                observance["RDATE"] = vDDDLists([onset.dt - skipped for onset in onsets.dts])


def _event(alarm: CalendarAlarm, now_utc: datetime) -> Event:
    first = alarm.recurrence.next_date(alarm.first_date)
    if first is None:
        raise ScheduleError("the alarm {uid!r} has no date", uid=alarm.uid[:60])
    zone = ZoneInfo(alarm.zone)
    event = Event()
    event.add("UID", _Text(alarm.uid))
    event.add("DTSTAMP", now_utc)
    event.add("DTSTART", datetime.combine(first, alarm.civil_time, zone))
    if alarm.message:
        event.add("SUMMARY", _Text(alarm.message))
    if rule := rule_of(alarm.recurrence):
        event.add("RRULE", rule)
    if without_holidays(alarm.recurrence) != alarm.recurrence:
        event.add(RECURRENCE, str(alarm.recurrence))
    if alarm.skipped_dates:
        skipped = sorted(alarm.skipped_dates)
        event.add("EXDATE", [datetime.combine(day, alarm.civil_time, zone) for day in skipped])
    if alarm.number:
        event.add(NUMBER, alarm.number)
    reminder = Alarm()
    reminder.add("ACTION", "DISPLAY")
    reminder.add("TRIGGER", timedelta(0))
    reminder.add("DESCRIPTION", _Text(alarm.message or "denwa"))
    event.add_component(reminder)
    return event
