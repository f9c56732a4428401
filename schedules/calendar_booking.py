"""Alarms booked from the events of a calendar file, and those that are booked as such events.

An event is found again by its UID. A calendar knows of an alarm when and how often it rings, its title and its number;
whatever else the alarm has, it keeps.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from schedules import states
from schedules.booking import Telephone, Wish, book, occurrence_to_change
from schedules.calendar_alarm import CalendarAlarm
from schedules.civil_due import next_due_utc
from schedules.errors import ScheduleError
from schedules.history import move, state_of
from schedules.occurrences import skipped_dates
from schedules.policy import DEFAULT, Policy
from schedules.recurrence import Recurrence
from schedules.rows import LONGEST_TITLE, Alarm, AlarmState, BookedHow, Occurrence
from store.news import announce

LONGEST_UID = 255
NO_NUMBER = "it names no number to ring"


class Fate(StrEnum):
    """What became of an event."""

    BOOKED = "booked"
    CHANGED = "changed"
    """Its alarm was booked already, otherwise than the file has it now."""
    UNCHANGED = "unchanged"
    LEFT_CANCELLED = "left cancelled"
    """Its alarm was cancelled, maybe by whoever it rang: a file, which is older, does not bring it back."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An event, its fate, and its alarm; `due_utc` is when that rings next, None when it does not."""

    event: CalendarAlarm
    fate: Fate
    alarm_id: int
    due_utc: datetime | None


def as_event(alarm: Alarm) -> CalendarAlarm:
    """An alarm as a calendar file holds it. Raises ScheduleError when none can."""
    return CalendarAlarm(
        uid=alarm.uid,
        civil_time=alarm.civil_time,
        first_date=alarm.first_date,
        zone=alarm.zone,
        recurrence=Recurrence.parse(alarm.recurrence),
        message=alarm.title,
        number=alarm.number,
        skipped_dates=skipped_dates(alarm),
    )


def rings_anew(session: Session, event: CalendarAlarm) -> bool:
    """Whether to take an event is to ring a telephone that its alarm did not ring before."""
    alarm = _known(session, event)
    if alarm is None or alarm.state == AlarmState.ENDED:
        return True
    return alarm.state == AlarmState.ACTIVE and event.number not in {"", alarm.number}


def take(
    session: Session,
    event: CalendarAlarm,
    telephone: Telephone | None,
    now_utc: datetime,
    *,
    booked_by: str,
    language: str,
    policy: Policy = DEFAULT,
) -> Taken:
    """Book an event's alarm, or change the one that it has.

    One that has rung for the last time is left as it is, and its event gets a new alarm. A date that was skipped by
    telephone stays skipped.

    Args:
        session: of a writing unit of work.
        event: from the file.
        telephone: whom a new alarm rings, or one whose number the file has changed; None where nobody is named.
        now_utc: the time.
        booked_by: who imports it.
        language: of a new alarm.
        policy: of a new alarm.

    Raises:
        ScheduleError: it cannot be taken; nothing was changed.
    """
    if len(event.uid) > LONGEST_UID:
        raise ScheduleError("its UID has more than {longest} characters", longest=LONGEST_UID)
    known = _known(session, event)
    if known is None:
        return _booked(session, event, telephone, now_utc, booked_by, language, policy)
    if known.state == AlarmState.CANCELLED:
        return Taken(event, Fate.LEFT_CANCELLED, known.id, None)
    occurrence = occurrence_to_change(session, known.id)
    if occurrence is None:
        with session.begin_nested():
            known.uid = f"{uuid.uuid4()}@denwa"
            session.flush()
            return _booked(session, event, telephone, now_utc, booked_by, language, policy)
    if _is_as_booked(event, known):
        return Taken(event, Fate.UNCHANGED, known.id, occurrence.due_utc)
    _change(session, occurrence, event, telephone, now_utc)
    return Taken(event, Fate.CHANGED, known.id, occurrence.due_utc)


def _known(session: Session, event: CalendarAlarm) -> Alarm | None:
    return session.scalars(select(Alarm).where(Alarm.uid == event.uid)).one_or_none()


def _booked(
    session: Session,
    event: CalendarAlarm,
    telephone: Telephone | None,
    now_utc: datetime,
    booked_by: str,
    language: str,
    policy: Policy,
) -> Taken:
    if telephone is None:
        raise ScheduleError(NO_NUMBER)
    wish = Wish(
        telephone=telephone,
        civil_time=event.civil_time,
        booked_by=booked_by,
        booked_how=BookedHow.IMPORT,
        recurrence=event.recurrence,
        first_date=event.first_date,
        skipped=event.skipped_dates,
        zone=event.zone,
        policy=policy,
        title=event.message[:LONGEST_TITLE],
        language=language,
        uid=event.uid,
    )
    occurrence = book(session, wish, now_utc)
    return Taken(event, Fate.BOOKED, occurrence.alarm_id, occurrence.due_utc)


def _is_as_booked(event: CalendarAlarm, alarm: Alarm) -> bool:
    recurrence = Recurrence.parse(alarm.recurrence)
    return (
        (event.civil_time, event.zone, event.recurrence) == (alarm.civil_time, alarm.zone, recurrence)
        # a file begins with the first date that rings
        and event.recurrence.next_date(event.first_date) == recurrence.next_date(alarm.first_date)
        and event.message[:LONGEST_TITLE] == alarm.title
        and event.number in {"", alarm.number}
        and event.skipped_dates <= skipped_dates(alarm)
    )


def _change(
    session: Session,
    occurrence: Occurrence,
    event: CalendarAlarm,
    telephone: Telephone | None,
    now_utc: datetime,
) -> None:
    alarm, state = occurrence.alarm, state_of(occurrence)
    if not isinstance(state, states.Booked):
        raise ScheduleError("its alarm rings at the moment: import it again when that is over")
    skipped = event.skipped_dates | skipped_dates(alarm)
    due = next_due_utc(
        event.recurrence,
        event.civil_time,
        event.zone,
        first_date=event.first_date,
        skipped_dates=skipped,
        after_utc=now_utc,
    )
    if due is None:
        raise ScheduleError(
            "it would never ring: its time is past, or its dates are skipped; alarm {alarm} stays as it was",
            alarm=alarm.id,
        )
    alarm.civil_time, alarm.zone, alarm.recurrence = event.civil_time, event.zone, str(event.recurrence)
    alarm.first_date, alarm.skipped = event.first_date, sorted(day.isoformat() for day in skipped)
    alarm.title = event.message[:LONGEST_TITLE]
    if telephone and event.number not in {"", alarm.number}:
        alarm.exchange, alarm.extension = telephone.exchange, telephone.extension
        alarm.number, alarm.trunk = telephone.number, telephone.trunk
        occurrence.exchange, occurrence.number, occurrence.trunk = alarm.exchange, alarm.number, alarm.trunk
    occurrence.civil_date, occurrence.due_utc = due.civil_date, due.due_utc
    changed = states.Booked(due.due_utc, state.tally)
    move(session, occurrence, changed, why="changed by a calendar file", now_utc=now_utc)
    announce(session)
