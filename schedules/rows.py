"""The rows of alarms: what was booked, each time that it is to ring, each attempt, and what was done when by whom."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Date, Double, ForeignKey, Index, String, Time, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.base import Base, UtcInstant

LONGEST_TITLE = 200


class BookedHow(StrEnum):
    """By what means an alarm came to be."""

    DIGITS = "dialled digits"
    MENU = "menu"
    COMMAND = "command"
    IMPORT = "calendar file"


class AlarmKind(StrEnum):
    """What an alarm is for."""

    WAKE = "wake"
    TRIAL = "trial"
    """To be rung back now, to see that it works."""
    PROOF = "proof"
    """To speak the code that proves a number."""
    CONSENT = "consent"
    """To ask a second number, by a code, whether it may be rung for the alarms of whoever booked this."""


class AlarmState(StrEnum):
    """Whether an alarm has occurrences to come."""

    ACTIVE = "active"
    ENDED = "ended"
    CANCELLED = "cancelled"


class Alarm(Base):
    """What was booked: whom to ring, by which way, when in civil time, how insistently, with what to say.

    `number` is as dialled at `exchange`, from our `extension` there; `trunk` the trunk of that exchange which leads to
    it, "" for a telephone of its own. `skipped` are civil dates on which it does not ring. `message` names what is said,
    `title` is what a calendar calls it.
    """

    __tablename__ = "alarm"
    __table_args__ = (Index("ix_alarm_exchange_number", "exchange", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(255), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    exchange: Mapped[str] = mapped_column(String(64))
    extension: Mapped[str] = mapped_column(String(64))
    number: Mapped[str] = mapped_column(String(80))
    trunk: Mapped[str] = mapped_column(String(80))
    civil_time: Mapped[time] = mapped_column(Time)
    zone: Mapped[str] = mapped_column(String(64))
    recurrence: Mapped[str] = mapped_column(String(64))
    first_date: Mapped[date] = mapped_column(Date)
    skipped: Mapped[list[str]] = mapped_column(JSON)
    policy: Mapped[dict[str, Any]] = mapped_column(JSON)
    message: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    language: Mapped[str] = mapped_column(String(8))
    booked_by: Mapped[str] = mapped_column(String(80))
    booked_how: Mapped[str] = mapped_column(String(16))
    booked_utc: Mapped[datetime] = mapped_column(UtcInstant)
    state: Mapped[str] = mapped_column(String(16))


class Occurrence(Base):
    """One time that an alarm is to ring, and how far it has come; `next_utc` is when something is to be done for it.

    An active alarm has exactly one that has not ended. `due_utc` is the instant that was promised, `next_utc` null
    while it rings and once it has ended. `number` and `trunk` are whom it rings next: the alarm's, or the escalation's.
    """

    __tablename__ = "occurrence"
    __table_args__ = (
        Index(
            "ix_occurrence_next_utc",
            "next_utc",
            "id",
            sqlite_where=text("next_utc IS NOT NULL"),
            postgresql_where=text("next_utc IS NOT NULL"),
        ),
        Index(
            "uq_occurrence_open",
            "alarm_id",
            unique=True,
            sqlite_where=text("ended_utc IS NULL"),
            postgresql_where=text("ended_utc IS NULL"),
        ),
        Index("ix_occurrence_alarm_id", "alarm_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    alarm_id: Mapped[int] = mapped_column(ForeignKey("alarm.id", ondelete="CASCADE"))
    exchange: Mapped[str] = mapped_column(String(64))
    number: Mapped[str] = mapped_column(String(80))
    trunk: Mapped[str] = mapped_column(String(80))
    civil_date: Mapped[date] = mapped_column(Date)
    due_utc: Mapped[datetime] = mapped_column(UtcInstant)
    next_utc: Mapped[datetime | None] = mapped_column(UtcInstant)
    ended_utc: Mapped[datetime | None] = mapped_column(UtcInstant)
    state: Mapped[str] = mapped_column(String(16))
    purpose: Mapped[str | None] = mapped_column(String(16))
    last_outcome: Mapped[str | None] = mapped_column(String(32))
    failed: Mapped[int] = mapped_column(default=0)
    snoozed: Mapped[int] = mapped_column(default=0)
    checked: Mapped[int] = mapped_column(default=0)
    escalated: Mapped[int] = mapped_column(default=0)
    late_s: Mapped[float | None] = mapped_column(Double)
    alarm: Mapped[Alarm] = relationship()


class Attempt(Base):
    """One call that we place for an occurrence; committed before its INVITE leaves.

    `ended_utc` is null while its call may last, also after others have written its `outcome`: it is cancelled then, or
    acknowledged. No two that last have the same exchange and number. `code` is what it asks to be
    dialled back; `wrong_codes` counts what was dialled instead.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        Index(
            "uq_attempt_number_in_use",
            "exchange",
            "number",
            unique=True,
            sqlite_where=text("ended_utc IS NULL"),
            postgresql_where=text("ended_utc IS NULL"),
        ),
        Index("ix_attempt_occurrence_id", "occurrence_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id", ondelete="CASCADE"))
    node_id: Mapped[str] = mapped_column(String(32))
    exchange: Mapped[str] = mapped_column(String(64))
    number: Mapped[str] = mapped_column(String(80))
    trunk: Mapped[str] = mapped_column(String(80))
    purpose: Mapped[str] = mapped_column(String(16))
    began_utc: Mapped[datetime] = mapped_column(UtcInstant)
    answered_utc: Mapped[datetime | None] = mapped_column(UtcInstant)
    ended_utc: Mapped[datetime | None] = mapped_column(UtcInstant)
    outcome: Mapped[str | None] = mapped_column(String(32))
    detail: Mapped[str] = mapped_column(String(200), default="")
    code: Mapped[str] = mapped_column(String(16), default="")
    wrong_codes: Mapped[int] = mapped_column(default=0)
    occurrence: Mapped[Occurrence] = relationship()


class Audit(Base):
    """What was done to an alarm or an occurrence of it: never changed, never removed before the alarm is.

    `next_utc` is when something is to be done for the occurrence after this.
    """

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_alarm_id", "alarm_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    alarm_id: Mapped[int] = mapped_column(ForeignKey("alarm.id", ondelete="CASCADE"))
    occurrence_id: Mapped[int | None] = mapped_column(ForeignKey("occurrence.id", ondelete="CASCADE"))
    attempt_id: Mapped[int | None]
    at_utc: Mapped[datetime] = mapped_column(UtcInstant)
    node_id: Mapped[str] = mapped_column(String(32))
    old_state: Mapped[str | None] = mapped_column(String(16))
    new_state: Mapped[str] = mapped_column(String(16))
    why: Mapped[str] = mapped_column(String(200))
    next_utc: Mapped[datetime | None] = mapped_column(UtcInstant)


class Node(Base):
    """A running program that rings; once its lease is over, others close its attempts and go on."""

    __tablename__ = "node"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    leased_until: Mapped[datetime] = mapped_column(UtcInstant)
    """By the database's own clock, not ours."""
