"""A change by another process wakes the program that runs."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from store.database import Database
from store.news import listening, socket_path
from store.outbox import tell_of

pytestmark = pytest.mark.unit

NOON_UTC = datetime(2026, 12, 1, 12, tzinfo=UTC)
A_WHILE_S = 5.0


async def _told_of(database: Database, work, within_s: float = A_WHILE_S) -> bool:
    told = asyncio.Event()
    async with listening(database.url, told.set):
        if database.is_shared:  # it tells once it listens
            await asyncio.wait_for(told.wait(), A_WHILE_S)
            told.clear()
        with suppress(ZeroDivisionError):
            await asyncio.to_thread(database.write, work)
        try:
            await asyncio.wait_for(told.wait(), within_s)
        except TimeoutError:
            return False
        return True


def test_an_announcement_is_heard(database: Database):
    assert asyncio.run(_told_of(database, lambda session: tell_of(session, "x", NOON_UTC, {})))


def test_what_was_undone_is_not_announced(database: Database):
    def undone(session: Session) -> None:
        tell_of(session, "x", NOON_UTC, {})
        raise ZeroDivisionError

    assert not asyncio.run(_told_of(database, undone, within_s=0.3))


def test_the_socket_of_a_killed_program_is_taken_over_and_a_left_one_is_gone(sqlite_url: str):
    database = Database.open(sqlite_url)
    path = socket_path(database.url)
    assert path is not None
    path.touch()
    assert asyncio.run(_told_of(database, lambda session: tell_of(session, "x", NOON_UTC, {})))
    assert not path.exists()
    database.close()


def test_nobody_listening_disturbs_no_write(sqlite_url: str):
    database = Database.open(sqlite_url)
    database.write(tell_of, "x", NOON_UTC, {})
    assert not Path(f"{sqlite_url.removeprefix('sqlite:///')}.news").exists()
    database.close()
