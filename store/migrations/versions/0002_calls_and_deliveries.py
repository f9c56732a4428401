"""Call records, and the deliveries of events."""

import sqlalchemy as sa
from alembic import op

from store.base import UtcInstant

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables of `store.call_records` and `store.deliveries`."""
    op.create_table(
        "call_record",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("node", sa.String(80), nullable=False),
        sa.Column("began_utc", UtcInstant, nullable=False),
        sa.Column("answered_utc", UtcInstant),
        sa.Column("ended_utc", UtcInstant),
        sa.Column("direction", sa.String(3), nullable=False),
        sa.Column("service", sa.String(80), nullable=False),
        sa.Column("extension", sa.String(80), nullable=False),
        sa.Column("dialled", sa.String(80), nullable=False),
        sa.Column("caller", sa.String(80), nullable=False),
        sa.Column("peer", sa.String(80), nullable=False),
        sa.Column("ended_by", sa.String(16)),
        sa.Column("sip_status", sa.Integer),
        sa.Column("reason", sa.String(255)),
        sa.Column("rtp_received", sa.Integer),
        sa.Column("rtp_sent", sa.Integer),
        sa.Column("rtp_lost", sa.Integer),
        sa.Column("rtp_late", sa.Integer),
        sa.Column("rtp_law", sa.String(8)),
        sa.Column("rtp_ptime_ms", sa.Integer),
        sa.Column("call_id", sa.String(255), nullable=False),
    )
    op.create_index("ix_call_record_began_utc", "call_record", ["began_utc"])
    op.create_index("ix_call_record_ended_utc", "call_record", ["ended_utc"])
    op.add_column("event", sa.Column("spread_utc", UtcInstant))
    op.create_index("ix_event_spread_utc", "event", ["spread_utc"])
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("event_id", sa.Integer, sa.ForeignKey("event.id", ondelete="CASCADE"), nullable=False),
        sa.Column("subscriber", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_utc", UtcInstant, nullable=False),
        sa.Column("held_until", UtcInstant),
        sa.Column("last_error", sa.String(1000)),
        sa.UniqueConstraint("event_id", "subscriber"),
    )
    op.create_index("ix_delivery_state_next_utc", "delivery", ["state", "next_utc"])
