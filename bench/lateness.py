"""How late INVITEs come to an exchange after what was promised: of denwa, started as by anybody, with alarms booked."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lab.namespace import Namespace
from sqlalchemy.orm import Session
from support.many_alarms import write_configuration
from support.program import DENWA

from bench.figures import percentile
from bench.rung import Rung
from schedules import booking
from schedules.booking import Telephone, Wish
from schedules.policy import Policy
from schedules.rows import BookedHow
from store.database import Database
from store.migrate import migrate

EXCHANGE, OURS = "127.0.0.41", "127.0.0.42"
STARTS_S = 12.0
"""How long a program has to start before the first alarm is due, in seconds."""
WAITED_S = 20.0
"""How long after the last instant INVITEs are still waited for, in seconds."""
POLICY = Policy(attempts=1)


class BenchError(Exception):
    """A program that is to be measured does not start; the text has its log."""


@dataclass(frozen=True, slots=True)
class Lateness:
    """Of the INVITEs on the wire after what was promised, in milliseconds; of `wanted` alarms those that rang.

    `when`: how the alarms lie in time.
    """

    who: str
    when: str
    wanted: int
    late_ms: Sequence[float]

    @property
    def rung(self) -> int:
        """How many."""
        return len(self.late_ms)

    def percentile_ms(self, percent: float) -> float:
        """The least lateness that `percent` of those that rang do not exceed."""
        return percentile(self.late_ms, percent)


def number_of(n: int) -> str:
    """Whom the n-th alarm rings."""
    return str(2_000_000 + n)


def start_of_alarms_utc() -> datetime:
    """The first instant: a whole second, by when a program that is started now is ready."""
    return datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=STARTS_S)


def wait_for(rung: Rung, begins_utc: datetime, offsets_s: Sequence[float]) -> list[float]:
    """Wait until all have rung, or their time is over; how late each was, in milliseconds."""
    ends_utc = begins_utc + timedelta(seconds=max(offsets_s) + WAITED_S)
    while len(rung.first_utc_s) < len(offsets_s) and datetime.now(UTC) < ends_utc:
        time.sleep(0.1)
    due_utc_s = {number_of(n): begins_utc.timestamp() + offset for n, offset in enumerate(offsets_s)}
    return [(at_utc_s - due_utc_s[number]) * 1000 for number, at_utc_s in rung.first_utc_s.items()]


def denwa_rings(namespace: Namespace, folder: Path, when: str, offsets_s: Sequence[float]) -> Lateness:
    """Start denwa with an alarm at each offset, and time its INVITEs. Raises BenchError."""
    begins_utc = start_of_alarms_utc()
    with closing(new_database(folder)) as database:
        database.write(_book_all, begins_utc, offsets_s)
    with Rung(EXCHANGE, namespace.socket()) as rung, serving(namespace, folder, rung):
        late_ms = wait_for(rung, begins_utc, offsets_s)
    return Lateness("denwa", when, len(offsets_s), late_ms)


@contextmanager
def serving(namespace: Namespace, folder: Path, rung: Rung) -> Iterator[int]:
    """`denwa serve` in a folder with a database, registered; its process. Raises BenchError."""
    write_configuration(folder, exchange=EXCHANGE, own=OURS, calls=1000)
    environment = os.environ | {"XDG_STATE_HOME": str(folder)}
    with (folder / "log").open("wb") as log:
        process = namespace.popen([DENWA, "serve"], cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            ends_monotonic_s = time.monotonic() + STARTS_S
            while process.poll() is None and time.monotonic() < ends_monotonic_s:
                if rung.registered.wait(0.1):
                    break
            if not rung.registered.is_set():
                raise BenchError(f"denwa does not register:\n{(folder / 'log').read_text()}")
            yield process.pid
            process.terminate()
            process.wait(30)
        finally:
            process.kill()
            process.wait()


def new_database(folder: Path) -> Database:
    """A folder with denwa's database in it, whose tables are there."""
    folder.mkdir()
    database = Database.open(f"sqlite:///{folder}/denwa/denwa.db")
    migrate(database)
    return database


def alarm(number: str, now_utc: datetime) -> Wish:
    """An alarm that is tried once."""
    return Wish(
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
        booking.book_at(session, alarm(number_of(n), now_utc), due_utc, now_utc)
