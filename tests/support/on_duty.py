"""A node on duty in the test's own process: the real Duty on a real database, with calls that a test makes up."""

import asyncio
from asyncio import TaskGroup
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from support.alarms import Night, lets_all_ring, wish

from schedules import booking
from schedules.duty import READY, Duty, Report
from schedules.outcomes import Outcome
from schedules.policy import DEFAULT, Policy
from schedules.shaping import Shaping
from schedules.taking import Ring
from store.database import Database
from store.store import Store

Make = Callable[[Ring], Awaitable[Report]]


def host_utc() -> datetime:
    """The host's clock."""
    return datetime.now(UTC)


@dataclass
class Node:
    """A node on duty that notes what it rings; `make` decides what comes of it."""

    store: Store
    duty: Duty
    rung: list[tuple[Ring, datetime]] = field(default_factory=list)
    broken_off: list[int] = field(default_factory=list)

    @property
    def night(self) -> Night:
        """What the database says."""
        return Night(self.store.database, host_utc())

    async def book(self, in_s: float, number: str = "1001", policy: Policy = DEFAULT) -> int:
        """Book an alarm for so many seconds from now, from the outside: by another connection."""
        due_utc = host_utc() + timedelta(seconds=in_s)
        asked = wish(number, policy=policy)
        occurrence = await self.store.write(booking.book_at, asked, due_utc, host_utc())
        return occurrence.alarm_id

    async def state_becomes(self, alarm_id: int, state: str) -> None:
        """Wait for it."""
        await until(lambda: self.night.state(alarm_id) == state)

    async def rings(self, alarm_id: int) -> None:
        """Wait until its call is placed; its row says that it rings a moment before."""
        await until(lambda: any(ring.alarm_id == alarm_id for ring, _ in self.rung))

    async def looks(self, seconds: float) -> None:
        """Tell it that the clock was set, and let it do for so long what there is to do."""
        self.duty.told()
        await asyncio.sleep(seconds)

    async def breaks_off(self) -> None:
        """Wait until a call was broken off."""
        await until(lambda: bool(self.broken_off))


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(8):
        while not await asyncio.to_thread(holds):  # noqa: ASYNC110 - what is asked is in the database
            await asyncio.sleep(0.02)


@asynccontextmanager
async def on_duty(
    url: str,
    make: Make,
    *,
    now_utc: Callable[[], datetime] = host_utc,
    kind_of_store: type[Store] = Store,
    **options: Any,
) -> AsyncIterator[Node]:
    """A node on duty in this scope."""
    database = Database.open(url)
    store = kind_of_store(database)
    nodes: list[Node] = []

    async def making(ring: Ring) -> Report:
        ready_utc = now_utc()
        assert ready_utc >= ring.begin_utc - READY
        await asyncio.sleep((ring.begin_utc - ready_utc).total_seconds())
        nodes[0].rung.append((ring, now_utc()))
        try:
            return await make(ring)
        except asyncio.CancelledError:
            nodes[0].broken_off.append(ring.alarm_id)
            raise

    async with TaskGroup() as tasks:
        defaults = {
            "now_utc": now_utc,
            "shaping": Shaping(),
            "gate": lets_all_ring,
            "in_use": lambda: (),
            "extensions": ["alarms"],
            "tasks": tasks,
        }
        duty = Duty(store, make=making, **(defaults | options))
        nodes.append(Node(store, duty))
        async with duty.kept():
            yield nodes[0]
    store.close()
    database.close()


async def acknowledged(_: Ring) -> Report:
    """Somebody is awake at once."""
    return Report(Outcome.ACKNOWLEDGED)


async def for_ever(_: Ring) -> Report:
    """It rings until it is broken off."""
    await asyncio.sleep(3600)
    raise AssertionError
