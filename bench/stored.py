"""What stored alarms cost: bookings a second, what the ticker asks with a million of them, and the memory of denwa then."""

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lab.namespace import Namespace
from sqlalchemy import Engine, event, insert
from sqlalchemy.orm import Session

from bench.lateness import EXCHANGE, alarm, new_database, number_of, serving
from bench.rung import Rung
from schedules import booking
from schedules.attempts import close_orphans
from schedules.claims import any_waits, claim, next_instant
from schedules.rows import Alarm, Occurrence
from schedules.shaping import Shaping
from store.database import Database

ASKED = 100
"""So often the ticker's questions are asked."""
SETTLES_S = 5.0
"""How long denwa runs before its memory is read, in seconds."""


def bookings_a_second(folder: Path, count: int) -> float:
    """Each in a transaction of its own, on disk before the next."""
    now_utc = datetime.now(UTC)
    with closing(new_database(folder)) as database:
        began_s = time.perf_counter()
        for n in range(count):
            database.write(booking.book, alarm(number_of(n), now_utc), now_utc)
        return count / (time.perf_counter() - began_s)


@dataclass(frozen=True, slots=True)
class Stored:
    """What so many stored alarms cost.

    Attributes:
        tick_ms: processor time of all that the ticker asks, when nothing is due.
        plans: how the database answers it, a line for each table or index that it goes by.
        resident_mib: of a running `denwa serve`.
    """

    alarms: int
    tick_ms: float
    plans: frozenset[str]
    resident_mib: float


def stored(namespace: Namespace, folder: Path, alarms: int) -> Stored:
    """Store alarms in bulk, ask as the ticker does, and run denwa with them. Raises BenchError."""
    now_utc = datetime.now(UTC)
    with closing(new_database(folder)) as database:
        database.write(_store, alarms, now_utc)
        database.write(_tick, now_utc)
        began_cpu_s = time.thread_time()
        for _ in range(ASKED):
            database.write(_tick, now_utc)
        tick_ms = (time.thread_time() - began_cpu_s) * 1000 / ASKED
        plans = _plans(database, lambda session: _tick(session, now_utc))
    with Rung(EXCHANGE, namespace.socket()) as rung, serving(namespace, folder, rung) as pid:
        time.sleep(SETTLES_S)
        status = Path(f"/proc/{pid}/status").read_text()
    resident_kib = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    return Stored(alarms, tick_ms, plans, resident_kib / 1024)


def _tick(session: Session, now_utc: datetime) -> None:
    """What `schedules.duty` asks each time."""
    close_orphans(session, "bench", (), (), {}, now_utc)
    claim(session, "bench", now_utc, shaping=Shaping(), gate=lambda *_: "", extensions=("services",))
    next_instant(session, now_utc)
    any_waits(session, now_utc)


def _plans(database: Database, work: Callable[[Session], None]) -> frozenset[str]:
    """How SQLite answers each question of a unit of work."""
    asked: list[tuple[str, Any]] = []

    def note(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    def explained(session: Session) -> frozenset[str]:
        engine = session.get_bind()
        assert isinstance(engine, Engine)
        event.listen(engine, "before_cursor_execute", note)
        try:
            work(session)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        connection = session.connection()
        return frozenset(
            str(row[-1])
            for statement, parameters in asked
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        )

    return database.write(explained)


def _store(session: Session, count: int, now_utc: datetime) -> None:
    """The rows of a template, many times, each due at a minute of its own within a year."""
    template = booking.book(session, alarm("1001", now_utc), now_utc)
    session.flush()
    alarms = {c.key: getattr(template.alarm, c.key) for c in Alarm.__table__.columns if c.key != "id"}
    occurrence = {c.key: getattr(template, c.key) for c in Occurrence.__table__.columns if c.key != "id"}
    first = template.alarm_id + 1
    for start in range(0, count, 10_000):
        numbers = range(start, min(start + 10_000, count))
        session.execute(
            insert(Alarm),
            [alarms | {"id": first + n, "uid": str(n), "number": number_of(n)} for n in numbers],
        )
        due = {n: now_utc + timedelta(minutes=1 + n * 7 % 525_600) for n in numbers}
        rows = [
            occurrence
            | {"alarm_id": first + n, "number": number_of(n), "due_utc": due[n], "next_utc": due[n]}
            for n in numbers
        ]
        session.execute(insert(Occurrence), rows)
