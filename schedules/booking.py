"""Booking an alarm, and what whoever booked it may do before it rings: hear, change, skip, cancel."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from schedules import states
from schedules.civil_due import alarm_zone, next_due_utc, next_time
from schedules.errors import ScheduleError
from schedules.history import NO_NODE, end_alarm, facts_of, move, note, state_of
from schedules.occurrences import due_after, locked, with_alarms
from schedules.outcomes import Outcome
from schedules.policy import DEFAULT, Policy
from schedules.recurrence import ONCE, Recurrence
from schedules.rows import LONGEST_TITLE, Alarm, AlarmKind, AlarmState, Attempt, BookedHow, Occurrence
from schedules.states import StateName
from store.news import announce
from store.outbox import tell_of
from timekeeping.civil import DEFAULT_ZONE


@dataclass(frozen=True, slots=True)
class Telephone:
    """Whom an alarm rings: `number` as dialled at `exchange` from our `extension`; `trunk` leads there, "": none."""

    exchange: str
    extension: str
    number: str
    trunk: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """An alarm that somebody asks for.

    Attributes:
        telephone: whom it rings.
        civil_time: on the wall clock of `zone`.
        first_date: no earlier date counts; for `once`, the date. None: the next time that it is `civil_time`.
        booked_by: the caller's number, or the name of the command's user.
        uid: by what a calendar finds it again; "": a new one.
    """

    telephone: Telephone
    civil_time: time
    booked_by: str
    booked_how: BookedHow
    recurrence: Recurrence = ONCE
    first_date: date | None = None
    skipped: frozenset[date] = frozenset()
    zone: str = DEFAULT_ZONE
    policy: Policy = DEFAULT
    message: str = ""
    title: str = ""
    language: str = "ja"
    uid: str = ""
    kind: AlarmKind = AlarmKind.WAKE


def book(session: Session, wish: Wish, now_utc: datetime) -> Occurrence:
    """Book an alarm; its first occurrence.

    Raises:
        ScheduleError: it would never ring.
    """
    first_date = wish.first_date or _first_date(wish, now_utc)
    due = next_due_utc(
        wish.recurrence,
        wish.civil_time,
        wish.zone,
        first_date=first_date,
        skipped_dates=wish.skipped,
        after_utc=now_utc,
    )
    if due is None:
        raise ScheduleError("it would never ring: its time is past, or every date of it is skipped")
    alarm = _alarm(wish, first_date, now_utc)
    session.add(alarm)
    session.flush()
    return _occurrence(session, alarm, due.civil_date, due.due_utc, "booked", now_utc)


def book_at(session: Session, wish: Wish, due_utc: datetime, now_utc: datetime) -> Occurrence:
    """Book an alarm for an instant: in so many minutes, or at once. Its civil time is that of the instant."""
    local = due_utc.astimezone(alarm_zone(wish.zone))
    wish = replace(wish, civil_time=local.time(), recurrence=ONCE)
    alarm = _alarm(wish, local.date(), now_utc)
    session.add(alarm)
    session.flush()
    return _occurrence(session, alarm, local.date(), due_utc, "booked", now_utc)


def coming(session: Session, exchange: str, number: str, *, to_change: bool = False) -> Sequence[Occurrence]:
    """The wake-up calls that a telephone has to expect, each active alarm's occurrence, the next one first.

    Args:
        session: of a writing unit of work, if `to_change`: the rows are locked then, so that none begins to ring.
        exchange: where the telephone is.
        number: the telephone's.
        to_change: whether they are to be cancelled, say.
    """
    query = (
        _open()
        .where(Alarm.exchange == exchange, Alarm.number == number, Alarm.kind == AlarmKind.WAKE)
        .order_by(Occurrence.due_utc)
    )
    return session.scalars(locked(query) if to_change else query).all()


def occurrence_to_change(session: Session, alarm_id: int) -> Occurrence | None:
    """The occurrence of an alarm that has not ended, locked; None when there is none."""
    return session.scalars(locked(_open().where(Alarm.id == alarm_id))).one_or_none()


def cancel(session: Session, occurrence: Occurrence, why: str, now_utc: datetime) -> None:
    """Cancel the whole alarm; a call that is under way for it is to be ended by whoever placed it."""
    _cancel_occurrence(session, occurrence, why, now_utc)
    end_alarm(session, occurrence.alarm, AlarmState.CANCELLED, why, now_utc)
    announce(session)


def skip(session: Session, occurrence: Occurrence, why: str, now_utc: datetime) -> Occurrence | None:
    """Cancel one occurrence; the alarm's next one, None when that was the last."""
    alarm = occurrence.alarm
    alarm.skipped = sorted({*alarm.skipped, occurrence.civil_date.isoformat()})
    _cancel_occurrence(session, occurrence, why, now_utc)
    announce(session)
    return follow_on(session, occurrence, now_utc)


def postpone(
    session: Session, occurrence: Occurrence, by: timedelta, why: str, now_utc: datetime
) -> datetime:
    """Let one occurrence come later, this once; its new instant.

    Raises:
        ScheduleError: it has begun already.
    """
    state = state_of(occurrence)
    if not isinstance(state, states.Booked):
        raise ScheduleError("it has begun already")
    later = state.postpone(by)
    occurrence.due_utc = later.next_utc
    move(session, occurrence, later, why=why, now_utc=now_utc)
    announce(session)
    return later.next_utc


