"""The morning call at real exchanges: booked by dialled digits, rung, acknowledged, and never by an answer alone."""

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from lab.asterisk.running import RunningExchange
from lab.laboratory import Lab
from lab.serving import registered

pytestmark = [pytest.mark.lab, pytest.mark.timeout(120, func_only=True)]

NUMBERS = (
    ("7XXXX", "wakeup"),
    ("7XXXXX", "wakeup"),
    ("7[1-7][1-7][1-7][1-7][1-7][1-7][1-7][1-7]", "wakeup"),
    ("186", "echo"),
)
T = TypeVar("T")


@dataclass
class Service:
    """A running denwa with the morning call, and its database."""

    folder: Path

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

    def log(self) -> str:
        """Its log's end."""
        return (self.folder / "log").read_text()[-6000:]


@contextlib.contextmanager
def service(lab: Lab, at: RunningExchange, folder: Path, more: str = "") -> Iterator[Service]:
    """`denwa serve` with the morning call at an exchange."""
    connection = lab.connect(at, numbers=NUMBERS, max_calls=20)
    extension = connection.request.extension
    trunks = ", ".join(f'"{trunk.endpoint}" = "{trunk.prefix}"' for trunk in connection.request.trunks)
    numbers = "\n".join(f'"{number}" = "{name}"' for number, name in NUMBERS)
    (folder / "denwa.toml").write_text(f"""
[exchanges.home]
host = "{at.address}"
address = "{lab.fresh_address()}"
trunks = {{ {trunks} }}

[extensions.services]
exchange = "home"
user = "{extension}"
password_file = "denwa.password"

[extensions.services.numbers]
{numbers}
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
    }
    with registered(lab, at, extension, folder, environment):
        yield Service(folder)


def booked(run: Callable[[], T]) -> T:
    """Readable in the tests."""
    return run()


def test_a_trial_rings_and_is_acknowledged_by_a_key(lab: Lab, tmp_path: Path):
    with service(lab, lab.c, tmp_path) as denwa, lab.telephone(lab.c, tmp_path / "bed") as phone:
        phone.call("73344")
        phone.wait_ended(30)
        denwa.until("SELECT state FROM occurrence", [("booked",)])
        phone.wait_answered(25)
        phone.listen(12)
        phone.send_digits("1")
        phone.wait_ended(20)
        denwa.until("SELECT state FROM occurrence", [("acknowledged",)])
        print(denwa.log())
        print(denwa.rows("SELECT * FROM attempt"))
