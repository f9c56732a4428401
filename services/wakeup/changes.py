"""What a caller may do with what he has booked, each one unit of work."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from schedules import booking
from schedules.recurrence import Recurrence
from schedules.rows import Occurrence
from schedules.states import StateName
from services.wakeup.phrases import Booked
from trust.target import Target

_WHY = "dialled"


def coming(session: Session, target: Target) -> list[Booked]:
    """What rings this telephone, the next one first."""
    return [_booked(each) for each in booking.coming(session, target.exchange, target.number)]


def postpone_next(session: Session, target: Target, by: timedelta, now_utc: datetime) -> Booked | None:
    """Let the next one that has not begun come later; None when there is none."""
    for occurrence in booking.coming(session, target.exchange, target.number, to_change=True):
        if occurrence.state == StateName.BOOKED:
            booking.postpone(session, occurrence, by, _WHY, now_utc)
            return _booked(occurrence)
    return None


def retime_next(session: Session, target: Target, civil_time: time, now_utc: datetime) -> Booked | None:
    """Give the alarm that rings next another time of day, for good; None when there is none that has not begun."""
    for occurrence in booking.coming(session, target.exchange, target.number, to_change=True):
        if occurrence.state == StateName.BOOKED:
            booking.retime(session, occurrence, civil_time, _WHY, now_utc)
            return _booked(occurrence)
    return None


def cancel_next(session: Session, target: Target, now_utc: datetime) -> bool:
    """Cancel the next one, of an alarm that repeats this once; whether there was one."""
    for occurrence in booking.coming(session, target.exchange, target.number, to_change=True):
        if Recurrence.parse(occurrence.alarm.recurrence).repeats:
            booking.skip(session, occurrence, _WHY, now_utc)
        else:
            booking.cancel(session, occurrence, _WHY, now_utc)
        return True
    return False


def cancel_all(session: Session, target: Target, now_utc: datetime) -> bool:
    """Cancel every alarm; whether there was one."""
    occurrences = booking.coming(session, target.exchange, target.number, to_change=True)
    for occurrence in occurrences:
        booking.cancel(session, occurrence, _WHY, now_utc)
    return bool(occurrences)


def _booked(occurrence: Occurrence) -> Booked:
    alarm = occurrence.alarm
    return Booked(occurrence.due_utc.astimezone(ZoneInfo(alarm.zone)), Recurrence.parse(alarm.recurrence))
