"""`make bench-wakeup`: how punctually a thousand alarms ring, how fast one books, and what a million stored ones cost."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, text
from sqlalchemy.orm import Session
from support.program import DENWA

from bench.figures import Wish, conclude, percentile
from bench.machine import describe
from bench.rung import Rung
from schedules import booking
from schedules.booking import Telephone
from schedules.booking import Wish as Alarmed
from schedules.claims import next_instant
from schedules.policy import Policy
from schedules.rows import Alarm, BookedHow, Occurrence
from store.database import Database
from store.migrate import migrate

EXCHANGE, OURS = "127.0.0.41", "127.0.0.42"
ALARMS = 1000
STARTS_S = 12.0
"""How long denwa has to start and register before the first alarm is due, in seconds."""
POLICY = Policy(attempts=1)
CONFIGURATION = f"""
[exchanges.home]
host = "{EXCHANGE}"
address = "{OURS}"
[extensions.services]
exchange = "home"
user = "7000"
password_file = "denwa.password"
[extensions.services.numbers]
"7XXXX" = "wakeup"
[limits]
calls = 1000
[wakeup]
calls = 1000
[trust]
in_all = [100000, 100000]
allow = {{ home = ["2"] }}
"""


@dataclass(frozen=True, slots=True)
class Lateness:
    """Of the INVITEs on the wire after what was promised, in milliseconds; `rung` of so many alarms."""

    name: str
    rung: int
    late_ms: Sequence[float]

    @property
    def p99_ms(self) -> float:
        """Of a hundred, the latest but one."""
        return percentile(self.late_ms, 99)


def lateness(folder: Path, name: str, offsets_s: Sequence[float]) -> Lateness:
    """Start denwa with an alarm at each offset, and time its INVITEs as an exchange sees them."""
    folder.mkdir()
    (folder / "denwa.toml").write_text(CONFIGURATION)
    (folder / "denwa.password").write_text("pw\n")
    (folder / "denwa.password").chmod(0o600)
    begins_utc = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=STARTS_S)
    with closing(_database(folder)) as database:
        database.write(_book_all, begins_utc, offsets_s)
    environment = os.environ | {"XDG_STATE_HOME": str(folder)}
    with (
        Rung(EXCHANGE) as rung,
        (folder / "log").open("wb") as log,
        subprocess.Popen([DENWA, "serve"], cwd=folder, env=environment, stdout=log, stderr=log) as process,
    ):
        if not rung.registered.wait(STARTS_S):
            process.kill()
            raise RuntimeError((folder / "log").read_text())
        ends_utc = begins_utc + timedelta(seconds=max(offsets_s) + 10)
        while len(rung.first_utc_s) < len(offsets_s) and datetime.now(UTC) < ends_utc:
            time.sleep(0.1)
        process.terminate()
        try:
            process.wait(30)
        finally:
            process.kill()
    due_utc_s = {_number(n): begins_utc.timestamp() + offset for n, offset in enumerate(offsets_s)}
    late_ms = [(at_utc_s - due_utc_s[number]) * 1000 for number, at_utc_s in rung.first_utc_s.items()]
    return Lateness(name, len(late_ms), late_ms)


def bookings_a_second(folder: Path, count: int) -> float:
    """Each in a transaction of its own, on disk before the next."""
    folder.mkdir()
    now_utc = datetime.now(UTC)
    with closing(_database(folder)) as database:
        began_s = time.perf_counter()
        for n in range(count):
            database.write(booking.book, _alarm(_number(n), now_utc), now_utc)
        return count / (time.perf_counter() - began_s)


@dataclass(frozen=True, slots=True)
class Stored:
    """What the question for the next alarm costs when so many are stored."""

    alarms: int
    question_ms: float
    plan: str
    resident_mib: float


def stored(folder: Path, alarms: int) -> Stored:
    """Store alarms in bulk, and ask what is due next, as the ticker does."""
    folder.mkdir()
    now_utc = datetime.now(UTC)
    with closing(_database(folder)) as database:
        database.write(_store, alarms, now_utc)
        database.read(next_instant, now_utc)
        began_s = time.perf_counter()
        for _ in range(100):
            database.read(next_instant, now_utc)
        question_ms = (time.perf_counter() - began_s) * 10
        question = "EXPLAIN QUERY PLAN SELECT min(next_utc) FROM occurrence WHERE next_utc > '2026-01-01'"
        plan = database.read(lambda session: str(session.execute(text(question)).one()[-1]))
    resident_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Stored(alarms, question_ms, plan, resident_mib)


def main() -> int:
    """Measure, show, compare with what is wanted."""
    most = 1_000_000 if os.environ.get("QUICK", "") in {"", "0"} else 100_000
    with tempfile.TemporaryDirectory(prefix="denwa-bench") as name:
        folder = Path(name)
        few, many = stored(folder / "few", 1000), stored(folder / "many", most)
        rate = bookings_a_second(folder / "bookings", 500)
        instant = lateness(folder / "instant", "all at one instant", [0.0] * ALARMS)
        minute = lateness(folder / "minute", "over one minute", [60 * n // ALARMS for n in range(ALARMS)])
    print(f"The morning call. {describe()}\n")
    print(f"{ALARMS} alarms            rung    p50 ms    p99 ms    max ms")
    for each in (instant, minute):
        p50_ms, most_ms = percentile(each.late_ms, 50), max(each.late_ms, default=float("nan"))
        print(f"{each.name:20}{each.rung:7}{p50_ms:10.1f}{each.p99_ms:10.1f}{most_ms:10.1f}")
    print(f"\nbookings, each synced to disk: {rate:,.0f} a second")
    for kept in (few, many):
        print(
            f"{kept.alarms:9,} stored: what is due next in {kept.question_ms:.2f} ms, "
            f"{kept.resident_mib:.0f} MiB; {kept.plan}"
        )
    print()
    return conclude(
        [
            *(
                wish
                for each in (instant, minute)
                for wish in (
                    Wish(f"alarms rung, {each.name}", each.rung, "alarms", at_least=ALARMS),
                    Wish(f"lateness p99, {each.name}", each.p99_ms, "ms", at_most=250),
                )
            ),
            Wish(
                "a question with all stored, over one with 1,000",
                many.question_ms / few.question_ms,
                "times",
                at_most=2,
            ),
        ]
    )


def _database(folder: Path) -> Database:
    database = Database.open(f"sqlite:///{folder}/denwa/denwa.db")
    migrate(database)
    return database


def _number(n: int) -> str:
    return str(2_000_000 + n)


def _alarm(number: str, now_utc: datetime) -> Alarmed:
    return Alarmed(
        telephone=Telephone("home", "services", number),
        civil_time=now_utc.time().replace(microsecond=0),
        booked_by="bench",
        booked_how=BookedHow.COMMAND,
        policy=POLICY,
    )


def _book_all(session: Session, begins_utc: datetime, offsets_s: Sequence[float]) -> None:
    now_utc = datetime.now(UTC)
    for n, offset_s in enumerate(offsets_s):
        due_utc = begins_utc + timedelta(seconds=offset_s)
        booking.book_at(session, _alarm(_number(n), now_utc), due_utc, now_utc)


def _store(session: Session, count: int, now_utc: datetime) -> None:
    """The rows of a template, many times, each due at a minute of its own within a year."""
    template = booking.book(session, _alarm("1001", now_utc), now_utc)
    session.flush()
    alarm = {c.key: getattr(template.alarm, c.key) for c in Alarm.__table__.columns if c.key != "id"}
    occurrence = {c.key: getattr(template, c.key) for c in Occurrence.__table__.columns if c.key != "id"}
    first = template.alarm_id + 1
    for start in range(0, count, 10_000):
        numbers = range(start, min(start + 10_000, count))
        session.execute(
            insert(Alarm), [alarm | {"id": first + n, "uid": str(n), "number": _number(n)} for n in numbers]
        )
        due = {n: now_utc + timedelta(minutes=1 + n * 7 % 525_600) for n in numbers}
        rows = [
            occurrence | {"alarm_id": first + n, "number": _number(n), "due_utc": due[n], "next_utc": due[n]}
            for n in numbers
        ]
        session.execute(insert(Occurrence), rows)


if __name__ == "__main__":
    sys.exit(main())
