"""What the bench says of the machine and of a process's time."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.machine import SPINNING_EACH, Meter, cpu_s, describe, loaded

pytestmark = pytest.mark.unit


def children(of: int = 0) -> set[int]:
    """Busy programs that a process, else this one, has started."""
    command = ["pgrep", "-P", str(of or os.getpid()), "-f", "while True"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return {int(word) for word in found.stdout.split()}


def test_a_process_s_time_is_that_of_all_its_threads_those_that_ended_too():
    code = (
        "import sys, threading, time\n"
        "def spin():\n"
        "    while time.thread_time() < 0.1: pass\n"
        "threads = [threading.Thread(target=spin) for _ in range(3)]\n"
        "[thread.start() for thread in threads]; [thread.join() for thread in threads]\n"
        "print(time.process_time(), flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-S", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        said_s = float(process.stdout.readline())
        spent_s = cpu_s(process.pid)
        process.communicate()
    assert said_s >= 0.3
    assert spent_s == pytest.approx(said_s, abs=0.05)


def test_our_own_time_is_told_to_the_nanosecond():
    before_s = time.process_time()
    assert before_s <= cpu_s(os.getpid()) <= time.process_time()


def test_a_process_that_is_gone_is_said_to_be():
    process = subprocess.Popen(["true"])
    process.wait()
    with pytest.raises(ProcessLookupError, match=str(process.pid)):
        cpu_s(process.pid)


def test_who_sleeps_has_spent_nothing_and_who_works_what_it_had():
    with subprocess.Popen(["sleep", "60"]) as sleeping:
        meter = Meter(sleeping.pid)
        own = Meter(os.getpid())
        until_s = time.process_time() + 0.2
        while time.process_time() < until_s:
            pass
        assert meter.read().cpu < 0.05
        spent = own.read()
        sleeping.kill()
    assert 0 < spent.cpu <= 1.2
    assert 0 <= spent.stolen <= 1


def test_loaded_keeps_each_core_busy_and_leaves_nothing():
    with loaded():
        busy = children()
        assert len(busy) == SPINNING_EACH * len(os.sched_getaffinity(0))
        assert {frozenset(os.sched_getaffinity(pid)) for pid in busy} == {
            frozenset({core}) for core in os.sched_getaffinity(0)
        }
    assert not children()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_bench_that_is_killed_leaves_nothing_spinning(how: signal.Signals):
    code = "import time; from bench.machine import loaded\nwith loaded(): print('up', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as bench:
        assert bench.stdout
        assert bench.stdout.readline() == "up\n"
        spinning = children(bench.pid)
        assert len(spinning) == SPINNING_EACH * len(os.sched_getaffinity(0))
        bench.send_signal(how)
    ends_monotonic_s = time.monotonic() + 5
    while any(Path(f"/proc/{pid}").exists() for pid in spinning) and time.monotonic() < ends_monotonic_s:
        time.sleep(0.02)
    assert not [pid for pid in spinning if Path(f"/proc/{pid}").exists()]


def test_the_machine_is_named_with_its_kernel():
    assert f"{os.cpu_count()} cores, Linux {os.uname().release}" in describe()
