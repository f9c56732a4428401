"""Watches the threads that calls hang on: while all of them beat, the watchdog is fed; one that stalls ends us."""

import asyncio
import time
from collections.abc import Callable, Mapping

STALL_S = 2.0
"""How long a thread may stand still, in seconds."""
LOOK_EVERY_S = 0.25

BeatAge = Callable[[], float]
"""How long ago a thread beat last, in seconds; may raise what ended the thread."""


class Stalled(Exception):  # noqa: N818 - an event
    """A thread stood still for too long; the program must end, so that it is started anew."""

    def __init__(self, thread: str, age_s: float) -> None:
        super().__init__(f"the {thread} thread has stood still for {age_s:.1f} s")
        self.thread = thread


class CountAge:
    """The age of a beat that is a growing count."""

    def __init__(self, count: Callable[[], int]) -> None:
        self._count = count
        self._last = count()
        self._grew_monotonic_s = time.monotonic()

    def __call__(self) -> float:
        """How long the count has not grown, as far as this was asked, in seconds."""
        now_monotonic_s = time.monotonic()
        count = self._count()
        if count != self._last:
            self._last = count
            self._grew_monotonic_s = now_monotonic_s
        return now_monotonic_s - self._grew_monotonic_s


async def watch(
    threads: Mapping[str, BeatAge],
    feed: Callable[[], None],
    *,
    feed_every_s: float,
    stall_s: float = STALL_S,
) -> None:
    """Call `feed` as often as asked while all threads beat, until cancelled. Raises Stalled, and what an age raises."""
    fed_monotonic_s = float("-inf")
    looked_monotonic_s = time.monotonic()
    while True:
        now_monotonic_s = time.monotonic()
        held_up_s = now_monotonic_s - looked_monotonic_s - LOOK_EVERY_S
        looked_monotonic_s = now_monotonic_s
        for thread, age in threads.items():
            age_s = age()
            # when the whole machine stood still, each thread gets a new chance
            if age_s > stall_s + max(0.0, held_up_s):
                raise Stalled(thread, age_s)
        if now_monotonic_s - fed_monotonic_s >= feed_every_s:
            feed()
            fed_monotonic_s = now_monotonic_s
        await asyncio.sleep(min(LOOK_EVERY_S, feed_every_s))
