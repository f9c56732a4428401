"""Alarms from an iCalendar file (RFC 5545): what is an alarm, and of the rest why it is none.

The event's own beginning is what rings; the reminders that other programs put before it (VALARM) are not read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vDDDLists, vDDDTypes, vRecur

from schedules.calendar_alarm import NUMBER, RECURRENCE, CalendarAlarm
from schedules.errors import ScheduleError
from schedules.recurrence import Kind, Recurrence
from schedules.recurrence_rule import recurrence_of, without_holidays

LARGEST_BYTES = 1 << 20
"""The longest file that is read; a file of this size takes up to about two seconds, so not on the event loop."""

_DECISIVE = {None, "UID", "DTSTART", "RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID", "STATUS"}
"""Properties that may not be passed over when they cannot be read; None is a line without a readable name."""


@dataclass(frozen=True, slots=True)
class Refused:
    """An event that cannot be an alarm.

    Attributes:
        uid: its UID, shortened; empty where it has none.
        message: its summary, shortened.
        reason: what it has that no alarm has, about "it".
    """

    uid: str
    message: str
    reason: ScheduleError


@dataclass(frozen=True, slots=True)
class CalendarRead:
    """What a calendar file holds, each in the file's order."""

    alarms: tuple[CalendarAlarm, ...]
    refused: tuple[Refused, ...]


def read_calendar(data: bytes) -> CalendarRead:
    """The alarms in an iCalendar file, and what is no alarm with the reason; anything but events is passed over.

    Raises:
        ScheduleError: it is no iCalendar file, or longer than `LARGEST_BYTES`.
    """
    if len(data) > LARGEST_BYTES:
        raise ScheduleError("the file is longer than {largest} KiB", largest=LARGEST_BYTES >> 10)
    try:
        calendars = [found for found in Calendar.from_ical(data, multiple=True) if found.name == "VCALENDAR"]
        events = [event for calendar in calendars for event in calendar.events]
    except Exception as error:  # what the library raises on nonsense is of many classes
        raise ScheduleError("no iCalendar file: {why!r}", why=str(error)[:120]) from error
    if not calendars:
        raise ScheduleError("no iCalendar file: it has no whole VCALENDAR")
    alarms: dict[str, CalendarAlarm] = {}
    refused = []
    for event in events:
        try:
            alarm = _alarm(event)
            if alarm.uid in alarms:
                raise ScheduleError("its UID is another event's")  # noqa: TRY301 - one way out for all reasons
            alarms[alarm.uid] = alarm
        except ScheduleError as error:
            # a traceback would keep the whole file in memory
            reason = error.with_traceback(None)
            refused.append(Refused(_shown(event, "UID"), _shown(event, "SUMMARY"), reason))
    return CalendarRead(tuple(alarms.values()), tuple(refused))


def _alarm(event: Event) -> CalendarAlarm:
    """The alarm that an event is.

    Raises:
        ScheduleError: it is none.
    """
    _refuse_at_sight(event)
    start = _start(event)
    recurrence = _recurrence(event, start.date())
    if not recurrence.rings_on(start.date()):
        raise ScheduleError("its first date is none that its rule chooses")
    return CalendarAlarm(
        uid=_text(event, "UID"),
        civil_time=start.time(),
        first_date=start.date(),
        zone=str(start.tzinfo),
        recurrence=recurrence,
        message=_text(event, "SUMMARY"),
        number=_text(event, NUMBER),
        skipped_dates=frozenset(_skipped(event, start)),
    )


def _refuse_at_sight(event: Event) -> None:
    """Refuse what some property alone excludes, whatever the others say."""
    for unreadable in (name for name, _ in event.errors if name in _DECISIVE):
        raise _unreadable(unreadable) if unreadable else ScheduleError("its text cannot be read")
    if "RECURRENCE-ID" in event:
        raise ScheduleError("it moves one date of another event (RECURRENCE-ID)")
    if "RDATE" in event:
        raise ScheduleError("it has dates besides its rule (RDATE)")
    if "EXRULE" in event:
        raise ScheduleError("it has a rule for what is left out (EXRULE)")
    if _text(event, "STATUS").upper() == "CANCELLED":
        raise ScheduleError("it is cancelled")


def _start(event: Event) -> datetime:
    """When it begins, in its zone."""
    found = _single(event, "DTSTART")
    if not isinstance(found, vDDDTypes) or not isinstance(found.dt, date):
        raise ScheduleError("its DTSTART is missing, or no date and time")
    start = found.dt
    if not isinstance(start, datetime):
        raise ScheduleError("it lasts all day: an alarm needs a time")
    if not isinstance(start.tzinfo, ZoneInfo):
        if zone := found.params.get("TZID"):
            raise ScheduleError("its time zone {zone!r} is no IANA zone", zone=str(zone)[:60])
        raise ScheduleError("its time has no time zone")
    return start


def _recurrence(event: Event, first_date: date) -> Recurrence:
    rule = _single(event, "RRULE")
    if rule is None:
        return Recurrence(Kind.ONCE)
    if not isinstance(rule, vRecur):
        raise _unreadable("RRULE")
    plain = recurrence_of(rule, first_date)
    if meant := _text(event, RECURRENCE):
        ours = Recurrence.parse(meant)
        if without_holidays(ours) == plain:  # else another program has changed the rule since
            return ours
    return plain


def _skipped(event: Event, start: datetime) -> Iterator[date]:
    """The dates that EXDATE takes out; an EXDATE at another time of day takes none out (RFC 5545, 3.8.5.1)."""
    found = event.get("EXDATE", [])
    for several in found if isinstance(found, list) else [found]:
        if not isinstance(several, vDDDLists):
            raise _unreadable("EXDATE")
        for left_out in (each.dt for each in several.dts):
            if isinstance(left_out, datetime):
                # a zone of the file's own is never calculated with: its rules may go on for ever
                if not isinstance(left_out.tzinfo, ZoneInfo):
                    raise ScheduleError("its EXDATE has no IANA zone")
                local = _shown_in(start.tzinfo, left_out)
                if local and local.time() == start.time():
                    yield local.date()
            elif isinstance(left_out, date):
                yield left_out
            else:
                raise ScheduleError("its EXDATE is no date")


def _shown_in(zone: tzinfo | None, moment: datetime) -> datetime | None:
    """The wall clock of `zone` then; None outside the years 1 to 9999."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return None


def _unreadable(name: str) -> ScheduleError:
    return ScheduleError("its {name} cannot be read", name=name)


def _single(event: Event, name: str) -> object:
    """The property, or None; refused if there are several."""
    found: object = event.get(name)
    if isinstance(found, list):
        raise ScheduleError("it has more than one {name}", name=name)
    return found


def _text(event: Event, name: str) -> str:
    return str(_single(event, name) or "")


def _shown(event: Event, name: str) -> str:
    """A property's beginning, for a report."""
    found = event.get(name, "")
    return str(found[0] if isinstance(found, list) else found)[:60]
