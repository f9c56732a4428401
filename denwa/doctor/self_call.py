"""Talks with itself by way of the exchange: a tone each way, then a digit."""

import asyncio
import time
from dataclasses import dataclass

from denwa.doctor.handpiece import Handpiece, Sound
from denwa.doctor.pair import Pair
from exchange.sip.leg import DigitSource

CALLER_HZ, CALLED_HZ = 1020.0, 620.0
LEAST_TALK_S, TALK_S, MOST_TALK_S = 0.8, 2.0, 5.0
"""Packets are waited for until the second; where they come both ways, the tone in them until the third: a loaded
machine or a way with losses gives a window without a hole more seldom."""
DIGIT = "5"
DIGIT_LENGTH_S = 0.12
DIGIT_S = 1.5
DOUBLES_S = 0.6
"""How long after a digit another one is waited for that would be the same by another way."""
LOOK_EVERY_S = 0.05


@dataclass(frozen=True, slots=True)
class Talk:
    """What both ends heard, how the digit came, and how often a service would have been told of it."""

    caller: Sound
    called: Sound
    digit_ways: tuple[DigitSource, ...]
    digits: str


async def talk(pair: Pair) -> Talk:
    """Say a tone each way until both are heard, five seconds at most; then press 5 at the caller's end.

    Raises:
        CallEnded: the exchange ended the call meanwhile.
    """
    at_caller = Handpiece(pair.caller, says_hz=CALLER_HZ, listens_hz=CALLED_HZ)
    at_called = Handpiece(pair.called, says_hz=CALLED_HZ, listens_hz=CALLER_HZ)
    try:
        async with pair.caller.run(at_caller.handset):
            async with pair.called.run(at_called.handset):
                await _until_heard(at_caller, at_called)
            caller, called = at_caller.sound(), at_called.sound()
            ways, digits = await _press(pair)
        return Talk(caller, called, ways, digits)
    finally:
        at_caller.close()
        at_called.close()


async def _until_heard(*ends: Handpiece) -> None:
    start_monotonic_s = time.monotonic()
    while (elapsed_s := time.monotonic() - start_monotonic_s) < MOST_TALK_S:
        for end in ends:
            end.work(elapsed_s)
        heard = [end.hears() for end in ends]
        if elapsed_s > LEAST_TALK_S and all(heard):
            return
        if elapsed_s > TALK_S and not all(end.sound().received for end in ends):
            return
        await asyncio.sleep(LOOK_EVERY_S)


async def _press(pair: Pair) -> tuple[tuple[DigitSource, ...], str]:
    """The called end, whose processor is the service's own again, hears digits in all three forms."""
    noted = pair.called.noted
    before = len(noted)
    await pair.caller.press(DIGIT, DIGIT_LENGTH_S)
    digits = await pair.called.digit(DIGIT_S) or ""
    while digits and (another := await pair.called.digit(DOUBLES_S)) is not None:
        digits += another
    return tuple(dict.fromkeys(source for _, source in noted[before:])), digits