def retime(
    session: Session, occurrence: Occurrence, civil_time: time, why: str, now_utc: datetime
) -> datetime:
    """Give an alarm another time of day, from its next occurrence on; that one's new instant.

    A single alarm rings the next time that it is then; one that repeats on its next date.

    Raises:
        ScheduleError: its occurrence has begun already, or it would never ring again.
    """
    state = state_of(occurrence)
    if not isinstance(state, states.Booked):
        raise ScheduleError("it has begun already")
    alarm = occurrence.alarm
    recurrence = Recurrence.parse(alarm.recurrence)
    alarm.civil_time = civil_time
    due = due_after(alarm, now_utc) if recurrence.repeats else next_time(civil_time, alarm.zone, now_utc)
    if due is None:
        raise ScheduleError("it would never ring")
    if not recurrence.repeats:
        alarm.first_date = due.civil_date
    occurrence.civil_date, occurrence.due_utc = due.civil_date, due.due_utc
    later = state.postpone(due.due_utc - state.next_utc)
    move(session, occurrence, later, why=why, now_utc=now_utc)
    announce(session)
    return due.due_utc


def follow_on(session: Session, ended: Occurrence, now_utc: datetime) -> Occurrence | None:
    """After the end of an occurrence: the alarm's next one, or the alarm's end, unless that has come already."""
    alarm = ended.alarm
    if alarm.state != AlarmState.ACTIVE:
        return None
    try:
        due = due_after(alarm, ended.due_utc)
    except ScheduleError as error:  # a zone that this machine does not know, say: it must not stop the others
        tell_of(session, "alarm.unreadable", now_utc, {**facts_of(ended), "why": str(error)})
        why = "its time zone or recurrence is not known here"
        end_alarm(session, alarm, AlarmState.ENDED, why, now_utc)
        return None
    # of an instant's alarm, the civil time is not to the microsecond: one occurrence is all that it has
    if due is None or not Recurrence.parse(alarm.recurrence).repeats:
        end_alarm(session, alarm, AlarmState.ENDED, "its last occurrence has ended", now_utc)
        return None
    session.flush()  # the one that ended must be seen to have, before the next one is
    return _occurrence(session, alarm, due.civil_date, due.due_utc, "the one before has ended", now_utc)


def _cancel_occurrence(session: Session, occurrence: Occurrence, why: str, now_utc: datetime) -> None:
    state = state_of(occurrence)
    if isinstance(state, states.Ended):
        raise ScheduleError("it has ended already")
    attempt = None
    if isinstance(state, states.Ringing):
        attempt = open_attempt(session, occurrence)
        attempt.outcome = Outcome.CANCELLED  # it ends once its call has
    move(session, occurrence, state.cancel(), why=why, now_utc=now_utc, attempt=attempt)


def open_attempt(session: Session, occurrence: Occurrence) -> Attempt:
    """The attempt of an occurrence that rings."""
    return session.scalars(
        select(Attempt).where(Attempt.occurrence_id == occurrence.id, Attempt.ended_utc.is_(None))
    ).one()


def _open() -> Select[Occurrence]:
    return with_alarms().where(Occurrence.ended_utc.is_(None))


def _first_date(wish: Wish, now_utc: datetime) -> date:
    """Today, or for `once` the date on which it is that time next."""
    if wish.recurrence.repeats:
        return now_utc.astimezone(alarm_zone(wish.zone)).date()
    due = next_time(wish.civil_time, wish.zone, now_utc)
    if due is None:
        raise ScheduleError("it would never ring: the calendar ends before")
    return due.civil_date


def _alarm(wish: Wish, first_date: date, now_utc: datetime) -> Alarm:
    telephone = wish.telephone
    return Alarm(
        uid=wish.uid or f"{uuid.uuid4()}@denwa",
        kind=wish.kind,
        exchange=telephone.exchange,
        extension=telephone.extension,
        number=telephone.number,
        trunk=telephone.trunk,
        civil_time=wish.civil_time,
        zone=wish.zone,
        recurrence=str(wish.recurrence),
        first_date=first_date,
        skipped=sorted(day.isoformat() for day in wish.skipped),
        policy=wish.policy.to_row(),
        message=wish.message,
        title=wish.title[:LONGEST_TITLE],
        language=wish.language,
        booked_by=wish.booked_by,
        booked_how=wish.booked_how,
        booked_utc=now_utc,
        state=AlarmState.ACTIVE,
    )


def _occurrence(
    session: Session, alarm: Alarm, civil_date: date, due_utc: datetime, why: str, now_utc: datetime
) -> Occurrence:
    occurrence = Occurrence(
        alarm=alarm,
        exchange=alarm.exchange,
        number=alarm.number,
        trunk=alarm.trunk,
        civil_date=civil_date,
        due_utc=due_utc,
        next_utc=due_utc,
        state=StateName.BOOKED,
        failed=0,
        snoozed=0,
        checked=0,
        escalated=0,
    )
    session.add(occurrence)
    session.flush()
    note(session, alarm, why, now_utc, NO_NODE, occurrence)
    announce(session)
    return occurrence
