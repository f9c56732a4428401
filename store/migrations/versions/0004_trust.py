"""Proofs, their codes, opt-outs, and what is counted against the quotas."""

import sqlalchemy as sa
from alembic import op

from store.base import UtcInstant

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables of `trust.rows`."""
    op.create_table(
        "trust_proof",
        *_telephone(primary_key=True),
        sa.Column("trunk", sa.String(80), nullable=False),
        sa.Column("proved_utc", UtcInstant, nullable=False),
    )
    op.create_table(
        "trust_code",
        *_telephone(primary_key=True),
        sa.Column("trunk", sa.String(80), nullable=False),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("issued_utc", UtcInstant, nullable=False),
        sa.Column("wrong_tries", sa.Integer, nullable=False),
    )
    op.create_table(
        "trust_proving_call",
        sa.Column("destination", sa.String(160), primary_key=True),
        sa.Column("rung_utc", UtcInstant),
    )
    op.create_table(
        "trust_opt_out",
        sa.Column("key", sa.String(160), primary_key=True),
        *_telephone(primary_key=False),
        sa.Column("said_by", sa.Integer, nullable=False),
        sa.Column("since_utc", UtcInstant, nullable=False),
    )
    op.create_table(
        "trust_count",
        sa.Column("deed", sa.String(16), primary_key=True),
        sa.Column("scope", sa.String(16), primary_key=True),
        sa.Column("key", sa.String(160), primary_key=True),
        sa.Column("span", sa.String(4), primary_key=True),
        sa.Column("start_utc", UtcInstant, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
    )
    op.create_index("ix_trust_count_start_utc", "trust_count", ["start_utc"])


def _telephone(*, primary_key: bool) -> list[sa.Column[str]]:
    lengths = {"exchange": 64, "number": 80}
    return [
        sa.Column(name, sa.String(length), primary_key=primary_key, nullable=False)
        for name, length in lengths.items()
    ]
