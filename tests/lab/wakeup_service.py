"""`denwa serve` with the morning call at an exchange of the lab, and what its database says."""

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lab.asterisk.running import RunningExchange
from lab.baresip import BaresipPhone, CallFailedError
from lab.laboratory import Lab
from lab.serving import registered

from schedules import booking
from schedules.booking import Telephone, Wish
from schedules.policy import Policy
from schedules.rows import BookedHow
from services.wakeup import spec
from store.database import Database
from trust import proofs
from trust.target import Target

NUMBERS = (*((number, "wakeup") for number in (spec.number, *spec.more_numbers)), ("186", "echo"))


@dataclass
class Service:
    """A running denwa with the morning call, where its SIP is, and its database."""

    folder: Path
    address: str

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """What the database says."""
        file = self.folder / "state" / "denwa" / "denwa.db"
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            return database.execute(query, values).fetchall()

    def until(self, query: str, wanted: list[tuple[object, ...]], timeout_s: float = 30) -> None:
        """Wait until a query gives what is wanted."""
        ends_monotonic_s = time.monotonic() + timeout_s
        while (found := self.rows(query)) != wanted:
            assert time.monotonic() < ends_monotonic_s, f"{found} instead of {wanted}\n{self.log()}"
            time.sleep(0.1)

    def value(self, query: str) -> object:
        """The one value of a query, once there is one."""
        ends_monotonic_s = time.monotonic() + 10
        while not (found := self.rows(query)):
            assert time.monotonic() < ends_monotonic_s, f"nothing by {query}\n{self.log()}"
            time.sleep(0.1)
        return found[0][0]

    def books(self, *numbers: str) -> None:
        """An alarm for each, in a moment, with one attempt of ten seconds; those behind trunks are proved."""
        now_utc = datetime.now(UTC)
        database = self._database()
        self.proves(*(number for number in numbers if _trunk(number)))
        for number in numbers:
            wish = Wish(
                telephone=Telephone("home", "services", number, _trunk(number)),
                civil_time=now_utc.time(),
                booked_by="test",
                booked_how=BookedHow.COMMAND,
                policy=Policy(attempts=1, ring_s=10),
            )
            database.write(booking.book_at, wish, now_utc + timedelta(seconds=1.5), now_utc)
        database.close()

    def proves(self, *numbers: str) -> None:
        """Take these numbers behind trunks as proved."""
        with contextlib.closing(self._database()) as database:
            for number in numbers:
                target = Target("home", "services", number, _trunk(number))
                database.write(proofs.prove, target, datetime.now(UTC))

    def _database(self) -> Database:
        return Database.open(f"sqlite:///{self.folder}/state/denwa/denwa.db")

    def log(self) -> str:
        """Its log's end."""
        return (self.folder / "log").read_text()[-6000:]


def _trunk(number: str) -> str:
    """The one that leads to a number, "" for a telephone of C."""
    return f"SIP-TRUNK-{'Q' if number.startswith('661') else 'B'}" if len(number) > 4 else ""


def hangs_up(phone: BaresipPhone) -> None:
    """End the call, whoever is first."""
    with contextlib.suppress(CallFailedError):
        phone.hang_up()
    phone.wait_ended()


@contextlib.contextmanager
def service(
    lab: Lab, at: RunningExchange, folder: Path, more: str = "", preloaded: Mapping[str, str] | None = None
) -> Iterator[Service]:
    """`denwa serve` with the morning call at an exchange.

    Args:
        lab: where.
        at: the exchange.
        folder: an empty folder for it.
        more: of its configuration, from the table [trust] on.
        preloaded: more of its environment.
    """
    connection = lab.connect(at, numbers=NUMBERS, max_calls=20)
    extension = connection.request.extension
    trunks = ", ".join(f'"{trunk.endpoint}" = "{trunk.prefix}"' for trunk in connection.request.trunks)
    address = lab.fresh_address()
    numbers = "\n".join(f'"{number}" = "{name}"' for number, name in NUMBERS)
    (folder / "denwa.toml").write_text(f"""
[exchanges.home]
host = "{at.address}"
address = "{address}"
trunks = {{ {trunks} }}

[extensions.services]
exchange = "home"
user = "{extension}"
password_file = "denwa.password"

[extensions.services.numbers]
{numbers}

[trust]
proving_hours = [0, 24]
{more}
""")
    (folder / "denwa.password").write_text(connection.extension.password + "\n")
    (folder / "denwa.password").chmod(0o600)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "XDG_STATE_HOME": str(folder / "state"),
        "DENWA_LOG__LEVEL": "debug",
        **(preloaded or {}),
    }
    with registered(lab, at, extension, folder, environment):
        yield Service(folder, address)
