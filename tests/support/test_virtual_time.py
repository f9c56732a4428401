"""The loop by whose time the tests in memory run."""

import asyncio
import time

import pytest
from support.virtual_time import Stuck, VirtualTimeLoop, run_virtually

pytestmark = pytest.mark.unit


def test_an_hour_passes_at_once_and_exactly():
    async def sleep() -> float:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(3600)
        return loop.time()

    began_monotonic_s = time.monotonic()
    assert run_virtually(sleep()) == 3600
    assert time.monotonic() - began_monotonic_s < 10


def test_timers_come_in_their_order():
    async def order() -> list[int]:
        heard: list[int] = []

        async def later(delay_s: int) -> None:
            await asyncio.sleep(delay_s)
            heard.append(delay_s)

        async with asyncio.TaskGroup() as tasks:
            for delay_s in (30, 10, 20):
                tasks.create_task(later(delay_s))
        return heard

    assert run_virtually(order()) == [10, 20, 30]


def test_timeouts_are_virtual():
    async def wait() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(7):
                await asyncio.Event().wait()
        return asyncio.get_running_loop().time()

    assert run_virtually(wait()) == 7


def test_a_thread_is_waited_for():
    async def think() -> tuple[str, float]:
        said = await asyncio.to_thread(lambda: time.sleep(0.05) or "done")
        return said, asyncio.get_running_loop().time()

    assert run_virtually(think()) == ("done", 0)


def test_a_loop_that_can_never_go_on_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("support.virtual_time.STUCK_S", 0.01)

    loop = VirtualTimeLoop()
    with pytest.raises(Stuck):
        loop.run_until_complete(loop.create_future())
    loop.close()
