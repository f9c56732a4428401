"""A database by its URL: transactions on it, and its errors in our words. Synchronous; see `store.store`."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session

from store.errors import StoreBusy, StoreError, StoreFull, StoreUnreachable
from store.news import announced, tell

READERS = 4
"""Connections, and threads, that read."""
LOCK_TIMEOUT_S = 5
"""How long a transaction waits for another process's before it gives up."""
STANDSTILL_S = 3
"""How long a transaction may go without a statement before the server breaks it off (PostgreSQL): a node that is stopped in
the middle of one keeps its locks, and no other would take an alarm until it goes on. Less than LOCK_TIMEOUT_S, so that
whoever waits for it has its turn."""
TRIES = 3
"""How often a transaction is begun that the server broke off in favour of another one."""

_BROKEN_OFF = {"40001", "40P01"}
"""PostgreSQL: serialization failure, deadlock (errcodes appendix): begin again."""
_LOCKED = {"55P03", "57014"}
_FULL = {"53100"}

P = ParamSpec("P")
T = TypeVar("T")


class Database:
    """One writing connection and a few reading ones. Any thread may use it; see `open_store` for asyncio.

    A unit of work is a function of a session: it is one transaction, committed when the function returns and undone
    when it raises. It may be called again when the server broke it off, so it changes nothing but the session.
    """

    def __init__(self, url: URL, writer: Engine, reader: Engine) -> None:
        self.url = url
        self._writer = writer
        self._reader = reader

    @classmethod
    def open(cls, text: str) -> Self:
        """Prepare the engines; nothing is connected to yet.

        Args:
            text: `sqlite:////var/lib/denwa/denwa.db`, or `postgresql://user:password@host/name`.

        Raises:
            StoreError: the URL names no database that we can use.
        """
        url = database_url(text)
        if url.get_backend_name() == "sqlite":
            assert url.database is not None  # noqa: S101 - database_url sees to it
            _make(Path(url.database))
            return cls(url, _sqlite(url, writes=True), _sqlite(url, writes=False))
        return cls(url, _postgresql(url, 1), _postgresql(url, READERS))

    @property
    def is_shared(self) -> bool:
        """Whether several nodes may use it at once (PostgreSQL)."""
        return self.url.get_backend_name() == "postgresql"

    def write(self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a unit of work that may change rows; what it returned is kept on disk when this returns.

        Raises:
            StoreError: nothing of it was kept.
        """
        for _ in range(TRIES):
            with suppress(_BrokenOff), _in_our_words(self.url):
                return self._write_once(lambda session: work(session, *args, **kwargs))
        raise StoreBusy("the database breaks this transaction off again and again")

    def read(self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a unit of work that only reads. Raises StoreError."""
        with (
            _in_our_words(self.url),
            Session(self._reader, expire_on_commit=False, autoflush=False) as session,
            session.begin(),
        ):
            return work(session, *args, **kwargs)

    def transaction(self, work: Callable[[Connection], None]) -> None:
        """Run something on the writing connection itself: the migrations. Raises StoreError."""
        with _in_our_words(self.url), self._writer.begin() as connection:
            work(connection)

    def _write_once(self, work: Callable[[Session], T]) -> T:
        with Session(self._writer, expire_on_commit=False) as session:
            with session.begin():
                result = work(session)
            if announced(session):
                tell(self.url)
        return result

    def close(self) -> None:
        """Close every connection."""
        self._reader.dispose()
        self._writer.dispose()


class _BrokenOff(Exception):  # noqa: N818 - a state
    """The server undid the transaction in favour of another one."""


def _make(file: Path) -> None:
    """Make a database's file and folder for their user alone, as they say who called whom."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            file.touch(mode=0o600)  # SQLite gives its other files the same
    except OSError as error:
        raise StoreUnreachable(f"{file} cannot be made: {error.strerror}") from error


def exists(text: str) -> bool:
    """Whether there may be a database at a URL already: a file, or a server. Raises StoreError as `database_url`."""
    url = database_url(text)
    return url.get_backend_name() != "sqlite" or Path(url.database or "").exists()


def database_url(text: str) -> URL:
    """A database's URL as SQLAlchemy wants it. Raises StoreError when it names none that we can use."""
    try:
        url = make_url(text)
        backend = url.get_backend_name()
    except (ArgumentError, NoSuchModuleError):
        backend = ""
    if backend == "sqlite" and url.database and url.database != ":memory:":
        return url.set(drivername="sqlite")
    if backend == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    raise StoreError(
        "the database's URL must be sqlite:////FOLDER/denwa.db or postgresql://USER:PASSWORD@HOST/NAME"
    )


def _sqlite(url: URL, *, writes: bool) -> Engine:
    engine = create_engine(
        url,
        pool_size=1 if writes else READERS,
        max_overflow=0,
        connect_args={"timeout": LOCK_TIMEOUT_S, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # transactions begin as said below, and nowhere else
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        if not writes:
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # IMMEDIATE: a transaction that reads first and writes then could not wait for another process's
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: URL, connections: int) -> Engine:
    timeouts = {
        "lock_timeout": LOCK_TIMEOUT_S,
        "idle_in_transaction_session_timeout": STANDSTILL_S,
        "statement_timeout": 60,
    }
    options = " ".join(f"-c {name}={seconds}s" for name, seconds in timeouts.items()) + " -c timezone=UTC"
    return create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_pre_ping=True,
        connect_args={"connect_timeout": LOCK_TIMEOUT_S, "application_name": "denwa", "options": options},
    )


@contextmanager
def _in_our_words(url: URL) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise _translated(error, url) from error
    except SQLAlchemyError as error:
        if "timeout" in str(error).lower():
            raise StoreBusy("all connections to the database are in use") from error
        raise


def _translated(error: DBAPIError, url: URL) -> Exception:
    said = str(error.orig).strip()
    state = getattr(error.orig, "sqlstate", None)
    where = url.render_as_string(hide_password=True)
    if state in _BROKEN_OFF:
        return _BrokenOff(said)
    if "is full" in said or state in _FULL:
        return StoreFull(f"no room is left at {where}: {said}")
    if "locked" in said or state in _LOCKED:
        return StoreBusy(f"another process holds the database {where}: {said}")
    unreachable = error.connection_invalidated or (isinstance(error.orig, Exception) and state is None)
    if unreachable and type(error.orig).__name__ == "OperationalError":
        return StoreUnreachable(f"the database {where} cannot be had: {said}")
    return StoreError(f"the database {where} refused it: {said}")
