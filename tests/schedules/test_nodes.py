"""Nodes that die or are paused while a telephone rings: others go on, and the paused one does nothing more."""

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from support.alarms import Night, wish

from schedules import booking
from schedules.policy import Policy
from store.database import Database
from store.news import announce

pytestmark = [pytest.mark.unit, pytest.mark.timeout(60)]

PROGRAM = Path(__file__).resolve().parents[1] / "support" / "duty_process.py"
LONG_S = "60"
SHORT_S = "0.2"


@dataclass
class Node:
    """A node's process, and the lines that it printed."""

    process: subprocess.Popen[str]
    lines: queue.Queue[str]

    def says(self, what: str, timeout_s: float = 15) -> None:
        """Wait for a line."""
        ends_monotonic_s = time.monotonic() + timeout_s
        while self.lines.get(timeout=max(0.01, ends_monotonic_s - time.monotonic())) != what:
            pass

    def send(self, what: signal.Signals) -> None:
        """A signal."""
        self.process.send_signal(what)


@contextmanager
def node(url: str, name: str, rings_s: str) -> Iterator[Node]:
    """A node on duty."""
    root = PROGRAM.parents[2]
    environment = os.environ | {"PYTHONPATH": f"{root}:{root / 'tests'}"}
    process = subprocess.Popen(
        [sys.executable, PROGRAM, url, name, rings_s], stdout=subprocess.PIPE, text=True, env=environment
    )
    lines: queue.Queue[str] = queue.Queue()
    assert process.stdout is not None
    reader = threading.Thread(
        target=lambda out: [lines.put(line.strip()) for line in out], args=[process.stdout]
    )
    reader.start()
    try:
        started = Node(process, lines)
        started.says(f"{name} on duty")
        yield started
    finally:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait()
        reader.join()
        process.stdout.close()


def book(database: Database, number: str) -> int:
    """An alarm for now, with the shortest ring."""
    now_utc = datetime.now(UTC)
    asked = wish(number, policy=Policy(ring_s=5, gap_s=15))
    return database.write(booking.book_at, asked, now_utc + timedelta(seconds=0.3), now_utc).alarm_id


def test_others_go_on_with_what_a_killed_and_a_paused_node_have_left(postgres_url: str):
    with (
        closing(Database.open(postgres_url)) as database,
        node(postgres_url, "paused", LONG_S) as paused,
        node(postgres_url, "killed", LONG_S) as killed,
    ):
        night = Night(database)
        killed.send(signal.SIGSTOP)  # so that the other one takes the first alarm
        first = book(database, "1001")
        paused.says("paused rings 1001")
        paused.send(signal.SIGSTOP)
        killed.send(signal.SIGCONT)
        second = book(database, "1002")
        killed.says("killed rings 1002")
        killed.send(signal.SIGKILL)
        with node(postgres_url, "heir", SHORT_S) as heir:
            for alarm in (first, second):
                until(lambda alarm=alarm: night.state(alarm) == "retry")
                database.write(due_now, alarm)
                heir.says(f"heir ends {1000 + alarm}")
                until(lambda alarm=alarm: night.state(alarm) == "acknowledged")
            paused.send(signal.SIGCONT)
            time.sleep(1)
            assert paused.lines.empty(), "it did something when it came back"
        for alarm in (first, second):
            assert night.outcomes(alarm) == ["unknown", "acknowledged"]
            assert night.history(alarm) == ["booked", "ringing", "retry", "ringing", "acknowledged"]


def due_now(session: Session, alarm_id: int) -> None:
    """The pause before the next attempt is over."""
    occurrence = booking.occurrence_to_change(session, alarm_id)
    assert occurrence is not None
    occurrence.next_utc = datetime.now(UTC)
    announce(session)


def until(holds: Callable[[], bool]) -> None:
    """Wait for it."""
    ends_monotonic_s = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < ends_monotonic_s
        time.sleep(0.05)
