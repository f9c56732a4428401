"""Starts `duty_process.py` as a child, and hears what it prints."""

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.stepped_clock import SteppedClock

PROGRAM = Path(__file__).with_name("duty_process.py")


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

    def rang(self) -> list[str]:
        """The numbers in the lines that nobody waited for."""
        lines = [self.lines.get() for _ in range(self.lines.qsize())]
        return [line.rpartition(" rings ")[2] for line in lines if " rings " in line]

    def send(self, what: signal.Signals) -> None:
        """A signal."""
        self.process.send_signal(what)

    def sleeps(self, clock: SteppedClock, for_s: float) -> None:
        """Let it be as if the machine had slept so long; the node must have the clock's environment."""
        self.send(signal.SIGSTOP)
        os.waitpid(self.process.pid, os.WUNTRACED)
        clock.sleep(round(for_s * 1e9))
        self.send(signal.SIGCONT)


def until(holds: Callable[[], bool], timeout_s: float = 20) -> None:
    """Wait until something holds of what nodes do."""
    ends_monotonic_s = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < ends_monotonic_s
        time.sleep(0.05)


@contextmanager
def node(url: str, name: str, rings_s: str, environment: Mapping[str, str] | None = None) -> Iterator[Node]:
    """A node on duty in this scope, with more in its environment."""
    root = PROGRAM.parents[2]
    environment = os.environ | {"PYTHONPATH": f"{root}:{root / 'tests'}"} | dict(environment or {})
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
