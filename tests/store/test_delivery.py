"""Events are delivered: at once, again after a failure, by one node of several, over trouble with the database."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, closing

import pytest
from structlog.testing import capture_logs
from support.events import NOON_UTC, ToySubscriber, deliveries, happened, refused
from support.waiting import until

from store import delivery as module
from store.database import Database
from store.delivery import open_delivery
from store.event_log import EventLog
from store.outbox import State, tell_of
from store.store import Store, open_store

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits for long."""
    monkeypatch.setattr("store.deliveries.FIRST_PAUSE_S", 0.02)
    monkeypatch.setattr(module, "TROUBLE_PAUSE_S", 0.02)
    monkeypatch.setattr(module, "FINISH_AGAIN_S", (0.02, 0.05))


async def all_written_down(store: Store) -> None:
    """Wait until it is kept of each delivery how it went."""
    await until(lambda: all(row.state != State.WAITING for row in deliveries(store.database)))


def delivering(
    url: str, subscribers: Sequence[ToySubscriber], script: Callable[[Store], Awaitable[None]]
) -> list[str]:
    """Run a script beside the deliveries; the events of the log."""

    async def main() -> None:
        async with open_store(url) as store, open_delivery(store, subscribers):
            await script(store)
            await all_written_down(store)

    with capture_logs() as logs:
        asyncio.run(main())
    return [entry["event"] for entry in logs]


def test_what_was_written_before_the_start_is_delivered_to_each_in_its_order(
    database: Database, database_url: str
):
    happened(database, "x", "y", "z")
    one, other = ToySubscriber("one"), ToySubscriber("other")

    async def script(_: Store) -> None:
        await one.until(3)
        await other.until(3)

    delivering(database_url, [one, other], script)
    assert [told.kind for told in one.told] == ["x", "y", "z"]
    assert {row.state for row in deliveries(database)} == {State.DELIVERED}


def test_what_happens_meanwhile_is_delivered_at_once(database_url: str):
    subscriber = ToySubscriber()

    async def script(store: Store) -> None:
        await asyncio.sleep(0.1)
        await store.write(tell_of, "x", NOON_UTC, {"number": "1001"})
        await subscriber.until(1)

    assert delivering(database_url, [subscriber], script) == []


def test_a_subscriber_that_fails_twice_is_told_at_the_third_try(database: Database, database_url: str):
    happened(database, "x")
    subscriber = ToySubscriber(failures=[*refused(1), ZeroDivisionError("a bug")])
    logged = delivering(database_url, [subscriber], lambda _: subscriber.until(1))
    (row,) = deliveries(database)
    assert (row.state, row.tries, row.last_error, subscriber.tries) == (State.DELIVERED, 3, None, 3)
    assert logged == ["delivery_failed", "subscriber_failed"]


def test_what_is_given_up_is_told_with_the_reason(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
):
    happened(database, "x")
    monkeypatch.setattr("store.deliveries.GIVEN_UP_AFTER", 0 * (NOON_UTC - NOON_UTC))

    async def main() -> None:
        subscriber = ToySubscriber(failures=refused(1))
        async with open_store(database_url) as store, open_delivery(store, [subscriber]):
            await until(lambda: logs)

    with capture_logs() as logs:
        asyncio.run(main())
    assert [entry["event"] for entry in logs] == ["delivery_given_up"]
    assert [row.last_error for row in deliveries(database)] == ["not now"]


def test_a_slow_subscriber_holds_up_no_other_and_is_told_of_a_few_at_once(
    database: Database, database_url: str
):
    happened(database, *("x" for _ in range(6)))
    slow, quick = ToySubscriber("slow", waits=True), ToySubscriber("quick")

    async def script(_: Store) -> None:
        await quick.until(6)
        assert slow.told == []
        slow.goes_on.set()
        await slow.until(6)

    delivering(database_url, [slow, quick], script)
    assert slow.most_at_once == module.AT_ONCE


def test_several_nodes_share_the_deliveries_and_none_is_told_twice(postgres_url: str):
    nodes = [ToySubscriber("exec") for _ in range(3)]

    async def main() -> None:
        async with AsyncExitStack() as scope:
            stores = [await scope.enter_async_context(open_store(postgres_url)) for _ in nodes]
            for store, node in zip(stores, nodes, strict=True):
                await scope.enter_async_context(open_delivery(store, [node]))
            for number in range(60):
                await stores[number % 3].write(tell_of, f"{number}", NOON_UTC, {})
            await until(lambda: sum(len(node.told) for node in nodes) >= 60, 10)
            await asyncio.sleep(0.1)

    asyncio.run(main())
    told = sorted(int(told.kind) for node in nodes for told in node.told)
    assert told == list(range(60))
    assert sum(bool(node.told) for node in nodes) > 1, "one node did all"


def test_while_the_database_is_held_it_waits_and_goes_on(sqlite_url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("store.database.LOCK_TIMEOUT_S", 0.05)
    subscriber = ToySubscriber()

    async def script(store: Store) -> None:
        await store.write(tell_of, "x", NOON_UTC, {})
        await subscriber.until(1)
        await all_written_down(store)
        with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            holder.execute(
                "INSERT INTO event (kind, happened_utc, facts) VALUES ('y', '2026-12-01 12:00:00.000000', '{}')"
            )
            await asyncio.sleep(0.2)
            holder.execute("COMMIT")
        await store.write(tell_of, "z", NOON_UTC, {})
        await subscriber.until(3)

    delivering(sqlite_url, [subscriber], script)
    assert [told.kind for told in subscriber.told] == ["x", "y", "z"]


def test_idle_it_asks_the_database_hardly_ever(sqlite_url: str, monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []
    claim = module.claim
    monkeypatch.setattr(module, "claim", lambda *args: asked.append("") or claim(*args))
    delivering(sqlite_url, [ToySubscriber()], lambda _: asyncio.sleep(0.5))
    assert len(asked) <= 2


def test_what_is_under_way_at_the_end_stays_held_and_waits_for_its_lease(sqlite_url: str):
    subscriber = ToySubscriber(waits=True)

    async def main() -> None:
        async with open_store(sqlite_url) as store, open_delivery(store, [subscriber]):
            await store.write(tell_of, "x", NOON_UTC, {})
            await until(lambda: subscriber.at_once)

    asyncio.run(main())
    database = Database.open(sqlite_url)
    (row,) = deliveries(database)
    database.close()
    assert row.state == State.WAITING
    assert row.held_until is not None
    assert subscriber.at_once == 0


def test_the_log_has_the_facts_as_fields_whatever_they_are_called(sqlite_url: str):
    database = Database.open(sqlite_url)
    facts = {"number": "1001", "event": "a", "kind": "b", "level": "c", "timestamp": "d", "late_s": 1.5}
    database.write(tell_of, "alarm.late", NOON_UTC, facts)
    database.close()

    async def main() -> None:
        async with open_store(sqlite_url) as store, open_delivery(store, [EventLog()]):
            await until(lambda: any(entry["event"] == "event" for entry in logs))

    with capture_logs() as logs:
        asyncio.run(main())
    (line,) = logs
    assert (line["kind"], line["number"], line["late_s"]) == ("alarm.late", "1001", 1.5)
    assert (line["event_"], line["kind_"], line["level_"], line["timestamp_"]) == ("a", "b", "c", "d")
