"""How long a handler waits for an answer or a digit, in a task that was cancelled before, too.

A handler has its grace after a cancellation. Python 3.11.2's asyncio.timeout raises CancelledError there when it
expires; on other versions these tests hold with it as well.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import TypeVar

import pytest
from support.call_line import Line, answered
from support.virtual_time import run_virtually

from exchange.sip.call import Call, CallEnded

pytestmark = pytest.mark.native

T = TypeVar("T")


async def in_a_cancelled_task(wait: Callable[[], Awaitable[T]]) -> T:
    """What is returned by a wait that begins when its task has been cancelled."""

    async def handler() -> T:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            return await wait()
        pytest.fail("it was not cancelled")

    task = asyncio.create_task(handler())
    await asyncio.sleep(0)
    task.cancel()
    return await task


async def in_a_task(wait: Callable[[], Awaitable[T]]) -> T:
    return await wait()


Place = Callable[[Callable[[], Awaitable[object]]], Coroutine[None, None, object]]
places = pytest.mark.parametrize("place", [in_a_task, in_a_cancelled_task])


@places
def test_nobody_answers_in_time(place: Place):
    async def main() -> None:
        call = Line().call
        start_s = asyncio.get_running_loop().time()
        assert await place(lambda: call.wait_answered(5.0)) is False
        assert asyncio.get_running_loop().time() - start_s == pytest.approx(5.0)

    run_virtually(main())


@places
def test_whoever_answers_in_time_is_not_waited_for_longer(place: Place):
    async def main() -> None:
        async with answered() as line:
            assert await place(lambda: line.call.wait_answered(5.0)) is True
            assert asyncio.get_running_loop().time() < 1.0

    run_virtually(main())


@places
def test_no_digit_is_pressed_in_time(place: Place):
    async def main() -> None:
        async with answered() as line:
            start_s = asyncio.get_running_loop().time()
            assert await place(lambda: line.call.digit(2.0)) is None
            assert asyncio.get_running_loop().time() - start_s == pytest.approx(2.0)

    run_virtually(main())


WAITS: dict[str, Callable[[Call], Awaitable[object]]] = {
    "answer": lambda call: call.wait_answered(60.0),
    "digit": lambda call: call.digit(60.0),
}


@pytest.mark.parametrize("awaited", WAITS)
def test_a_cancellation_ends_the_wait(awaited: str):
    async def main() -> None:
        waiting = asyncio.create_task(WAITS[awaited](Line().call))  # type: ignore[arg-type]
        await asyncio.sleep(1.0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert asyncio.get_running_loop().time() < 2.0

    run_virtually(main())


def test_the_end_of_the_call_ends_the_wait_for_an_answer():
    async def main() -> None:
        line = Line()
        waiting = asyncio.create_task(line.call.wait_answered(60.0))
        await asyncio.sleep(1.0)
        await line.call.hangup()
        with pytest.raises(CallEnded):
            await waiting
        assert asyncio.get_running_loop().time() < 10.0

    run_virtually(main())
