"""What a caller may do with what he has booked, each one unit of work."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from schedules import booking
from schedules.civil_due import next_due_utc, told_zone
from schedules.recurrence import Recurrence
from schedules.rows import Occurrence
from schedules.states import StateName
from services.wakeup.phrases import Booked
from trust.target import Target

_WHY = "dialled"


def coming(session: Session, target: Target, now_utc: datetime) -> list[Booked]:
    """What rings this telephone, the next one first."""
    return [
        _booked(each, now_utc)
        for each in booking.coming(session, target.exchange, target.number)
        if each.state != StateName.CLOSING or Recurrence.parse(each.alarm.recurrence).repeats
    ]


def postpone_next(session: Session, target: Target, by: timedelta, now_utc: datetime) -> Booked | None:
    """Let the next one that has not begun come later; None when there is none."""
    for occurrence in booking.coming(session, target.exchange, target.number, to_change=True):
        if occurrence.state == StateName.BOOKED:
            booking.postpone(session, occurrence, by, _WHY, now_utc)
            return _booked(occurrence, now_utc)
    return None


def retime_next(session: Session, target: Target, civil_time: time, now_utc: datetime) -> Booked | None:
    """Give the alarm that rings next another time of day, for good; None when there is none that has not begun."""
    for occurrence in booking.coming(session, target.exchange, target.number, to_change=True):
        if occurrence.state == StateName.BOOKED:
            booking.retime(session, occurrence, civil_time, _WHY, now_utc)
            return _booked(occurrence, now_utc)
    return None


class NextCancelled(NamedTuple):
    """The next one was cancelled; `following` is when that alarm rings all the same, if it repeats."""

    following: Booked | None


def cancel_next(session: Session, target: Target, now_utc: datetime) -> NextCancelled | None:
    """Cancel the next one, of an alarm that repeats this once; None when there is none."""
    found = booking.coming(session, target.exchange, target.number, to_change=True)
    # one that has rung for the last time is not what he means, if there is another
    for occurrence in sorted(found, key=lambda each: each.state == StateName.CLOSING):
        if Recurrence.parse(occurrence.alarm.recurrence).repeats:
            following = booking.skip(session, occurrence, _WHY, now_utc)
            return NextCancelled(_booked(following, now_utc) if following else None)
        booking.cancel(session, occurrence, _WHY, now_utc)
        return NextCancelled(None)
    return None


def cancel_all(session: Session, target: Target, now_utc: datetime) -> bool:
    """Cancel every alarm; whether there was one."""
    occurrences = booking.coming(session, target.exchange, target.number, to_change=True)
    for occurrence in occurrences:
        booking.cancel(session, occurrence, _WHY, now_utc)
    return bool(occurrences)


def _booked(occurrence: Occurrence, now_utc: datetime) -> Booked:
    alarm = occurrence.alarm
    recurrence = Recurrence.parse(alarm.recurrence)
    due_local = occurrence.due_utc.astimezone(told_zone(alarm.zone))
    rule_time = None if _is_by_rule(occurrence, recurrence, now_utc) else alarm.civil_time
    return Booked(due_local, recurrence, rule_time)


def _is_by_rule(occurrence: Occurrence, recurrence: Recurrence, now_utc: datetime) -> bool:
    """Whether who hears the rule knows when it rings next; of one that has begun that is now."""
    if not recurrence.repeats or occurrence.due_utc <= now_utc:
        return True
    alarm = occurrence.alarm
    by_rule = next_due_utc(
        recurrence,
        alarm.civil_time,
        told_zone(alarm.zone).key,
        first_date=date.min,
        skipped_dates=(),
        after_utc=now_utc,
    )
    return by_rule is not None and by_rule.due_utc == occurrence.due_utc
