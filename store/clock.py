"""Whose clock decides what is due: the database's, where several nodes share one."""

from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def database_now(session: Session) -> datetime:
    """The time by PostgreSQL's clock, whatever the nodes' are; beside a SQLite file by this machine's."""
    if session.get_bind().dialect.name != "postgresql":
        return datetime.now(UTC)
    now_utc = session.scalars(select(func.clock_timestamp())).one()
    assert isinstance(now_utc, datetime)  # noqa: S101 - timestamptz
    return now_utc.astimezone(UTC)
