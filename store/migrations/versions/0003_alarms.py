"""Alarms, their occurrences and attempts, the audit, and the nodes that ring."""

import sqlalchemy as sa
from alembic import op

from store.base import UtcInstant

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables of `schedules.rows`."""
    op.create_table(
        "alarm",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("uid", sa.String(255), nullable=False, unique=True),
        sa.Column("kind", sa.String(16), nullable=False),
        *_target(),
        sa.Column("extension", sa.String(64), nullable=False),
        sa.Column("civil_time", sa.Time, nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("recurrence", sa.String(64), nullable=False),
        sa.Column("first_date", sa.Date, nullable=False),
        sa.Column("skipped", sa.JSON, nullable=False),
        sa.Column("policy", sa.JSON, nullable=False),
        sa.Column("message", sa.String(64), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("booked_by", sa.String(80), nullable=False),
        sa.Column("booked_how", sa.String(16), nullable=False),
        sa.Column("booked_utc", UtcInstant, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
    )
    op.create_index("ix_alarm_exchange_number", "alarm", ["exchange", "number"])
    op.create_table(
        "occurrence",
        sa.Column("id", sa.Integer, primary_key=True),
        _belongs_to("alarm"),
        *_target(),
        sa.Column("civil_date", sa.Date, nullable=False),
        sa.Column("due_utc", UtcInstant, nullable=False),
        sa.Column("next_utc", UtcInstant),
        sa.Column("ended_utc", UtcInstant),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("purpose", sa.String(16)),
        sa.Column("last_outcome", sa.String(32)),
        *(
            sa.Column(name, sa.Integer, nullable=False)
            for name in ("failed", "snoozed", "checked", "escalated")
        ),
        sa.Column("late_s", sa.Double),
    )
    _partial_index("ix_occurrence_next_utc", "occurrence", ["next_utc", "id"], "next_utc IS NOT NULL")
    _partial_index("uq_occurrence_open", "occurrence", ["alarm_id"], "ended_utc IS NULL", unique=True)
    op.create_index("ix_occurrence_alarm_id", "occurrence", ["alarm_id"])
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer, primary_key=True),
        _belongs_to("occurrence"),
        sa.Column("node_id", sa.String(32), nullable=False),
        *_target(),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("began_utc", UtcInstant, nullable=False),
        sa.Column("answered_utc", UtcInstant),
        sa.Column("ended_utc", UtcInstant),
        sa.Column("outcome", sa.String(32)),
        sa.Column("detail", sa.String(200), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("wrong_codes", sa.Integer, nullable=False),
    )
    _partial_index(
        "uq_attempt_number_in_use", "attempt", ["exchange", "number"], "ended_utc IS NULL", unique=True
    )
    op.create_index("ix_attempt_occurrence_id", "attempt", ["occurrence_id"])
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        _belongs_to("alarm"),
        sa.Column("occurrence_id", sa.Integer, sa.ForeignKey("occurrence.id", ondelete="CASCADE")),
        sa.Column("attempt_id", sa.Integer),
        sa.Column("at_utc", UtcInstant, nullable=False),
        sa.Column("node_id", sa.String(32), nullable=False),
        sa.Column("old_state", sa.String(16)),
        sa.Column("new_state", sa.String(16), nullable=False),
        sa.Column("why", sa.String(200), nullable=False),
    )
    op.create_index("ix_audit_alarm_id", "audit", ["alarm_id", "id"])
    op.create_table(
        "node",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("leased_until", UtcInstant, nullable=False),
    )


def _target() -> list[sa.Column[str]]:
    lengths = {"exchange": 64, "number": 80, "trunk": 80}
    return [sa.Column(name, sa.String(length), nullable=False) for name, length in lengths.items()]


def _belongs_to(table: str) -> sa.Column[int]:
    return sa.Column(
        f"{table}_id", sa.Integer, sa.ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=False
    )


def _partial_index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(
        name, table, columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )
