"""Delivers events to their subscribers: each at least once, over a death of the program too, and never twice at once.

Whoever delivers holds the delivery by a lease. Killed in the middle, the program that starts next, or another node,
tries it again once the lease has run out: a subscriber may be told the same event twice, with the same id.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Protocol

import structlog
from sqlalchemy.orm import Session

from store.clock import database_now
from store.deliveries import Held, Told, abandon, claim, fail, finish, next_due, spread
from store.errors import StoreError
from store.outbox import State
from store.store import Store

AT_ONCE = 4
"""Deliveries to one subscriber that are under way at once."""
LONGEST_SLEEP_S = 300.0
"""After so long it looks again whatever it knew: a clock may have been set."""
TROUBLE_PAUSE_S = 5.0
"""How long to leave the database alone when it failed."""
FINISH_AGAIN_S = (0.5, 2.0, 5.0)
"""After which pauses it is tried again to write down how a delivery went; all within the lease."""

log = structlog.get_logger()


class DeliveryFailed(Exception):  # noqa: N818 - an outcome
    """A subscriber could not be told; the text says why. It is tried again later."""


class Subscriber(Protocol):
    """Who is told of events."""

    @property
    def name(self) -> str:
        """As its deliveries are marked; at most 32 characters."""

    async def deliver(self, told: Told) -> None:
        """Tell it, in less than the lease. Raises DeliveryFailed."""


class Deliverer:
    """Made by `open_delivery`; belongs to its event loop."""

    def __init__(
        self,
        store: Store,
        subscribers: Sequence[Subscriber],
        now: Callable[[Session], datetime] = database_now,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._names = [subscriber.name for subscriber in subscribers]
        self._wakes = {name: asyncio.Event() for name in self._names}
        self._now = now
        self._chance = chance

    def told(self) -> None:
        """Something was announced: look at once."""
        for wake in self._wakes.values():
            wake.set()

    async def serve(self, subscriber: Subscriber) -> None:
        """Deliver to one subscriber until cancelled."""
        wake = self._wakes[subscriber.name]
        troubled = False
        while True:
            wake.clear()
            try:
                held, sleep_s = await self._store.write(self._take, subscriber.name)
            except StoreError as error:
                if not troubled:
                    log.warning("events_wait_for_the_database", reason=str(error))
                troubled = True
                await asyncio.sleep(TROUBLE_PAUSE_S)
                continue
            troubled = False
            if held:
                await asyncio.gather(*(self._deliver(subscriber, each) for each in held))
            else:
                await _wait(wake, sleep_s)

    def _take(self, session: Session, subscriber: str) -> tuple[list[Held], float]:
        """A unit of work: what is to be delivered now; else how long, in seconds, there is nothing to do."""
        now_utc = self._now(session)
        spread(session, self._names, now_utc)
        if held := claim(session, subscriber, AT_ONCE, now_utc):
            return held, 0.0
        if abandoned := abandon(session, self._names, now_utc):
            log.warning("deliveries_without_subscriber", given_up=abandoned)
        due_utc = next_due(session, subscriber)
        if due_utc is None:
            return [], LONGEST_SLEEP_S
        return [], min(max((due_utc - now_utc).total_seconds(), 0.0), LONGEST_SLEEP_S)

    async def _deliver(self, subscriber: Subscriber, held: Held) -> None:
        error: str | None = None
        try:
            await subscriber.deliver(held.told)
        except DeliveryFailed as failed:
            error = str(failed)
        except Exception as fault:
            log.exception("subscriber_failed", subscriber=subscriber.name)
            error = repr(fault)
        state = await self._write_down(held, error)
        if error is None:
            return
        where = {"subscriber": subscriber.name, "kind": held.told.kind, "event_id": held.told.id}
        if state is State.GIVEN_UP:
            log.error("delivery_given_up", **where, tries=held.tries, reason=error)
        elif held.tries == 1:
            log.warning("delivery_failed", **where, reason=error)

    async def _write_down(self, held: Held, error: str | None) -> State:
        for pause_s in (*FINISH_AGAIN_S, None):
            try:
                return await self._store.write(self._outcome, held, error)
            except StoreError as trouble:
                if pause_s is None:
                    log.warning("delivery_not_written_down", event_id=held.told.id, reason=str(trouble))
                else:
                    await asyncio.sleep(pause_s)
        return State.WAITING

    def _outcome(self, session: Session, held: Held, error: str | None) -> State:
        if error is None:
            finish(session, held)
            return State.DELIVERED
        return fail(session, held, error, self._now(session), self._chance())


async def _wait(event: asyncio.Event, timeout_s: float) -> None:
    try:
        async with asyncio.timeout(timeout_s):
            await event.wait()
    except TimeoutError:
        pass


@asynccontextmanager
async def open_delivery(store: Store, subscribers: Sequence[Subscriber]) -> AsyncIterator[None]:
    """Deliver while in the scope; at its end what is under way is broken off, and tried again after its lease.

    Raises:
        StoreUnreachable: nobody could tell it of news.
    """
    deliverer = Deliverer(store, subscribers)
    async with store.news(deliverer.told):
        tasks = [
            asyncio.create_task(deliverer.serve(each), name=f"events for {each.name}") for each in subscribers
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
