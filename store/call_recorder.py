"""Hands call records to the store, and makes no call wait for it."""

import asyncio
from asyncio import Task
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from itertools import islice

import structlog

from store.call_records import CallRecord, break_off, save_calls
from store.errors import StoreBusy, StoreError, StoreFull, StoreUnreachable
from store.store import Store

MOST_WAITING = 2000
"""Calls whose records may wait for the database; those of further calls are dropped."""
AT_ONCE = 100
"""Records written in one transaction."""
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
"""How long the next try waits after a failure: the first time, and at most."""
CLOSING_S = 3.0
"""How long the end of the program waits for the last records."""

_WILL_PASS = (StoreBusy, StoreFull, StoreUnreachable)

log = structlog.get_logger()


class CallRecorder:
    """Writes records in the background. Made by `open_call_recorder`; belongs to its event loop."""

    def __init__(self, store: Store, node: str) -> None:
        self._store = store
        self._node = node
        self._waiting: dict[str, CallRecord] = {}
        self._up: set[str] = set()
        self._lost = 0
        self._full = False
        self._troubled = False
        self._more = asyncio.Event()
        self._closing = asyncio.Event()

    def save(self, record: CallRecord) -> None:
        """Have a record written soon, over what was written of the same call. Returns at once and never raises."""
        if record.ended_utc is None:
            self._up.add(record.id)
        else:
            self._up.discard(record.id)
        if record.id not in self._waiting and len(self._waiting) >= MOST_WAITING:
            if not self._full:
                log.error("call_records_dropped", waiting=MOST_WAITING)
            self._full = True
            self._lost += record.ended_utc is not None  # a call that is up still has its end to be kept by
            return
        self._waiting[record.id] = record
        self._more.set()

    async def break_off(self, now_utc: datetime) -> None:
        """Close what this node left unfinished when it died; what fails is logged, and done at the next start."""
        try:
            broken_off = await self._store.write(break_off, self._node, list(self._up), now_utc)
        except StoreError as error:
            log.warning("call_records_not_closed", reason=str(error))
        else:
            if broken_off:
                log.info("calls_broken_off", calls=broken_off)

    async def run(self) -> None:
        """Write what waits, until `close`."""
        pause_s = FIRST_PAUSE_S
        while self._waiting or not self._closing.is_set():
            await self._more.wait()
            self._more.clear()
            try:
                await self._write_waiting()
            except _WILL_PASS as error:
                self._trouble(error)
                if self._closing.is_set():
                    return
                await _either(self._closing, pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
                self._more.set()
            else:
                pause_s = FIRST_PAUSE_S

    async def close(self, running: Task[None]) -> None:
        """Wait a moment for what `run`, which is this task, still has to write."""
        self._closing.set()
        self._more.set()
        await asyncio.wait([running], timeout=CLOSING_S)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        if lost := len(self._waiting) + self._lost:
            log.error("call_records_lost", calls=lost)

    async def _write_waiting(self) -> None:
        while self._waiting:
            batch = list(islice(self._waiting.values(), AT_ONCE))
            try:
                await self._store.write(save_calls, self._node, batch)
            except _WILL_PASS:
                raise
            except Exception:  # noqa: BLE001 - no record, whatever it holds, may stop the others
                await self._write_each(batch)
            self._written(batch)

    async def _write_each(self, batch: list[CallRecord]) -> None:
        """Write one by one a batch that was refused, and drop what is refused again."""
        for record in batch:
            try:
                await self._store.write(save_calls, self._node, [record])
            except _WILL_PASS:
                raise
            except Exception:
                log.exception("call_record_refused", call_id=record.call_id)

    def _written(self, batch: list[CallRecord]) -> None:
        for record in batch:
            if self._waiting[record.id] is record:  # else its call ended meanwhile
                del self._waiting[record.id]
        if self._troubled or self._full:
            log.info("call_records_written_again", lost=self._lost)
            self._troubled = self._full = False
            self._lost = 0

    def _trouble(self, error: StoreError) -> None:
        if not self._troubled:
            log.warning("call_records_wait", reason=str(error), waiting=len(self._waiting))
        self._troubled = True


async def _either(event: asyncio.Event, timeout_s: float) -> None:
    waiting = asyncio.ensure_future(event.wait())
    await asyncio.wait([waiting], timeout=timeout_s)
    waiting.cancel()


@asynccontextmanager
async def open_call_recorder(store: Store, node: str) -> AsyncIterator[CallRecorder]:
    """Write records while in the scope; what waits at its end has `CLOSING_S` more."""
    recorder = CallRecorder(store, node)
    running = asyncio.create_task(recorder.run(), name="call records")
    try:
        yield recorder
    finally:
        await recorder.close(running)
