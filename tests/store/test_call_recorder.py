"""Records on their way to the database: no call waits, whatever becomes of the disk."""

import asyncio
import sqlite3
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs
from support.calls import HOUR, NOON_UTC, ended, record
from support.waiting import until

from store import call_recorder
from store.call_recorder import CallRecorder, open_call_recorder
from store.call_records import CallRow, latest_calls
from store.database import Database
from store.store import Store, open_store

pytestmark = pytest.mark.unit

Script = Callable[[CallRecorder, Store], Awaitable[None]]


@pytest.fixture(autouse=True)
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits long for a disk."""
    monkeypatch.setattr("store.database.LOCK_TIMEOUT_S", 0.05)
    monkeypatch.setattr(call_recorder, "FIRST_PAUSE_S", 0.02)


def recorded(url: str, script: Script) -> tuple[list[CallRow], list[str]]:
    """What is in the database after a script, and the events that were logged."""

    async def main() -> None:
        async with open_store(url) as store, open_call_recorder(store, "node") as recorder:
            await script(recorder, store)

    with capture_logs() as logs:
        asyncio.run(main())
    database = Database.open(url)
    found = database.read(latest_calls, 1000)
    database.close()
    return found, [entry["event"] for entry in logs]


@contextmanager
def held(url: str) -> Iterator[None]:
    """Another process keeps the database to itself."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        yield
        holder.execute("ROLLBACK")


def test_what_was_handed_over_is_in_the_database_when_the_program_has_ended(database_url: str):
    calls = [record() for _ in range(300)]

    async def script(recorder: CallRecorder, _: Store) -> None:
        for call in calls:
            recorder.save(call)
        await asyncio.sleep(0)
        for call in calls:
            recorder.save(ended(call))

    rows, logged = recorded(database_url, script)
    assert {row.id for row in rows} == {call.id for call in calls}
    assert {row.ended_by for row in rows} == {"far end"}
    assert logged == []


def test_a_call_that_is_up_is_in_the_database(sqlite_url: str):
    async def script(recorder: CallRecorder, store: Store) -> None:
        recorder.save(record())
        while not (found := await store.read(latest_calls, 1)):  # noqa: ASYNC110 - a thread writes it
            await asyncio.sleep(0.005)
        assert found[0].ended_utc is None

    recorded(sqlite_url, script)


def test_while_the_database_is_held_nobody_waits_and_afterwards_all_is_written(sqlite_url: str):
    calls = [record() for _ in range(20)]

    async def script(recorder: CallRecorder, _: Store) -> None:
        took_s = []
        with held(sqlite_url):
            for call in calls:
                start_monotonic_s = time.monotonic()
                recorder.save(call)
                took_s.append(time.monotonic() - start_monotonic_s)
            assert statistics.median(took_s) < 0.01, "one that waits does so for the lock's 0.05 s"
            await until(lambda: recorder._troubled)
            recorder.save(ended(calls[0]))
        await until(lambda: not recorder._waiting)

    rows, logged = recorded(sqlite_url, script)
    assert len(rows) == 20
    assert [row.ended_by for row in rows if row.id == calls[0].id] == ["far end"]
    assert logged == ["call_records_wait", "call_records_written_again"]


def test_records_beyond_the_bound_are_dropped_and_told_once(sqlite_url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(call_recorder, "MOST_WAITING", 3)
    up = record()

    async def script(recorder: CallRecorder, store: Store) -> None:
        with held(sqlite_url):
            for _ in range(3):
                recorder.save(record())
            for _ in range(4):
                recorder.save(ended(record()))
            recorder.save(up)
            await until(lambda: recorder._troubled)
        await until(lambda: not recorder._waiting)
        recorder.save(ended(up))

    rows, logged = recorded(sqlite_url, script)
    assert len(rows) == 4
    assert up.id in {row.id for row in rows}, "the end of a call has all that its beginning had"
    assert sorted(logged) == ["call_records_dropped", "call_records_wait", "call_records_written_again"]


def test_the_full_disk_is_told_and_survived(sqlite_url: str):
    async def script(recorder: CallRecorder, store: Store) -> None:
        pages = await store.write(lambda session: session.scalar(text("PRAGMA page_count")))
        await store.write(lambda session: session.execute(text(f"PRAGMA max_page_count={pages}")))
        calls = [replace(record(), call_id="x" * 255) for _ in range(100)]
        for call in calls:
            recorder.save(call)
        await until(lambda: recorder._troubled)
        await store.write(lambda session: session.execute(text("PRAGMA max_page_count=100000")))
        await until(lambda: not recorder._waiting)

    rows, logged = recorded(sqlite_url, script)
    assert len(rows) == 100
    assert logged == ["call_records_wait", "call_records_written_again"]


def test_a_database_that_does_not_come_back_holds_up_the_end_for_a_moment_only(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(call_recorder, "CLOSING_S", 0.3)

    async def main() -> None:
        async with open_store(sqlite_url) as store:
            with held(sqlite_url):
                start_monotonic_s = time.monotonic()
                async with open_call_recorder(store, "node") as recorder:
                    recorder.save(record())
                assert time.monotonic() - start_monotonic_s < 3

    with capture_logs() as logs:
        asyncio.run(main())
    assert [(entry["event"], entry.get("calls")) for entry in logs][-1] == ("call_records_lost", 1)


def test_a_record_that_is_refused_stops_no_other(database_url: str):
    bad = replace(record(), began_utc=datetime(2026, 12, 1))  # noqa: DTZ001 - what the database refuses

    async def script(recorder: CallRecorder, _: Store) -> None:
        for call in (record(), bad, record()):
            recorder.save(call)

    rows, logged = recorded(database_url, script)
    assert len(rows) == 2
    assert logged == ["call_record_refused"]


def test_an_end_that_comes_while_the_beginning_is_written_is_written_too(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
):
    call = record()
    loop: list[asyncio.AbstractEventLoop] = []
    save = call_recorder.save_calls

    def save_while_it_ends(session, node, records) -> None:
        save(session, node, records)
        if loop:
            asyncio.run_coroutine_threadsafe(end(), loop.pop()).result()

    async def end() -> None:
        over(ended(call))

    over: Callable[[object], None] = print

    async def script(recorder: CallRecorder, _: Store) -> None:
        nonlocal over
        over = recorder.save
        loop.append(asyncio.get_running_loop())
        recorder.save(call)
        await until(lambda: not loop and not recorder._waiting)

    monkeypatch.setattr(call_recorder, "save_calls", save_while_it_ends)
    rows, _ = recorded(sqlite_url, script)
    assert [row.ended_by for row in rows] == ["far end"]


def test_what_a_killed_program_left_is_closed_and_what_is_up_is_not(database_url: str):
    left, up = record(), record()

    async def died(recorder: CallRecorder, _: Store) -> None:
        recorder.save(left)

    async def script(recorder: CallRecorder, store: Store) -> None:
        recorder.save(up)
        await until(lambda: not recorder._waiting)
        await recorder.break_off(NOON_UTC + HOUR)

    recorded(database_url, died)
    rows, logged = recorded(database_url, script)
    assert {row.id: row.ended_by for row in rows} == {left.id: "broken off", up.id: None}
    assert logged == ["calls_broken_off"]


def test_the_file_is_its_users_alone(tmp_path: Path):
    path = tmp_path / "state" / "denwa.db"
    recorded(f"sqlite:///{path}", lambda *_: asyncio.sleep(0))
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}
