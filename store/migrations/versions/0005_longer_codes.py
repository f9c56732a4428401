"""Longer codes, and whose turn it is to be rung for a proof."""

import sqlalchemy as sa
from alembic import op

from store.base import UtcInstant

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables of `trust.rows` what they are now."""
    with op.batch_alter_table("trust_code") as codes:
        codes.alter_column("code", type_=sa.String(16), existing_nullable=False)
    op.create_table(
        "trust_proving_turn",
        sa.Column("destination", sa.String(160), primary_key=True),
        sa.Column("trunk", sa.String(160), primary_key=True),
        sa.Column("asked_utc", UtcInstant),
        sa.Column("rung_utc", UtcInstant),
    )
