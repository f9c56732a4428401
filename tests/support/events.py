"""Events that never happened, and subscribers that do as they are told."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from support.waiting import until

from store.database import Database
from store.deliveries import Told
from store.delivery import DeliveryFailed
from store.outbox import Delivery, tell_of

NOON_UTC = datetime(2026, 12, 1, 12, tzinfo=UTC)


def happened(database: Database, *kinds: str) -> None:
    """Write events."""
    for kind in kinds:
        database.write(tell_of, kind, NOON_UTC, {"number": "1001", "late_s": 1.5})


def deliveries(database: Database) -> list[Delivery]:
    """All rows of deliveries."""

    def read(session: Session) -> list[Delivery]:
        return list(session.scalars(select(Delivery).order_by(Delivery.id)))

    return database.read(read)


class ToySubscriber:
    """Keeps what it is told; `failures` are raised before, one a try. One that `waits` does so for `goes_on`."""

    def __init__(self, name: str = "toy", failures: Sequence[Exception] = (), *, waits: bool = False) -> None:
        self.name = name
        self.tries = 0
        self.told: list[Told] = []
        self.at_once = 0
        self.most_at_once = 0
        self._failures = list(failures)
        self.goes_on = asyncio.Event()
        if not waits:
            self.goes_on.set()

    async def deliver(self, told: Told) -> None:
        self.tries += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(0.005)
            await self.goes_on.wait()
            if self._failures:
                raise self._failures.pop(0)
            self.told.append(told)
        finally:
            self.at_once -= 1

    async def until(self, count: int) -> None:
        """Wait until it has been told so often."""
        await until(lambda: len(self.told) >= count)


def refused(times: int) -> list[Exception]:
    """So many failures."""
    return [DeliveryFailed("not now") for _ in range(times)]
