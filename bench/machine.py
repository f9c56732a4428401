"""The machine that is measured on: what it is, its load, and the processor time that a program takes."""

import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CPU_CLOCK_SCHED = 2
"""The kind of a process's clock, in its lowest bits: what the scheduler gave it."""
SPIN = ["setpriv", "--pdeathsig", "KILL", sys.executable, "-S", "-c", "while True: pass"]
"""Ends with the thread that started it, however that ends."""
SPINNING_EACH = 1
"""Busy programs on each core: one that wakes has half of it by right, or all of it by real-time priority."""


def describe() -> str:
    """Processor, cores and kernel, for a table's head."""
    models = [
        line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")
    ]
    model = models[0].partition(":")[2].strip() if models else platform.machine()
    return f"{model}, {os.cpu_count()} cores, Linux {platform.release()}"


@contextmanager
def loaded() -> Iterator[None]:
    """Keep each core busy with programs of ordinary priority."""
    spinning = []
    try:
        for core in sorted(os.sched_getaffinity(0)) * SPINNING_EACH:
            process = subprocess.Popen(SPIN)
            spinning.append(process)
            os.sched_setaffinity(process.pid, {core})
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()


def cpu_s(pid: int) -> float:
    """Processor time of all threads of a process so far, those that ended too, in seconds, to the nanosecond.

    By the clock that clock_getcpuclockid(3) names: one call, however many threads there are, so that it belongs to
    one instant on a machine that is overwhelmed too.

    Raises:
        ProcessLookupError: there is no such process.
    """
    try:
        return time.clock_gettime(~pid << 3 | CPU_CLOCK_SCHED)
    except OSError as error:
        raise ProcessLookupError(f"process {pid} is gone") from error


def stolen_s() -> float:
    """Time that other guests of the same host have taken from our cores so far, in seconds."""
    return int(Path("/proc/stat").read_text().split()[8]) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Spent:
    """What a window cost.

    Attributes:
        cpu: processor time of the process, as a share of one core's: 0 to the number of cores.
        stolen: the share of all cores' time that other guests of the host took, 0 to 1.
    """

    cpu: float
    stolen: float


class Meter:
    """Measures a process and its machine from here on."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._from = self._now()

    def _now(self) -> tuple[float, float, float]:
        return time.monotonic(), cpu_s(self._pid), stolen_s() / (os.cpu_count() or 1)

    def read(self) -> Spent:
        """What was spent until now."""
        passed_s, cpu, stolen = (now - then for now, then in zip(self._now(), self._from, strict=True))
        return Spent(cpu / passed_s, stolen / passed_s)
