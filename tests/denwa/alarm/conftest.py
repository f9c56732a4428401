"""A configuration with one extension, an empty database where denwa looks for it, and the command line."""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from support.alarms import Night
from support.command_line import denwa, empty_folder
from support.databases import postgres, postgres_url, sqlite_template
from support.kept_calls import database_file

from store.database import Database

__all__ = ["denwa", "empty_folder", "postgres", "postgres_url", "sqlite_template"]

CONFIGURATION = """
[exchanges.home]
host = "192.0.2.1"
trunks = {"SIP-TRUNK-B" = "390"}
[extensions.alarms]
exchange = "home"
user = "8000"
[wakeup]
attempts = 3
"""


@pytest.fixture
def alarm(denwa: Callable[..., Result], empty_folder: Path, sqlite_template: Path) -> Callable[..., Result]:
    """Run `denwa alarm` with these arguments, in English where nothing else is asked for."""
    (empty_folder / "denwa.toml").write_text(CONFIGURATION)
    file = database_file(empty_folder / "home")
    file.parent.mkdir(parents=True)
    shutil.copyfile(sqlite_template, file)

    def run(*arguments: str) -> Result:
        return denwa("alarm", *arguments, *(() if "--lang" in arguments else ("--lang", "en")))

    return run


@pytest.fixture
def night(alarm: Callable[..., Result], empty_folder: Path) -> Iterator[Night]:
    """The same database, on the evening of 1 December 2026; the machine is in Japan."""
    database = Database.open(f"sqlite:///{database_file(empty_folder / 'home')}")
    yield Night(database)
    database.close()


@pytest.fixture(autouse=True)
def _in_japan(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine's time zone."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()
