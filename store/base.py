"""What all tables share: names of constraints, and the type of an instant."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, MetaData
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The rows of every room are declared on it; `store/migrations` makes their tables."""

    metadata = MetaData(naming_convention=NAMING)


class UtcInstant(TypeDecorator[datetime]):
    """An instant: aware of its zone in Python, UTC in the database, to the microsecond."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse a time without a zone: it would be stored as if it were UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"{value} has no time zone: an instant is stored in UTC"
            raise ValueError(msg)
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """SQLite hands back what it was given without the zone."""
        if value is None:
            return None
        assert isinstance(value, datetime)  # noqa: S101 - DateTime's own
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
