"""The database for the event loop: a writer thread, and a few that read."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy.orm import Session

from store.database import READERS, Database
from store.errors import StoreBusy
from store.migrate import migrate
from store.news import listening

MOST_WAITING = 1000
"""Units of work that may wait for a thread, in each direction."""

P = ParamSpec("P")
T = TypeVar("T")


class Store:
    """Runs units of work (see `Database`) in threads; belongs to the event loop that opened it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._writer = _Lane(1, "store-writer")
        self._readers = _Lane(READERS, "store-reader")
        self._told: list[Callable[[], None]] = []
        self._listener = AsyncExitStack()

    async def write(self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a unit of work that may change rows; what it did is kept on disk when this returns.

        Cancelled, it is carried out all the same if it has begun, and not at all if it waits.

        Raises:
            StoreError: nothing of it was kept.
        """
        return await self._writer.run(lambda: self.database.write(work, *args, **kwargs))

    async def read(self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a unit of work that only reads. Raises StoreError."""
        return await self._readers.run(lambda: self.database.read(work, *args, **kwargs))

    @asynccontextmanager
    async def news(self, told: Callable[[], None]) -> AsyncIterator[None]:
        """In this scope `told` is called soon after each announcement (`store.news`); all who ask share one listener.

        Raises:
            StoreUnreachable: one cannot listen.
        """
        self._told.append(told)
        try:
            if len(self._told) == 1:
                await self._listener.enter_async_context(listening(self.database.url, self._tell))
            yield
        finally:
            self._told.remove(told)
            if not self._told:
                await self._listener.aclose()

    def _tell(self) -> None:
        for told in tuple(self._told):
            told()

    def close(self) -> None:
        """Wait for what has begun, drop what waits."""
        self._writer.close()
        self._readers.close()


class _Lane:
    """Threads with a bounded queue before them."""

    def __init__(self, threads: int, name: str) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._room = threading.BoundedSemaphore(MOST_WAITING)

    async def run(self, work: Callable[[], T]) -> T:
        if not self._room.acquire(blocking=False):
            raise StoreBusy("too much waits for the database already: its disk or server is too slow")
        future = self._executor.submit(work)
        future.add_done_callback(lambda _: self._room.release())
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        self._executor.shutdown(wait=True, cancel_futures=True)


@asynccontextmanager
async def open_store(url: str) -> AsyncIterator[Store]:
    """Open a database, bring its tables up to date, and close it at the end of the scope.

    Raises:
        StoreError: it cannot be had, or is newer than this program.
    """
    database = Database.open(url)
    try:
        await asyncio.to_thread(migrate, database)
        store = Store(database)
        try:
            yield store
        finally:
            await asyncio.to_thread(store.close)
    finally:
        await asyncio.to_thread(database.close)
