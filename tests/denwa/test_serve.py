"""From start to end: what is said to systemd, what ends the program, and how."""

import asyncio
import gc
import os
import signal
import socket
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest

from denwa.heart import BeatAge, Stalled
from denwa.serve import run
from denwa.systemd import Notifier

pytestmark = pytest.mark.unit


@dataclass
class SimulatedProgram:
    """As much of the assembled program as serve sees."""

    threads: dict[str, BeatAge] = field(default_factory=lambda: {"SIP": lambda: 0.0})
    status: str = "117 clock"
    closed: bool = False
    closing_s: float = 0.0

    @asynccontextmanager
    async def open(self) -> AsyncIterator["SimulatedProgram"]:
        """The simulated assembly."""
        try:
            yield self
            await asyncio.sleep(self.closing_s)
        finally:
            self.closed = True


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """The socket of a service manager."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.setblocking(False)
        yield listening


@pytest.fixture(autouse=True)
def _this_program_s_own_objects_stay_collectable() -> Iterator[None]:
    yield
    gc.unfreeze()


def heard(manager: socket.socket) -> list[str]:
    said = []
    while True:
        try:
            said.append(manager.recv(4096).decode().split("\n")[0])
        except BlockingIOError:
            return said


def kill_when_greeted(number: signal.Signals):
    return lambda _running: os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_good_order(manager: socket.socket, number: signal.Signals):
    program = SimulatedProgram()
    asyncio.run(run(program.open, Notifier(manager.getsockname()), kill_when_greeted(number)))
    assert program.closed
    said = heard(manager)
    assert said[0] == "READY=1"
    assert said[-1] == "STOPPING=1"


def test_the_collector_passes_over_what_was_loaded_at_the_start(manager: socket.socket):
    """Else each of its longest looks stops all Python threads for a tenth of a second."""
    left: list[int] = []

    def greeted(_: object) -> None:
        left.append(len(gc.get_objects()))
        os.kill(os.getpid(), signal.SIGTERM)

    before = len(gc.get_objects())
    asyncio.run(run(SimulatedProgram().open, Notifier(manager.getsockname()), greeted))
    assert left[0] < before / 10


def test_it_is_ready_before_it_greets_and_not_before_it_is_open(manager: socket.socket):
    program = SimulatedProgram()
    order: list[str] = []

    @asynccontextmanager
    async def slowly() -> AsyncIterator[SimulatedProgram]:
        await asyncio.sleep(0.05)
        order.extend(heard(manager) or ["silent while opening"])
        async with program.open() as opened:
            yield opened

    def greet(_running: object) -> None:
        order.extend(heard(manager))
        os.kill(os.getpid(), signal.SIGTERM)

    asyncio.run(run(slowly, Notifier(manager.getsockname()), greet))
    assert order == ["silent while opening", "READY=1"]


def test_the_watchdog_is_fed_three_times_within_its_time(manager: socket.socket):
    """By most of its meals: whoever is held up himself between two of them does not eat more often."""
    fed_monotonic_s: list[float] = []

    def hear() -> None:
        if "WATCHDOG=1" in heard(manager):
            fed_monotonic_s.append(time.monotonic())
            if len(fed_monotonic_s) == 8:
                os.kill(os.getpid(), signal.SIGTERM)

    def listen(_running: object) -> None:
        asyncio.get_running_loop().add_reader(manager, hear)

    notifier = Notifier(manager.getsockname(), watchdog_s=0.3)
    asyncio.run(run(SimulatedProgram().open, notifier, listen))
    gaps_s = [later - sooner for sooner, later in pairwise(fed_monotonic_s)]
    assert 0.09 < statistics.median(gaps_s) < 0.15


def test_a_stalled_thread_ends_it_with_an_error_and_closes_what_is_open():
    born = time.monotonic()
    program = SimulatedProgram(threads={"media clock": lambda: time.monotonic() - born + 100})
    with pytest.raises(Stalled, match="media clock"):
        asyncio.run(run(program.open, Notifier(), lambda _running: None))
    assert program.closed


def test_what_ends_the_program_from_inside_is_passed_on():
    class SimulatedFaultError(Exception):
        pass

    @asynccontextmanager
    async def dying() -> AsyncIterator[SimulatedProgram]:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(die())
            yield SimulatedProgram()

    async def die() -> None:
        await asyncio.sleep(0.05)
        raise SimulatedFaultError

    with pytest.raises(ExceptionGroup) as caught:
        asyncio.run(run(dying, Notifier(), lambda _running: None))
    assert caught.group_contains(SimulatedFaultError)


def test_an_assembly_that_cannot_be_opened_is_never_ready(manager: socket.socket):
    @asynccontextmanager
    async def taken() -> AsyncIterator[SimulatedProgram]:
        raise OSError(98, "Address already in use")
        yield

    with pytest.raises(OSError, match="already in use"):
        asyncio.run(run(taken, Notifier(manager.getsockname()), lambda _running: None))
    assert heard(manager) == []


def test_a_second_signal_does_not_wait_for_the_good_order():
    program = SimulatedProgram(closing_s=30)

    def twice(_running: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        asyncio.get_running_loop().call_later(0.2, os.kill, os.getpid(), signal.SIGINT)

    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        asyncio.run(run(program.open, Notifier(), twice))
    assert time.monotonic() - start < 5


def test_signals_are_as_before_afterwards():
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    asyncio.run(run(SimulatedProgram().open, Notifier(), kill_when_greeted(signal.SIGTERM)))
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before
