"""The watchdog is fed while all threads beat, and by a stalled one no more."""

import asyncio
import itertools
import threading
import time

import pytest

from denwa.heart import CountAge, Stalled, watch

pytestmark = pytest.mark.unit


def beating() -> float:
    return 0.0


def test_the_watchdog_is_fed_as_often_as_asked():
    async def half_a_second() -> int:
        fed = itertools.count()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await watch({"media clock": beating}, lambda: next(fed), feed_every_s=0.05)
        return next(fed)

    assert 4 <= asyncio.run(half_a_second()) <= 11


def test_a_thread_that_stands_still_is_named_and_feeds_no_more():
    fed: list[float] = []
    born = time.monotonic()

    def age_of_a_dead_thread() -> float:
        return time.monotonic() - born

    async def run() -> None:
        await watch(
            {"SIP": beating, "media clock": age_of_a_dead_thread},
            lambda: fed.append(time.monotonic() - born),
            feed_every_s=0.05,
            stall_s=0.3,
        )

    with pytest.raises(Stalled, match=r"the media clock thread has stood still for 0\.[3-9] s"):
        asyncio.run(run())
    assert fed
    assert max(fed) <= 0.35


def test_a_loop_that_was_held_up_itself_accuses_nobody():
    """The ages were not asked for meanwhile; the threads get time to be seen again."""
    count = itertools.count()
    age = CountAge(lambda: next(count))

    async def run() -> None:
        watching = asyncio.create_task(
            watch({"media clock": age}, lambda: None, feed_every_s=0.05, stall_s=0.2)
        )
        await asyncio.sleep(0.1)
        time.sleep(0.5)  # noqa: ASYNC251 - it is what is tried
        await asyncio.sleep(0.2)
        watching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await watching

    asyncio.run(run())


def test_the_age_of_a_count_is_the_time_since_it_grew():
    beats = [0]
    age = CountAge(lambda: beats[0])
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(0.01):
            beats[0] += 1

    thread = threading.Thread(target=beat)
    thread.start()
    time.sleep(0.05)
    assert age() < 0.05
    stop.set()
    thread.join()
    age()
    time.sleep(0.1)
    assert 0.1 <= age() < 1.0
