"""The database from the event loop."""

import asyncio
import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from store import store as module
from store.errors import StoreBusy
from store.outbox import Event, tell_of
from store.store import open_store

pytestmark = pytest.mark.unit

NOON_UTC = datetime(2026, 12, 1, 12, tzinfo=UTC)


def _kinds(session: Session) -> list[str]:
    return list(session.scalars(select(Event.kind).order_by(Event.id)))


def test_a_new_database_gets_its_tables_and_takes_rows(tmp_path):
    async def main() -> list[str]:
        async with open_store(f"sqlite:///{tmp_path}/new/denwa.db") as store:
            await store.write(tell_of, "x", NOON_UTC, {})
            return await store.read(_kinds)

    assert asyncio.run(main()) == ["x"]


def test_writes_of_many_tasks_are_carried_out_one_after_the_other(database_url: str):
    async def main() -> int:
        async with open_store(database_url) as store:
            await asyncio.gather(*(store.write(tell_of, f"{n}", NOON_UTC, {}) for n in range(40)))
            return len(await store.read(_kinds))

    assert asyncio.run(main()) == 40


def test_too_much_that_waits_is_refused_and_the_rest_carried_out(sqlite_url, monkeypatch):
    monkeypatch.setattr(module, "MOST_WAITING", 3)
    goes_on = threading.Event()

    def slow(session: Session) -> None:
        goes_on.wait(10)
        tell_of(session, "slow", NOON_UTC, {})

    async def main() -> list[str]:
        async with open_store(sqlite_url) as store:
            waiting = [asyncio.create_task(store.write(slow)) for _ in range(3)]
            await asyncio.sleep(0)
            with pytest.raises(StoreBusy, match="too much waits"):
                await store.write(slow)
            goes_on.set()
            await asyncio.gather(*waiting)
            return await store.read(_kinds)

    assert asyncio.run(main()) == ["slow"] * 3


def test_a_cancelled_write_is_carried_out_when_it_has_begun_and_not_when_it_waits(sqlite_url):
    begun, goes_on = threading.Event(), threading.Event()

    def slow(session: Session) -> None:
        begun.set()
        goes_on.wait(10)
        tell_of(session, "begun", NOON_UTC, {})

    async def main() -> list[str]:
        async with open_store(sqlite_url) as store:
            first = asyncio.create_task(store.write(slow))
            second = asyncio.create_task(store.write(tell_of, "waited", NOON_UTC, {}))
            await asyncio.to_thread(begun.wait)
            first.cancel()
            second.cancel()
            await asyncio.gather(first, second, return_exceptions=True)
            goes_on.set()
            await store.write(tell_of, "after", NOON_UTC, {})
            return await store.read(_kinds)

    assert asyncio.run(main()) == ["begun", "after"]


def test_all_who_want_news_are_told_by_one_listener(database_url: str):
    async def main() -> list[str]:
        told: list[str] = []
        both = asyncio.Event()

        def one() -> None:
            told.append("one")
            both.set() if {"one", "other"} <= set(told) else None

        def other() -> None:
            told.append("other")
            both.set() if {"one", "other"} <= set(told) else None

        async with open_store(database_url) as store:
            async with store.news(one), store.news(other):
                if store.database.is_shared:  # it tells once it listens
                    await asyncio.wait_for(both.wait(), 5)
                    both.clear()
                    told.clear()
                await store.write(tell_of, "x", NOON_UTC, {})
                await asyncio.wait_for(both.wait(), 5)
            told.clear()
            await store.write(tell_of, "y", NOON_UTC, {})
            await asyncio.sleep(0.05)
        return told

    assert asyncio.run(main()) == []
