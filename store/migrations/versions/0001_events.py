"""Events."""

import sqlalchemy as sa
from alembic import op

from store.base import UtcInstant

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the table of `store.outbox`."""
    op.create_table(
        "event",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("happened_utc", UtcInstant, nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
    )
    op.create_index("ix_event_happened_utc", "event", ["happened_utc"])
