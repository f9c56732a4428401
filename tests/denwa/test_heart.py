"""The watchdog is fed while all threads beat, and by a stalled one no more."""

import asyncio
import itertools
import statistics
import threading
import time

import pytest

from denwa.heart import CountAge, Stalled, watch

pytestmark = pytest.mark.unit


def beating() -> float:
    return 0.0


def test_the_watchdog_is_fed_as_often_as_asked():
    """By most of the times: this process may be held up itself between two of them."""
    fed_monotonic_s: list[float] = []

    class EnoughError(Exception):
        pass

    def feed() -> None:
        fed_monotonic_s.append(time.monotonic())
        if len(fed_monotonic_s) == 10:
            raise EnoughError

    with pytest.raises(EnoughError):
        asyncio.run(watch({"media clock": beating}, feed, feed_every_s=0.05))
    gaps_s = [later - sooner for sooner, later in itertools.pairwise(fed_monotonic_s)]
    assert 0.045 < statistics.median(gaps_s) < 0.1


def test_a_thread_that_stands_still_is_named_and_feeds_no_more():
    """Its age is simulated, and grows so fast that no delay of the loop's own excuses it."""
    fed_at_age_s: list[float] = []
    age_s = [-10.0]

    def age_of_a_dead_thread() -> float:
        age_s[0] += 10
        return age_s[0]

    async def run() -> None:
        await watch(
            {"SIP": beating, "media clock": age_of_a_dead_thread},
            lambda: fed_at_age_s.append(age_s[0]),
            feed_every_s=0.05,
            stall_s=25,
        )

    with pytest.raises(Stalled, match=r"the media clock thread has stood still for 30\.0 s"):
        asyncio.run(run())
    assert fed_at_age_s == [0, 10, 20]


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
    while beats[0] < 3:
        time.sleep(0.01)
    before_monotonic_s = time.monotonic()
    assert age() == 0
    stop.set()
    thread.join()
    age()
    time.sleep(0.1)
    assert 0.1 <= age() <= time.monotonic() - before_monotonic_s
