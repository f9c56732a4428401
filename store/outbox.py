"""The outbox: an event is a row, written in the transaction of what it tells of, and delivered afterwards."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base, UtcInstant
from store.news import announce

Fact = str | int | float | bool | None


class Event(Base):
    """Something that whoever subscribes is to be told, such as `alarm.missed`, with its facts."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    happened_utc: Mapped[datetime] = mapped_column(UtcInstant, index=True)
    facts: Mapped[dict[str, Fact]] = mapped_column(JSON)


def tell_of(session: Session, kind: str, now_utc: datetime, facts: Mapping[str, Fact]) -> Event:
    """Add an event to the session's transaction; it is delivered once that is committed."""
    event = Event(kind=kind, happened_utc=now_utc, facts=dict(facts))
    session.add(event)
    announce(session)
    return event
