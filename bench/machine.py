"""The machine that is measured on: what it is, its load, and the processor time that a program takes."""

import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SPIN = "while True: pass"


def describe() -> str:
    """Processor, cores and kernel, for a table's head."""
    models = [
        line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")
    ]
    model = models[0].partition(":")[2].strip() if models else platform.machine()
    return f"{model}, {os.cpu_count()} cores, Linux {platform.release()}"


@contextmanager
def loaded() -> Iterator[None]:
    """Keep each core busy with a program of ordinary priority."""
    spinning = []
    for core in sorted(os.sched_getaffinity(0)):
        process = subprocess.Popen([sys.executable, "-c", SPIN])
        os.sched_setaffinity(process.pid, {core})
        spinning.append(process)
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()


def cpu_s(pid: int) -> float:
    """Processor time that the threads of a process have had so far, in seconds, to the nanosecond."""
    spent_ns = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            spent_ns += int((task / "schedstat").read_text().split()[0])
        except FileNotFoundError:
            continue  # it has just ended
    return spent_ns / 1e9


def stolen_s() -> float:
    """Time that other guests of the same host have taken from our cores so far, in seconds."""
    return int(Path("/proc/stat").read_text().split()[8]) / os.sysconf("SC_CLK_TCK")


class Spent:
    """Processor time of a process from here on, and time stolen from the whole machine."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._from_s = cpu_s(pid)
        self._stolen_from_s = stolen_s()
        self._from_monotonic_s = time.monotonic()

    def of_a_core(self) -> float:
        """The share of one core's time that the process had: 0 to the number of cores."""
        return (cpu_s(self._pid) - self._from_s) / (time.monotonic() - self._from_monotonic_s)

    def stolen(self) -> float:
        """The share of all cores' time that was stolen, 0 to 1."""
        passed_s = time.monotonic() - self._from_monotonic_s
        return (stolen_s() - self._stolen_from_s) / passed_s / (os.cpu_count() or 1)
