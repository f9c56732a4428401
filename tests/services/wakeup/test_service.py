"""The morning call as a service, between its calls: it rings once calls can be placed, and looks at a clock that is set."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from support.alarms import wish
from support.simulated_clock import SimulatedClock

from exchange.sip.call import Call
from exchange.sip.dialler import NotReached
from exchange.sip.leg import End, EndedBy
from schedules import booking
from schedules.lists import next_of
from schedules.rows import AlarmKind
from services.spec import Context
from services.wakeup import WakeupConfig, service
from store.store import Store, open_store
from trust import proofs
from trust.allowed import NumberRules
from trust.settings import TrustSettings
from trust.target import Target

pytestmark = pytest.mark.native

SOON_S = 4.0
"""Well before the ticker looks again by itself."""


class BusyDialler:
    """Whatever is dialled is busy."""

    def __init__(self) -> None:
        self.dialled = asyncio.Event()

    @asynccontextmanager
    async def ring(self, number: str, **_: Any) -> AsyncIterator[Call]:
        self.dialled.set()
        raise NotReached(number, End(EndedBy.FAR_END, 486, "Busy Here"))
        yield


@asynccontextmanager
async def opened(store: Store, dialler: BusyDialler) -> AsyncIterator[Context]:
    """The service in this scope."""
    context = Context(
        WakeupConfig(),
        "ja",
        dialler,
        store,
        media_clock=None,  # type: ignore[arg-type] - it has no use for one
        open_broadcast=None,  # type: ignore[arg-type]
        exchange_of={"alarms": "home"},
        trust=TrustSettings({"home": NumberRules(trunks={"B": "390"})}),
    )
    async with asyncio.TaskGroup() as tasks, service.open_wakeup(context, tasks):
        yield context


def test_a_clock_that_is_set_over_an_alarm_rings_it_at_once(sqlite_url: str, monkeypatch: pytest.MonkeyPatch):
    """Forward by an hour, and no farther than the alarm is valid."""
    clock = SimulatedClock(utc_ns=0)
    begin_utc = datetime.now(UTC)
    monkeypatch.setattr(service, "KernelClock", lambda: clock)
    monkeypatch.setattr(
        service, "now_utc", lambda: begin_utc + timedelta(microseconds=clock.utc_ns() // 1000)
    )

    async def main() -> None:
        dialler = BusyDialler()
        async with open_store(sqlite_url) as store, opened(store, dialler) as context:
            due_utc = begin_utc + timedelta(hours=1)
            await store.write(booking.book_at, wish(), due_utc, begin_utc)
            context.opened.set()
            await asyncio.sleep(1)
            assert not dialler.dialled.is_set()
            clock.step(3600 * 10**9)
            async with asyncio.timeout(SOON_S):
                await dialler.dialled.wait()

    asyncio.run(main())


def test_nobody_is_rung_before_calls_can_be_placed(sqlite_url: str):
    async def main() -> None:
        dialler = BusyDialler()
        async with open_store(sqlite_url) as store, opened(store, dialler) as context:
            now_utc = datetime.now(UTC)
            await store.write(booking.book_at, wish(), now_utc, now_utc)
            await asyncio.sleep(0.5)
            assert not dialler.dialled.is_set()
            context.opened.set()
            async with asyncio.timeout(SOON_S):
                await dialler.dialled.wait()

    asyncio.run(main())


def test_after_a_ring_that_repeats_a_proof_that_ends_soon_is_renewed(sqlite_url: str):
    """However the ring ended: the telephone is busy here."""

    async def main() -> None:
        async with open_store(sqlite_url) as store, opened(store, BusyDialler()) as context:
            now_utc = datetime.now(UTC)
            far = Target("home", "alarms", "3901001", "B")
            await store.write(proofs.prove, far, now_utc - timedelta(days=170))
            soon = (now_utc + timedelta(seconds=1)).astimezone(ZoneInfo("Asia/Tokyo")).time()
            again = wish(far.number, trunk=far.trunk, recurrence="daily", at=soon)
            await store.write(booking.book, again, now_utc)
            context.opened.set()
            async with asyncio.timeout(SOON_S):
                while await store.read(next_of, AlarmKind.PROOF, far.exchange, far.number) is None:  # noqa: ASYNC110 - nobody tells
                    await asyncio.sleep(0.05)

    asyncio.run(main())
