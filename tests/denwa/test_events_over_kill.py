"""The installed program tells the operator's hook of what happens, over kill -9 too."""

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.events import deliveries, happened
from support.kept_calls import database_file
from support.served_program import ServedProgram

from store.database import Database
from store.errors import StoreBusy
from store.outbox import State

pytestmark = pytest.mark.native


def until(condition: Callable[[], bool]) -> None:
    ends_monotonic_s = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < ends_monotonic_s, "it never came to that"
        time.sleep(0.02)


def kinds(heard: Path) -> list[str]:
    return [json.loads(line)["event"] for line in heard.read_text().splitlines()] if heard.exists() else []


def all_delivered(database: Database, count: int) -> bool:
    states = [row.state for row in deliveries(database)]
    return states == [State.DELIVERED] * count


def stop_before(program: ServedProgram, database: Database, kind: str) -> None:
    """Have the program stand still, not in a transaction of its own, while an event is written."""
    while True:
        program.signal(signal.SIGSTOP)
        try:
            happened(database, kind)
        except StoreBusy:
            program.signal(signal.SIGCONT)
            time.sleep(0.05)
        else:
            return


def test_an_event_wakes_the_program_and_one_that_a_kill_came_before_is_delivered_after_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    heard = tmp_path / "heard"
    hook = {"DENWA_EVENTS__EXEC": json.dumps(["/bin/sh", "-c", f"cat >> {heard}"])}
    program = ServedProgram(tmp_path, hook)
    url = f"sqlite:///{database_file(tmp_path)}"
    database = Database.open(url)
    monkeypatch.setattr("store.database.LOCK_TIMEOUT_S", 0.2)
    impatient = Database.open(url)
    try:
        happened(database, "first")
        until(lambda: all_delivered(database, 2))
        assert kinds(heard) == ["first"]
        assert [line["number"] for line in program.log() if line["event"] == "event"] == ["10**"]
        stop_before(program, impatient, "second")
        program.kill()
        assert len(deliveries(database)) == 2, "the killed program has never seen the second event"
        with ServedProgram(tmp_path, hook):
            until(lambda: all_delivered(database, 4))
        assert kinds(heard) == ["first", "second"]
    finally:
        program.kill()
        database.close()
        impatient.close()
