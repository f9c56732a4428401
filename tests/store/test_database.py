"""Transactions on SQLite and PostgreSQL, and their errors."""

import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from store.database import Database
from store.errors import StoreBusy, StoreError, StoreUnreachable
from store.outbox import Event, tell_of

pytestmark = pytest.mark.unit

NOON_UTC = datetime(2026, 12, 1, 12, tzinfo=UTC)


def _events(session: Session) -> list[str]:
    return list(session.scalars(select(Event.kind).order_by(Event.id)))


def test_what_was_written_is_there_for_another_connection(database: Database, database_url: str):
    database.write(tell_of, "alarm.missed", NOON_UTC, {"number": "1001"})
    other = Database.open(database_url)
    assert other.read(_events) == ["alarm.missed"]
    other.close()


def test_a_unit_of_work_that_raises_leaves_nothing(database: Database):
    def half(session: Session) -> None:
        tell_of(session, "alarm.missed", NOON_UTC, {})
        session.flush()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.write(half)
    assert database.read(_events) == []


def test_an_instant_comes_back_as_the_same_instant_in_utc(database: Database):
    tokyo = timezone(timedelta(hours=9))
    at = datetime(2026, 12, 1, 6, 30, 0, 123456, tzinfo=tokyo)
    database.write(tell_of, "x", at, {})
    stored = database.read(lambda session: session.scalars(select(Event.happened_utc)).one())
    assert (stored, stored.tzinfo) == (at, UTC)


def test_an_instant_without_a_zone_is_refused(database: Database):
    with pytest.raises(StatementError, match="no time zone"):
        database.write(tell_of, "x", datetime(2026, 12, 1), {})  # noqa: DTZ001 - that is the point
    assert database.read(_events) == []


def test_a_reader_of_sqlite_cannot_write(sqlite_url: str):
    database = Database.open(sqlite_url)
    with pytest.raises(StoreError, match="readonly"):
        database.read(lambda session: session.execute(text("DELETE FROM event")))
    database.close()


def test_what_is_promised_is_synced_to_the_disk(sqlite_url: str):
    database = Database.open(sqlite_url)
    for run in (database.read, database.write):
        assert run(lambda session: session.scalar(text("PRAGMA synchronous"))) == 2
        assert run(lambda session: session.scalar(text("PRAGMA journal_mode"))) == "wal"
    database.close()


def test_a_database_held_by_another_process_is_busy(sqlite_url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("store.database.LOCK_TIMEOUT_S", 0.1)
    database = Database.open(sqlite_url)
    holder = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy, match="another process"):
        database.write(tell_of, "x", NOON_UTC, {})
    holder.execute("ROLLBACK")
    holder.close()
    database.write(tell_of, "x", NOON_UTC, {})
    database.close()


def test_a_transaction_that_the_server_breaks_off_is_begun_again(postgres_url: str):
    database = Database.open(postgres_url)
    tried = []

    def broken_off_once(session: Session) -> None:
        tell_of(session, f"try {len(tried)}", NOON_UTC, {})
        tried.append(1)
        if len(tried) == 1:
            session.execute(text("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END $$"))

    database.write(broken_off_once)
    assert database.read(_events) == ["try 1"]
    database.close()


def test_a_node_that_stands_still_in_a_transaction_stops_no_other_for_long(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("store.database.STANDSTILL_S", 1)
    other = Database.open(postgres_url)
    stopped = Database.open(postgres_url)

    def stand_still(session: Session) -> None:
        session.execute(text("LOCK TABLE event"))
        other.write(tell_of, "x", NOON_UTC, {})

    with pytest.raises(StoreError):
        stopped.write(stand_still)
    assert other.read(_events) == ["x"]
    stopped.write(tell_of, "y", NOON_UTC, {})
    assert other.read(_events) == ["x", "y"]
    stopped.close()
    other.close()


@pytest.mark.parametrize(
    "url", ["", "denwa.db", "sqlite://", "sqlite:///:memory:", "mysql://host/name", "nonsense://x", "://"]
)
def test_a_url_that_we_cannot_use_is_refused_with_what_to_write(url: str):
    with pytest.raises(StoreError, match=r"sqlite:////FOLDER/denwa\.db or postgresql://"):
        Database.open(url)


def test_a_server_that_is_away_is_unreachable_and_the_password_is_not_told(tmp_path: Path):
    database = Database.open(f"postgresql://u:geheim@/x?host={tmp_path}")
    with pytest.raises(StoreUnreachable) as told:
        database.read(_events)
    assert "geheim" not in str(told.value)
    database.close()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnreachable, match="file"):
        Database.open(f"sqlite:///{tmp_path}/file/denwa.db")
