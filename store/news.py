"""Tells the running program that another process has changed what it waits for: a booking from the command line.

On PostgreSQL a NOTIFY that goes out with the commit; beside a SQLite file a datagram socket of the program that runs.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import psycopg
import structlog
from psycopg.sql import SQL, Identifier
from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from store.errors import StoreUnreachable

CHANNEL = "denwa"
AGAIN_AFTER_S = 2.0
"""How long after a lost connection the next one is tried."""
_ANNOUNCED = "denwa news"

log = structlog.get_logger()


def announce(session: Session) -> None:
    """With the commit of this transaction, wake whoever waits for what is due."""
    session.info[_ANNOUNCED] = True
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"NOTIFY {CHANNEL}"))


def announced(session: Session) -> bool:
    """Whether `announce` was called in it."""
    return session.info.pop(_ANNOUNCED, False) is True


def tell(url: URL) -> None:
    """After a commit: send the datagram, where the database is a file and somebody listens."""
    path = socket_path(url)
    if path is None:
        return
    with (
        suppress(OSError),
        _short(path) as address,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender,
    ):
        sender.setblocking(False)
        sender.sendto(b"\n", address)


def socket_path(url: URL) -> Path | None:
    """Where the running program listens; None on PostgreSQL."""
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    return Path(f"{url.database}.news")


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """Another name of a socket, of the few bytes that its address may have (108 with its end; unix(7))."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


@asynccontextmanager
async def listening(url: URL, told: Callable[[], None]) -> AsyncIterator[None]:
    """In this scope `told` is called soon after each announcement, by whatever process.

    It is called, too, after a connection was lost and had again: what was announced meanwhile is not known.

    Raises:
        StoreUnreachable: the socket beside the database cannot be made.
    """
    path = socket_path(url)
    if path is None:
        listener = asyncio.create_task(_listen(url, told), name="news of the database")
        try:
            yield
        finally:
            listener.cancel()
            await asyncio.gather(listener, return_exceptions=True)
    else:
        with _datagrams(path, told):
            yield


@contextmanager
def _datagrams(path: Path, told: Callable[[], None]) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.setblocking(False)
        try:
            path.unlink(missing_ok=True)  # of a program that was killed
            with _short(path) as address:
                receiver.bind(address)
        except OSError as error:
            raise StoreUnreachable(f"cannot listen at {path}: {error}") from error

        def heard() -> None:
            with suppress(BlockingIOError):
                while receiver.recv(64):
                    pass
            told()

        loop.add_reader(receiver, heard)
        try:
            yield
        finally:
            loop.remove_reader(receiver)
            path.unlink(missing_ok=True)


async def _listen(url: URL, told: Callable[[], None]) -> None:
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    while True:
        try:
            connection = await psycopg.AsyncConnection.connect(plain, autocommit=True, connect_timeout=5)
            async with connection:
                await connection.execute(SQL("LISTEN {}").format(Identifier(CHANNEL)))
                told()
                async for _ in connection.notifies():
                    told()
        except psycopg.Error as error:
            log.warning("database_news_lost", reason=str(error).strip())
        await asyncio.sleep(AGAIN_AFTER_S)
