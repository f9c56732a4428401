"""What is shown of alarms: what comes, what has ended, one alarm whole, and what was done when by whom."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from schedules.civil_due import Due
from schedules.errors import ScheduleError
from schedules.occurrences import due_after, with_alarms
from schedules.recurrence import Recurrence
from schedules.rows import Alarm, AlarmKind, AlarmState, Attempt, Audit, Occurrence
from schedules.states import StateName


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the history.

    Attributes:
        audit: what was done.
        number: the alarm's.
        attempt: the call, where it is one that began.
    """

    audit: Audit
    number: str
    attempt: Attempt | None


def coming_alarms(session: Session) -> Sequence[Occurrence]:
    """What each active alarm has to come, whatever happens next first."""
    next_utc = func.coalesce(Occurrence.next_utc, Occurrence.due_utc)  # while it rings it waits for nothing
    query = with_alarms().where(Occurrence.ended_utc.is_(None)).order_by(next_utc, Occurrence.id)
    return session.scalars(query).all()


def ended_alarms(session: Session) -> Sequence[Occurrence]:
    """The last occurrence of each alarm that has none to come, what ended last at the end."""
    query = (
        with_alarms()
        .where(Alarm.state != AlarmState.ACTIVE, Occurrence.id.in_(_newest()))
        .order_by(Occurrence.ended_utc, Occurrence.id)
    )
    return session.scalars(query).all()


def newest_occurrence(session: Session, alarm_id: int) -> Occurrence | None:
    """An alarm's last occurrence: the one to come, if there is one; None where there is no such alarm."""
    query = with_alarms().where(Alarm.id == alarm_id, Occurrence.id.in_(_newest(alarm_id)))
    return session.scalars(query).one_or_none()


def next_of(session: Session, kind: AlarmKind, exchange: str, number: str) -> datetime | None:
    """When a telephone's next alarm of that kind is to ring first; None when it has none that has not begun."""
    query = (
        select(func.min(Occurrence.next_utc))
        .join(Occurrence.alarm)
        .where(Alarm.exchange == exchange, Alarm.number == number, Alarm.kind == kind)
        .where(Occurrence.state.in_((StateName.BOOKED, StateName.DUE)))
    )
    return session.scalar(query)


def next_instants(occurrence: Occurrence, most: int) -> list[Due]:
    """When an alarm is due from this occurrence on, at most so often; empty when it has ended.

    Of a zone that this machine does not know it is the one that is booked.
    """
    if occurrence.ended_utc is not None:
        return []
    alarm, recurrence = occurrence.alarm, Recurrence.parse(occurrence.alarm.recurrence)
    found = [Due(occurrence.civil_date, occurrence.due_utc)]
    with suppress(ScheduleError):
        while recurrence.repeats and len(found) < most and (due := due_after(alarm, found[-1].due_utc)):
            found.append(due)
    return found


def latest_attempts(session: Session, alarm_id: int, most: int) -> Sequence[Attempt]:
    """The last calls that were placed for an alarm, the newest last."""
    query = select(Attempt).join(Attempt.occurrence).where(Occurrence.alarm_id == alarm_id)
    return session.scalars(query.order_by(Attempt.id.desc()).limit(most)).all()[::-1]


def latest_steps(session: Session, most: int, alarm_id: int | None = None) -> list[Step]:
    """The last that was done, to one alarm or to all, the newest last; each attempt is at the step that began it."""
    query = (
        select(Audit, Alarm.number, Attempt)
        .join(Alarm, Alarm.id == Audit.alarm_id)
        .outerjoin(Attempt, (Attempt.id == Audit.attempt_id) & (Audit.new_state == StateName.RINGING))
    )
    if alarm_id is not None:
        query = query.where(Audit.alarm_id == alarm_id)
    rows = session.execute(query.order_by(Audit.id.desc()).limit(most)).all()
    return [Step(audit, number, attempt) for audit, number, attempt in rows[::-1]]


def _newest(alarm_id: int | None = None) -> Select[int]:
    query = select(func.max(Occurrence.id)).group_by(Occurrence.alarm_id)
    return query if alarm_id is None else query.where(Occurrence.alarm_id == alarm_id)
