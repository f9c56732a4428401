"""Wakes whoever asks what is due: at the next instant, when told of news, and now and then without either.

APScheduler keeps the one timer; the rows decide what rings. Its timer is monotonic, so whoever notices that the host's
clock was set must tell.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import Context
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

from store.errors import StoreError

LONGEST_SLEEP = timedelta(seconds=15)
"""After so long it looks again whatever it knew: another node may have died."""
AGAIN_AFTER = timedelta(seconds=2)
"""When the database failed."""
_JOB = "tick"

log = structlog.get_logger()

Tick = Callable[[], Awaitable[datetime | None]]
"""Does what is due, and says when something is due next: an aware instant, None if nothing is booked. May raise StoreError."""


class Ticker:
    """Made by `ticking`; belongs to its event loop."""

    def __init__(self, tick: Tick, now_utc: Callable[[], datetime], scheduler: AsyncIOScheduler) -> None:
        self._tick = tick
        self._now_utc = now_utc
        self._scheduler = scheduler
        self._idle = asyncio.Event()
        self._idle.set()
        self._again = False
        self._closed = False

    def told(self) -> None:
        """Something was booked, changed or ended, or the clock was set: look at once."""
        if not self._idle.is_set():
            self._again = True
        elif not self._closed:
            self._wake_in(timedelta(0))

    async def close(self) -> None:
        """Let a tick that runs come to its end; none follows."""
        self._closed = True
        await self._idle.wait()
        self._scheduler.shutdown(wait=False)

    async def _run(self) -> None:
        if self._closed:
            return
        if not self._idle.is_set():
            self._again = True
            return
        self._idle.clear()
        self._again = False
        try:
            sleep = self._until(await self._tick())
        except StoreError as error:
            log.warning("alarms_wait_for_the_database", reason=str(error))
            sleep = AGAIN_AFTER
        except Exception:
            log.exception("tick_failed")  # the next one may succeed, and nobody else would ring
            sleep = AGAIN_AFTER
        finally:
            self._idle.set()
        if not self._closed:
            self._wake_in(timedelta(0) if self._again else sleep)

    def _until(self, next_utc: datetime | None) -> timedelta:
        return LONGEST_SLEEP if next_utc is None else min(next_utc - self._now_utc(), LONGEST_SLEEP)

    def _wake_in(self, sleep: timedelta) -> None:
        at_utc = datetime.now(UTC) + sleep  # by the clock that APScheduler reads
        # in a context of its own: the call that told us must not name itself in what is logged later
        Context().run(
            self._scheduler.add_job,
            self._run,
            DateTrigger(at_utc, timezone=UTC),
            id=_JOB,
            replace_existing=True,
            coalesce=True,
            misfire_grace_time=None,
            max_instances=2,  # the run that sets the next time has not ended yet when that comes at once
        )


@asynccontextmanager
async def ticking(tick: Tick, now_utc: Callable[[], datetime]) -> AsyncIterator[Ticker]:
    """Tick while in the scope, the first time at once."""
    logging.getLogger("apscheduler").setLevel(logging.WARNING)  # it tells of each tick
    scheduler = AsyncIOScheduler(timezone=UTC)
    ticker = Ticker(tick, now_utc, scheduler)
    scheduler.start()
    ticker.told()
    try:
        yield ticker
    finally:
        await ticker.close()
