"""Which running programs ring: each holds a lease by the database's clock, and lets nobody ring once it has lost it.

On SQLite there is one program (`store.sole.sole_program`), whose lease always holds and is not written. On PostgreSQL
the server's clock counts, which all nodes share and no setting of their own clocks moves.
"""

import uuid
from collections.abc import Collection
from datetime import timedelta
from socket import gethostname

from sqlalchemy import Interval, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from schedules.rows import Node
from store.store import Store
from timekeeping.clocks import boottime_s

LEASE_S = 30.0
"""How long a lease holds after it was last renewed."""
RENEWED_EVERY_S = 8.0
"""How often it is renewed."""
_FORGOTTEN_AFTER = timedelta(days=1)
SAFETY_S = 5.0
"""So much before its end nothing new is begun on it: what is begun takes a moment."""


class Lease:
    """This program's. `holds` may be asked at any time."""

    def __init__(self, *, shared: bool) -> None:
        self.node_id = uuid.uuid4().hex
        self._shared = shared
        self._holds_until_boottime_s = 0.0

    async def renew(self, store: Store) -> None:
        """Hold it for LEASE_S more. On PostgreSQL only; elsewhere nothing is written. Raises StoreError."""
        if self._shared:
            began_boottime_s = boottime_s()
            await store.write(_renew, self.node_id)
            self._holds_until_boottime_s = began_boottime_s + LEASE_S

    def is_among(self, nodes: Collection[str]) -> bool:
        """Whether it holds by the database, which said that of `nodes` (`alive`): others go by that alone."""
        return not self._shared or self.node_id in nodes

    def release(self, session: Session) -> None:
        """At a good end: nothing of this node is left to wait for."""
        if self._shared and (node := session.get(Node, self.node_id)) is not None:
            session.delete(node)

    @property
    def holds(self) -> bool:
        """Whether a call may be begun: no other node takes us for dead.

        A program that was stopped (SIGSTOP), or a machine that slept, finds its lease gone.
        """
        return not self._shared or boottime_s() < self._holds_until_boottime_s - SAFETY_S


def _renew(session: Session, node_id: str) -> None:
    clock = func.clock_timestamp()
    until = clock + literal(timedelta(seconds=LEASE_S), Interval)
    session.execute(delete(Node).where(Node.leased_until < clock - literal(_FORGOTTEN_AFTER, Interval)))
    values = {"id": node_id, "name": gethostname()[:64], "leased_until": until}
    session.execute(
        insert(Node).values(values).on_conflict_do_update(index_elements=["id"], set_={"leased_until": until})
    )


def alive(session: Session) -> set[str]:
    """The nodes whose lease holds, by the server's clock; none on SQLite."""
    if session.get_bind().dialect.name != "postgresql":
        return set()
    return set(session.scalars(select(Node.id).where(Node.leased_until > func.clock_timestamp())))
