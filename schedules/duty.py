"""A node's duty: take what is due, have it rung on the second, and write what came of it. Knows not how one rings."""

import asyncio
from asyncio import CancelledError, Task, TaskGroup
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from schedules.attempts import close_orphans, ended_elsewhere, finish
from schedules.claims import any_waits, claim, next_instant
from schedules.nodes import RENEWED_EVERY_S, Lease, alive
from schedules.outcomes import Outcome
from schedules.shaping import Shaping
from schedules.taking import Gate, Ring
from schedules.ticker import Ticker, ticking
from store.errors import StoreError
from store.store import Store

AHEAD = timedelta(seconds=3)
"""So much before its instant an occurrence is taken: a thousand of one instant take most of one."""
READY = timedelta(seconds=0.5)
"""So much before its instant a ring is made, so that only its INVITE is left to be sent then."""
WAITS_LOOKED_AT_AFTER = timedelta(seconds=5)
"""How soon what waits for a free line is looked at again, should nobody tell."""
ENDED_LOOKED_AT_EACH_S = 5.0
"""How often, at least, it is looked whether others have ended what rings."""
STANDSTILL = timedelta(seconds=30)
"""So late after its instant nothing is rung that was taken before: the machine slept, and others may have rung meanwhile."""
WRITTEN_AGAIN_AFTER_S = 1.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a ring; `detail` is for the history, in English."""

    outcome: Outcome
    detail: str = ""
    answered_utc: datetime | None = None


MakeRing = Callable[[Ring], Awaitable[Report]]
"""Places the call, `READY` before it is to leave at `Ring.begin_utc`, and sees it through; cancelled, it ends the call."""


class Duty:
    """One node's; belongs to its event loop."""

    def __init__(
        self,
        store: Store,
        *,
        now_utc: Callable[[], datetime],
        shaping: Shaping,
        gate: Gate,
        make: MakeRing,
        in_use: Callable[[], Collection[tuple[str, str]]],
        extensions: Collection[str],
        tasks: TaskGroup,
    ) -> None:
        self._store = store
        self._now_utc = now_utc
        self._shaping = shaping
        self._gate = gate
        self._make = make
        self._in_use = in_use
        self._extensions = extensions
        self._tasks = tasks
        self._lease = Lease(shared=store.database.is_shared)
        self._under_way: dict[int, Task[None]] = {}
        self._orphans_noticed: dict[int, datetime] = {}
        self._ticker: Ticker | None = None
        self._told = asyncio.Event()

    def told(self) -> None:
        """A call ended, or the clock was set: something may be due now."""
        self._told.set()
        if self._ticker is not None:
            self._ticker.told()

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Take what is due while in the scope; what rings at its end is cancelled and written as such."""
        await self._lease.renew(self._store)
        async with AsyncExitStack() as scope:
            scope.push_async_callback(self._store.write, self._lease.release)
            renewing = self._tasks.create_task(self._renew(), name="lease of the alarms")
            scope.callback(renewing.cancel)
            watching = self._tasks.create_task(self._watch(), name="alarms that others end")
            scope.callback(watching.cancel)
            scope.push_async_callback(self._end_rings)
            self._ticker = await scope.enter_async_context(ticking(self._tick, self._now_utc))
            await scope.enter_async_context(self._store.news(self.told))
            yield

    async def _tick(self) -> datetime | None:
        if not self._lease.holds:
            return None
        rings, next_utc = await self._store.write(self._claim, self._in_use())
        for ring in rings:
            task = self._tasks.create_task(self._ring(ring), name=f"alarm {ring.alarm_id}")
            self._under_way[ring.attempt_id] = task
        return next_utc

    def _claim(
        self, session: Session, in_use: Collection[tuple[str, str]]
    ) -> tuple[list[Ring], datetime | None]:
        nodes = alive(session)
        if not self._lease.is_among(nodes):
            return [], None
        # read here and not before: a program that was stopped in between would write what is long past
        now_utc = self._now_utc()
        node_id, under_way = self._lease.node_id, tuple(self._under_way)
        close_orphans(session, node_id, nodes, under_way, self._orphans_noticed, now_utc)
        rings = claim(
            session,
            node_id,
            now_utc,
            shaping=self._shaping,
            gate=self._gate,
            ahead=AHEAD,
            in_use=in_use,
            extensions=self._extensions,
        )
        if rings:
            return rings, now_utc  # there may be more
        next_utc = next_instant(session, now_utc + AHEAD)
        if next_utc is not None:
            next_utc -= AHEAD
        if any_waits(session, now_utc + AHEAD):
            again_utc = now_utc + WAITS_LOOKED_AT_AFTER
            next_utc = min(next_utc or again_utc, again_utc)
        return rings, next_utc

    async def _ring(self, ring: Ring) -> None:
        try:
            await asyncio.sleep((ring.begin_utc - READY - self._now_utc()).total_seconds())
            if not self._lease.holds or self._now_utc() - ring.begin_utc > STANDSTILL:
                # an attempt that nobody makes is closed once its time is over, by whoever is there then
                log.warning("alarm_left", alarm=ring.alarm_id)
                return
            if (ring.telephone.exchange, ring.telephone.number) in self._in_use():
                report = Report(Outcome.BUSY, "it has called us meanwhile")
            else:
                report = await self._report(ring)
            await self._write(ring, report)
        except Exception:
            log.exception("alarm_not_written", alarm=ring.alarm_id)  # one of many: the others go on
        except CancelledError:
            # others may have written what came of it, if that is why we are cancelled: then only that it is over
            with suppress(StoreError):
                await self._finish(ring, Report(Outcome.UNKNOWN, "the call was broken off"))
            raise
        finally:
            del self._under_way[ring.attempt_id]
            self.told()

    async def _report(self, ring: Ring) -> Report:
        try:
            return await self._make(ring)
        except Exception:
            log.exception("alarm_failed", alarm=ring.alarm_id)
            return Report(Outcome.UNKNOWN, "a fault of ours: see the log")

    async def _write(self, ring: Ring, report: Report) -> None:
        """Write what came of it, for as long as it takes; others do it once our lease is over."""
        while True:
            try:
                written = await self._finish(ring, report)
            except StoreError as error:
                log.warning("outcome_waits_for_the_database", alarm=ring.alarm_id, reason=str(error))
                await asyncio.sleep(WRITTEN_AGAIN_AFTER_S)
            else:
                log.info("alarm_rang", alarm=ring.alarm_id, outcome=str(report.outcome), written=written)
                return

    async def _finish(self, ring: Ring, report: Report) -> bool:
        return await self._store.write(
            finish,
            ring.attempt_id,
            report.outcome,
            self._now_utc(),
            node_id=self._lease.node_id,
            detail=report.detail,
            answered_utc=report.answered_utc,
        )

    async def _watch(self) -> None:
        """End what others have ended as soon as that is told, whatever a tick does: one that takes hundreds lasts."""
        while True:
            with suppress(TimeoutError):  # news may be lost, and so may what was read
                async with asyncio.timeout(ENDED_LOOKED_AT_EACH_S):
                    await self._told.wait()
            self._told.clear()
            with suppress(StoreError):
                await self._end_what_ended_elsewhere()

    async def _end_what_ended_elsewhere(self) -> None:
        if not self._under_way:
            return
        for attempt_id in await self._store.read(ended_elsewhere, tuple(self._under_way)):
            if task := self._under_way.get(attempt_id):
                task.cancel()

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEWED_EVERY_S)
            held = self._lease.holds
            try:
                await self._lease.renew(self._store)
            except StoreError as error:
                log.warning("lease_not_renewed", reason=str(error))
            if not self._lease.holds:
                self._cancel_all()
            elif not held:
                self.told()  # it has taken nothing meanwhile

    def _cancel_all(self) -> list[Task[None]]:
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        return tasks

    async def _end_rings(self) -> None:
        await asyncio.gather(*self._cancel_all(), return_exceptions=True)
