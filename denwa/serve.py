"""Runs the assembled program from its start to its end: signals, systemd, the watchdog, what is printed."""

import asyncio
import gc
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Protocol, TypeVar

import structlog

from denwa.heart import BeatAge, watch
from denwa.systemd import Notifier

FEED_EVERY_S = 1.0
"""How often the watchdog is fed at most, in seconds."""

log = structlog.get_logger()


class Running(Protocol):
    """The open program, as its assembly hands it over."""

    @property
    def threads(self) -> dict[str, BeatAge]:
        """The threads that all calls hang on, and how long ago each beat."""

    @property
    def status(self) -> str:
        """In one line what there is to dial."""


Program = TypeVar("Program", bound=Running)


async def run(
    assembly: Callable[[], AbstractAsyncContextManager[Program]],
    notifier: Notifier,
    greet: Callable[[Program], None],
) -> None:
    """Open the program, say so, and close it when a signal asks for it. Raises what ended it otherwise.

    A first SIGTERM or SIGINT ends calls in good order; a second one is no longer caught.
    """
    asked = asyncio.Event()
    with _first_signal(asked):
        async with assembly() as running:
            _keep_what_is_there()
            notifier.ready(running.status)
            greet(running)
            log.info("ready", status=running.status)
            await _until(asked, running, notifier)
            log.info("stopping")
            notifier.stopping()
        log.info("stopped")


def _keep_what_is_there() -> None:
    """Have the collector pass over all that was loaded: each look at it would stop every Python thread for a tenth of a second."""
    gc.collect()
    gc.freeze()


async def _until(asked: asyncio.Event, running: Running, notifier: Notifier) -> None:
    """Wait for the signal; watch the threads meanwhile. Raises Stalled."""
    feed_every_s = min(FEED_EVERY_S, notifier.watchdog_s / 3 or FEED_EVERY_S)
    watching = asyncio.create_task(watch(running.threads, notifier.alive, feed_every_s=feed_every_s))
    waiting = asyncio.create_task(asked.wait())
    try:
        await asyncio.wait({watching, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if watching.done():
            watching.result()
    finally:
        for task in (watching, waiting):
            task.cancel()
        await asyncio.gather(watching, waiting, return_exceptions=True)


@contextmanager
def _first_signal(asked: asyncio.Event) -> Iterator[None]:
    """In this scope the first SIGTERM or SIGINT sets the event; the next ones have their usual effect."""
    loop = asyncio.get_running_loop()

    def restore() -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)

    def first() -> None:
        asked.set()
        restore()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, first)
    try:
        yield
    finally:
        restore()
