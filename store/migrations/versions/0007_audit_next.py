"""When something is to be done next, in each step of the history."""

import sqlalchemy as sa
from alembic import op

from store.base import UtcInstant

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables of `schedules.rows` what they are now."""
    op.add_column("audit", sa.Column("next_utc", UtcInstant))
