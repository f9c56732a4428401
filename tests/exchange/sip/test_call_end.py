"""What every await of a service says once its call is over."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from support.call_line import AWAITS, HIGH, Line, SimulatedProgramme, hang_up_after, on_line

from audio.spandsp.echo import Echo
from exchange.sip.call import CallEnded
from exchange.sip.leg import DigitSource, End, EndedBy

pytestmark = pytest.mark.native

EVENT = DigitSource.EVENT


@pytest.mark.parametrize("awaited", AWAITS)
def test_after_the_end_every_await_raises_and_says_who_ended_it(awaited: str):
    async def script(line: Line) -> None:
        await line.telephone.press("5", EVENT)
        await line.telephone.hang_up()
        await line.call.wait_ended()
        for _ in range(2):
            with pytest.raises(CallEnded) as ended:
                await AWAITS[awaited](line.call)
            assert ended.value.end == End(EndedBy.FAR_END)

    on_line(script)


@pytest.mark.parametrize("awaited", ["play", "digit", "run", "join"])
def test_an_await_in_progress_raises_when_the_call_ends(awaited: str):
    waits: dict[str, Callable[[Line], Awaitable[object]]] = {
        "play": lambda line: line.call.play(*[HIGH] * 100),
        "digit": lambda line: line.call.digit(100),
        "run": in_run,
        "join": in_join,
    }

    async def script(line: Line) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(hang_up_after(line.telephone, 3))
            with pytest.raises(CallEnded):
                await waits[awaited](line)
        assert asyncio.get_running_loop().time() == pytest.approx(3, abs=0.1)

    on_line(script)


async def in_run(line: Line) -> None:
    async with line.call.run(Echo()) as running:
        await running.ready()


async def in_join(line: Line) -> None:
    async with line.call.join(SimulatedProgramme()):  # type: ignore[arg-type]
        await line.call.digit(100)
