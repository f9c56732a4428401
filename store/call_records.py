"""Call records: a row for each call, in and out, written when it begins and completed when it ends.

Who called whom and when, and how well the packets came; never what was said or pressed.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Literal
from uuid import uuid4

from sqlalchemy import String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base, UtcInstant
from store.pruning import PRUNED_AT_ONCE
from store.rows import affected, inserting, storable

BROKEN_OFF = "broken off"
"""By whom a call ended that was up when its program or machine died; nobody knows when."""
SHORT = 80
LONGEST = 255


class CallRow(Base):
    """A call as it is kept; what ends it is null while it is up. Its columns are the fields of `CallRecord`."""

    __tablename__ = "call_record"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    node: Mapped[str] = mapped_column(String(SHORT))
    began_utc: Mapped[datetime] = mapped_column(UtcInstant, index=True)
    answered_utc: Mapped[datetime | None] = mapped_column(UtcInstant)
    ended_utc: Mapped[datetime | None] = mapped_column(UtcInstant, index=True)
    direction: Mapped[str] = mapped_column(String(3))
    service: Mapped[str] = mapped_column(String(SHORT))
    extension: Mapped[str] = mapped_column(String(SHORT))
    dialled: Mapped[str] = mapped_column(String(SHORT))
    caller: Mapped[str] = mapped_column(String(SHORT))
    peer: Mapped[str] = mapped_column(String(SHORT))
    ended_by: Mapped[str | None] = mapped_column(String(16))
    sip_status: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(String(LONGEST))
    rtp_received: Mapped[int | None]
    rtp_sent: Mapped[int | None]
    rtp_lost: Mapped[int | None]
    rtp_late: Mapped[int | None]
    rtp_law: Mapped[str | None] = mapped_column(String(8))
    rtp_ptime_ms: Mapped[int | None]
    call_id: Mapped[str] = mapped_column(String(LONGEST))


@dataclass(frozen=True, slots=True)
class CallRecord:
    """What is known of a call so far.

    Attributes:
        extension: the extension of ours that it came or went by, "" without an exchange.
        caller: the number, "" when withheld; of a call that we place our extension.
        peer: the neighbour's trunk that it came by, "" for our own exchange's telephones.
        ended_by: "far end", "us", "network" or "broken off".
        sip_status: 0 or 200 where a BYE ended it.
        rtp_received: packets, as all counters of RTP; None where no sound ran.
    """

    direction: Literal["in", "out"]
    service: str
    extension: str
    dialled: str
    caller: str
    peer: str
    call_id: str
    began_utc: datetime
    answered_utc: datetime | None = None
    ended_utc: datetime | None = None
    ended_by: str | None = None
    sip_status: int | None = None
    reason: str | None = None
    rtp_received: int | None = None
    rtp_sent: int | None = None
    rtp_lost: int | None = None
    rtp_late: int | None = None
    rtp_law: str | None = None
    rtp_ptime_ms: int | None = None
    id: str = field(default_factory=lambda: uuid4().hex)


# -- units of work --


def save_calls(session: Session, node: str, records: Sequence[CallRecord]) -> None:
    """Write records, each over what was written of the same call; again changes nothing."""
    texts = {c.name: c.type.length for c in CallRow.__table__.columns if isinstance(c.type, String)}
    rows = [asdict(record) | {"node": node} for record in records]
    for row in rows:
        for name, longest in texts.items():
            if isinstance(value := row[name], str):
                row[name] = storable(value, longest)
    insert = inserting(session, CallRow)
    over = {c.name: insert.excluded[c.name] for c in CallRow.__table__.columns if c.name != "id"}
    session.execute(insert.on_conflict_do_update(index_elements=[CallRow.id], set_=over), rows)


def break_off(session: Session, node: str, still_up: Collection[str], now_utc: datetime) -> int:
    """Close what a node that died left unfinished, but for the calls that are up; how many they were."""
    unfinished = (
        update(CallRow)
        .where(CallRow.node == node, CallRow.ended_utc.is_(None), CallRow.id.not_in(still_up))
        .values(ended_utc=now_utc, ended_by=BROKEN_OFF)
    )
    return affected(session, unfinished)


def prune_calls(session: Session, before_utc: datetime) -> int:
    """Delete the oldest calls of those that began before an instant; how many they were."""
    oldest = (
        select(CallRow.id)
        .where(CallRow.began_utc < before_utc)
        .order_by(CallRow.began_utc)
        .limit(PRUNED_AT_ONCE)
    )
    return affected(session, delete(CallRow).where(CallRow.id.in_(oldest)))


def latest_calls(
    session: Session, most: int, *, since_utc: datetime | None = None, service: str | None = None
) -> list[CallRow]:
    """The last calls that began, the newest last."""
    wanted = select(CallRow).order_by(CallRow.began_utc.desc(), CallRow.id).limit(most)
    if since_utc is not None:
        wanted = wanted.where(CallRow.began_utc >= since_utc)
    if service is not None:
        wanted = wanted.where(CallRow.service == service)
    return list(session.scalars(wanted))[::-1]
