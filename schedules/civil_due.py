"""From a civil time and a recurrence to the instant at which an alarm is due.

An alarm is a time on the wall clock of an IANA zone, so where a zone changes its offset (summer time):

- A time that the clocks skip is read with the offset before the change, and so rings as long after the last minute
  before it as was meant: 2:30, where 2:00 becomes 3:00, rings when the clocks show 3:30. Who went to bed has slept as
  long as was intended, and of two alarms the earlier one still rings first.
- A time that comes twice rings at the first of the two, and not again: an alarm may be early, never late, and it is one.

RFC 5545 (3.3.5) reads both in the same way, so that a calendar shows what rings.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from schedules.errors import ScheduleError
from schedules.recurrence import Kind, Recurrence
from timekeeping.civil import DEFAULT_ZONE, UNKNOWN_ZONE, ZoneError, zone_named

MOST_MINUTES = 1440
"""The longest delay in minutes: from a day on, one means a time of day."""

_DAYS_BACK = 1
"""How far an alarm's civil date may lie before UTC's: offsets are shorter than a day."""


@dataclass(frozen=True, slots=True)
class Due:
    """When an alarm rings.

    Attributes:
        civil_date: the date that the recurrence chose.
        due_utc: the instant.
    """

    civil_date: date
    due_utc: datetime


def alarm_zone(name: str) -> ZoneInfo:
    """The IANA zone of that name, such as `Asia/Tokyo`.

    Raises:
        ScheduleError: there is none.
    """
    try:
        return zone_named(name)
    except ZoneError as error:
        raise ScheduleError(UNKNOWN_ZONE, zone=error.zone) from None


def told_zone(name: str) -> ZoneInfo:
    """In whose civil time an alarm's instants are told: its own zone, or the usual one where this machine knows it no more.

    What was booked is an instant, which rings all the same; it must not be silent because its zone has no name here.
    """
    try:
        return alarm_zone(name)
    except ScheduleError:
        return alarm_zone(DEFAULT_ZONE)


def next_due_utc(
    recurrence: Recurrence,
    civil_time: time,
    zone: str,
    *,
    first_date: date,
    skipped_dates: Collection[date],
    after_utc: datetime,
) -> Due | None:
    """The first time strictly after `after_utc` that an alarm is due; None when there is no further one.

    Args:
        recurrence: which dates; `once` means `first_date` alone.
        civil_time: on the wall clock, without a zone.
        zone: an IANA name.
        first_date: no earlier date counts.
        skipped_dates: dates that do not count though the recurrence chooses them.
        after_utc: an aware datetime of UTC.

    Raises:
        ScheduleError: the zone is unknown.
    """
    where = alarm_zone(zone)
    day: date | None = first_date
    if recurrence.repeats:
        searched_from = date.fromordinal(max(after_utc.toordinal() - _DAYS_BACK, 1))
        day = recurrence.next_date(max(first_date, searched_from))
    while day is not None:
        due_utc = _instant_utc(day, civil_time, where)
        if due_utc is None:
            return None
        if due_utc > after_utc and day not in skipped_dates:
            return Due(day, due_utc)
        day = recurrence.next_date(day + timedelta(days=1)) if recurrence.repeats and day < date.max else None
    return None


def next_time(civil_time: time, zone: str, now_utc: datetime) -> Due | None:
    """The next time that it is `civil_time`: today if still to come, else tomorrow; None at the calendar's end.

    What it says as `once` on that date is the same instant. At the very second it is tomorrow: nobody asks to be
    rung while still dialling.

    Raises:
        ScheduleError: the zone is unknown.
    """
    return next_due_utc(
        Recurrence(Kind.DAILY), civil_time, zone, first_date=date.min, skipped_dates=(), after_utc=now_utc
    )


def in_minutes(minutes: int, now_utc: datetime) -> datetime:
    """The instant that many minutes after `now_utc`, to the second and not rounded to a minute of the wall clock.

    A delay is a length: three minutes for tea that end up to a minute late are four.

    Raises:
        ScheduleError: not 1 to `MOST_MINUTES`.
    """
    if not 1 <= minutes <= MOST_MINUTES:
        raise ScheduleError(
            "a delay is 1 to {most} minutes, not {minutes}", most=MOST_MINUTES, minutes=minutes
        )
    return now_utc.replace(microsecond=0) + timedelta(minutes=minutes)


def _instant_utc(day: date, civil_time: time, zone: ZoneInfo) -> datetime | None:
    """The instant by the module's rule; None outside the years 1 to 9999 of UTC."""
    try:
        # fold 0 is the offset before a change (PEP 495): what is skipped comes later, what is repeated comes first
        return datetime.combine(day, civil_time.replace(fold=0), zone).astimezone(UTC)
    except OverflowError:
        return None
