"""The calls that a program of the tests has kept in its home folder."""

import time
from collections.abc import Callable
from pathlib import Path

from store.call_records import CallRow, latest_calls
from store.database import Database

A_WHILE_S = 5.0


def database_file(home: Path) -> Path:
    """Where it keeps them when nothing is configured."""
    return home / ".local" / "state" / "denwa" / "denwa.db"


def kept_calls(home: Path, file: Path | None = None) -> list[CallRow]:
    """All that are in its database now, or in another one."""
    database = Database.open(f"sqlite:///{file or database_file(home)}")
    try:
        return database.read(latest_calls, 1000)
    finally:
        database.close()


def await_calls(
    home: Path, wanted: Callable[[list[CallRow]], object], file: Path | None = None
) -> list[CallRow]:
    """The calls as soon as `wanted` is true of them."""
    ends_monotonic_s = time.monotonic() + A_WHILE_S
    while not wanted(calls := kept_calls(home, file)):
        assert time.monotonic() < ends_monotonic_s, "it never came to that"
        time.sleep(0.02)
    return calls
