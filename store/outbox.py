"""The outbox: an event is a row, written in the transaction of what it tells of, and delivered afterwards."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base, UtcInstant
from store.news import announce

LONGEST_ERROR = 1000
"""How much of what a subscriber said is kept, in characters."""

Fact = str | int | float | bool | None


class Event(Base):
    """Something that whoever subscribes is to be told, such as `alarm.missed`, with its facts."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    happened_utc: Mapped[datetime] = mapped_column(UtcInstant, index=True)
    facts: Mapped[dict[str, Fact]] = mapped_column(JSON)
    spread_utc: Mapped[datetime | None] = mapped_column(UtcInstant, index=True)
    """When it got a delivery for each subscriber; null until then."""


class State(StrEnum):
    """What became of a delivery."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given up"


class Delivery(Base):
    """An event on its way to one subscriber.

    `next_utc` is when it is tried next. Whoever tries it holds it until `held_until`; then anybody may again.
    """

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("event_id", "subscriber"), Index(None, "state", "next_utc"))

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey(Event.id, ondelete="CASCADE"))
    subscriber: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(16))
    tries: Mapped[int]
    next_utc: Mapped[datetime] = mapped_column(UtcInstant)
    held_until: Mapped[datetime | None] = mapped_column(UtcInstant)
    last_error: Mapped[str | None] = mapped_column(String(LONGEST_ERROR))


def tell_of(session: Session, kind: str, now_utc: datetime, facts: Mapping[str, Fact]) -> Event:
    """Add an event to the session's transaction; it is delivered once that is committed."""
    event = Event(kind=kind, happened_utc=now_utc, facts=dict(facts))
    session.add(event)
    announce(session)
    return event
