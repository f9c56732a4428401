"""What is asked of rows again and again: occurrences with their alarms, and when an alarm is due next."""

from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from schedules.civil_due import Due, next_due_utc
from schedules.recurrence import Recurrence
from schedules.rows import Alarm, Occurrence


def with_alarms() -> Select[Occurrence]:
    """Occurrences, each with its alarm, by which the query may choose too."""
    return select(Occurrence).join(Occurrence.alarm).options(contains_eager(Occurrence.alarm))


def locked(query: Select[Occurrence]) -> Select[Occurrence]:
    """The same, in a writing unit of work, so that nobody else changes them; waits for who does."""
    return query.with_for_update(of=Occurrence)


def oldest_unlocked(query: Select[Occurrence], most: int) -> Select[Occurrence]:
    """At most so many, what waits longest first, locked; what somebody changes at this moment is left out."""
    ordered = query.order_by(Occurrence.next_utc, Occurrence.id).limit(most)
    return ordered.with_for_update(of=Occurrence, skip_locked=True)


def skipped_dates(alarm: Alarm) -> frozenset[date]:
    """The civil dates on which an alarm does not ring."""
    return frozenset(date.fromisoformat(day) for day in alarm.skipped)


def due_after(alarm: Alarm, after_utc: datetime) -> Due | None:
    """The first time strictly after an instant that an alarm is due, as its row has it.

    Raises:
        ScheduleError: its zone is not known here.
    """
    return next_due_utc(
        Recurrence.parse(alarm.recurrence),
        alarm.civil_time,
        alarm.zone,
        first_date=alarm.first_date,
        skipped_dates=skipped_dates(alarm),
        after_utc=after_utc,
    )
