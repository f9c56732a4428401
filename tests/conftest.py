"""What holds for every test: one marker a module, a time budget, two scales, nothing left behind."""

import asyncio
import gc
import logging
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
import structlog
from hypothesis import HealthCheck, settings

Scale = Literal["quick", "prove"]

BUDGETS_S = {"unit": 20, "native": 60, "lab": 240, "exclusive": 300}
"""The longest that one test of a marker may take at quick scale, in seconds."""
PROVE_FACTOR = 60
"""How much longer a test may take at full size."""
QUICK_SEED = 16
SETTLING_S = 2.0
"""How long a descriptor may take to close after its test, in seconds."""

settings.register_profile("quick", max_examples=60, deadline=None)
settings.register_profile(
    "prove", max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --scale."""
    parser.addoption("--scale", choices=("quick", "prove"), default="quick", help="size of what is tried")


def pytest_configure(config: pytest.Config) -> None:
    """Choose hypothesis' size of search by the scale; let Ctrl-C reach the programs that tests start.

    A shell starts what runs in its background with SIGINT ignored, and that is inherited.
    """
    settings.load_profile(config.getoption("--scale"))
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse a module without exactly one marker; give each test the time budget of its marker."""
    factor = PROVE_FACTOR if config.getoption("--scale") == "prove" else 1
    for item in items:
        found = {mark.name for mark in item.iter_markers()} & BUDGETS_S.keys()
        if len(found) != 1:
            has = " and ".join(sorted(found)) or "none"
            msg = (
                f"{item.nodeid}: its module needs exactly one marker of {', '.join(BUDGETS_S)}; it has {has}"
            )
            raise pytest.UsageError(msg)
        given = item.get_closest_marker("timeout")
        budget_s = given.args[0] if given else BUDGETS_S[found.pop()]
        # a nearer marker than the test's own, and so the one that counts
        manner = given.kwargs if given else {}  # func_only: without what a session's fixture takes once
        item.add_marker(pytest.mark.timeout(budget_s * factor, **manner), append=False)


@pytest.fixture(scope="session")
def scale(request: pytest.FixtureRequest) -> Scale:
    """The size at which this run tries things."""
    return request.config.getoption("--scale")


@pytest.fixture(scope="session")
def scaled(scale: Scale) -> Callable[[int, int], int]:
    """Choose between a number for the quick scale and one for the full."""
    return lambda quick, prove: prove if scale == "prove" else quick


@pytest.fixture
def seed(scale: Scale) -> int:
    """Of random trials: in full the run's, which pytest prints; else one, since of all trials a few may fail."""
    return random.getrandbits(32) if scale == "prove" else QUICK_SEED


def _descriptors() -> dict[int, str]:
    found = {}
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found[int(entry.name)] = os.readlink(entry)  # noqa: PTH115 - a socket's link is no path
        except FileNotFoundError:
            continue  # the one by which this folder is read
    return found


def _leaked(before: dict[int, str]) -> dict[int, str]:
    return {number: what for number, what in _descriptors().items() if before.get(number) != what}


@pytest.fixture(autouse=True)
def log_put_back() -> Iterator[None]:
    """After a command that set the log up, the next test does not write to that command's stderr."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    if structlog.is_configured():
        structlog.reset_defaults()
        structlog.contextvars.clear_contextvars()
        logging.captureWarnings(capture=False)
        root.handlers[:], root.level = handlers, level


@pytest.fixture(autouse=True)
def nothing_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """After a test no asyncio task runs that it started, and no descriptor is open that it opened."""
    tasks: list[str] = []
    cancel_all = asyncio.runners._cancel_all_tasks

    def noting(loop: asyncio.AbstractEventLoop) -> None:
        if not isinstance(sys.exception(), KeyboardInterrupt):  # else the main task itself is among them
            tasks.extend(repr(task) for task in asyncio.all_tasks(loop))
        cancel_all(loop)

    monkeypatch.setattr(asyncio.runners, "_cancel_all_tasks", noting)
    before = _descriptors()
    yield
    assert not tasks, f"tasks left running: {tasks}"
    if _leaked(before):
        gc.collect()
        until_monotonic_s = time.monotonic() + SETTLING_S
        while _leaked(before) and time.monotonic() < until_monotonic_s:
            time.sleep(0.02)
    assert not (left := _leaked(before)), f"descriptors left open: {left}"
