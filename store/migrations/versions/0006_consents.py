"""Telephones that let others name them as their second number."""

import sqlalchemy as sa
from alembic import op

from store.base import UtcInstant

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables of `trust.rows` what they are now."""
    op.create_table(
        "trust_consent",
        sa.Column("exchange", sa.String(64), primary_key=True),
        sa.Column("number", sa.String(80), primary_key=True),
        sa.Column("asker", sa.String(80), primary_key=True),
        sa.Column("asked_utc", UtcInstant, nullable=False),
        sa.Column("given_utc", UtcInstant),
    )
    with op.batch_alter_table("trust_code") as codes:
        codes.add_column(sa.Column("asker", sa.String(80), nullable=False, server_default=""))
