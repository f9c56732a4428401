"""A call on a leg in memory, with the telephone at its other end, for the tests of `Call`."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import numpy as np
import pytest
from support.far_end import Habits
from support.memory_leg import MemoryLeg
from support.simulated_telephone import SimulatedTelephone
from support.virtual_time import run_virtually

from audio.clip import Clip
from audio.levels import to_pcm
from audio.spandsp.echo import Echo
from audio.tones import tone
from exchange.sip.call import Call
from exchange.sip.caller import Caller

HIGH = Clip.from_pcm("high", to_pcm(tone(1500, 0.5, -10)))
LOW = Clip.from_pcm("low", to_pcm(tone(500, 0.3, -10)))
Script = Callable[["Line"], Awaitable[None]]


class Line:
    """A call, the telephone at its other end, and the leg between."""

    def __init__(self, habits: Habits | None = None) -> None:
        self.telephone = SimulatedTelephone(habits)
        self.leg = MemoryLeg(self.telephone, self.telephone.habits)
        self.telephone.connect(self.leg)
        self.call = Call(
            self.leg, call_id="c1", dialled="186", caller=Caller("1001"), direction="in", lead_samples=40
        )

    def heard(self, clip: Clip) -> bool:
        """Whether the telephone heard a clip, every sample of it."""
        return clip.pcm.tobytes() in self.telephone.heard.tobytes()


@asynccontextmanager
async def answered(habits: Habits | None = None) -> AsyncIterator[Line]:
    line = Line(habits)
    await line.call.answer()
    try:
        yield line
    finally:
        await line.call.hangup()
        await line.call.wait_ended()
        assert not line.leg.processor_held


def on_line(script: Script, habits: Habits | None = None) -> None:
    """Run a script with an answered call."""

    async def main() -> None:
        async with answered(habits) as line:
            await script(line)

    run_virtually(main())


class SimulatedProgramme:
    """A broadcast whose every sample is its own number, in mu-law codes."""

    def read(self, first_sample: int, count: int, *, a_law: bool) -> bytes:
        assert not a_law
        return (np.arange(first_sample, first_sample + count) % 256).astype(np.uint8).tobytes()


async def hang_up_after(telephone: SimulatedTelephone, seconds: float) -> None:
    await asyncio.sleep(seconds)
    await telephone.hang_up()


AWAITS: dict[str, Callable[[Call], Awaitable[object]]] = {
    "early_media": lambda call: call.early_media(),
    "answer": lambda call: call.answer(),
    "reject": lambda call: call.reject(486),
    "wait_answered": lambda call: call.wait_answered(),
    "play": lambda call: call.play(LOW),
    "play nothing": lambda call: call.play(),
    "digit": lambda call: call.digit(60),
    "press": lambda call: call.press("1"),
    "digit at once": lambda call: call.digit(0),
    "join": lambda call: enter(call.join(None)),  # type: ignore[arg-type]
    "run": lambda call: enter(call.run(Echo())),
    "listen": lambda call: enter(call.listen()),
}


async def enter(scope: object) -> None:
    async with scope:  # type: ignore[attr-defined]
        pytest.fail("the scope of an ended call was entered")
