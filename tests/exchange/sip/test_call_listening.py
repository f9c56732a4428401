"""Tones, voices and silence on a call, on a leg in memory with the real processor."""

import asyncio

import numpy as np
import pytest
from support.call_line import HIGH, LOW, Line, SimulatedProgramme, hang_up_after, on_line
from support.call_progress import sent, tone_of
from support.far_end import Habits
from support.memory_leg import FRAME_S
from support.simulated_telephone import SimulatedTelephone
from support.worn_line import LAWS, rms

from audio.g711 import Law
from audio.hearing.heard import Heard, HeardKind
from audio.levels import RATE_HZ, to_pcm
from audio.prompts import load
from audio.spandsp.echo import Echo
from exchange.sip.call import CallEnded, MediaBusy
from exchange.sip.leg import DigitSource
from exchange.sip.listening import HEARD_KEPT, Listening

pytestmark = pytest.mark.native

K = HeardKind


def tone(name: str, seconds: float, country: str = "jp"):
    return to_pcm(sent(tone_of(country, name), seconds) * rms(-16))


def kinds(heard: list[Heard]) -> list[HeardKind]:
    """What was heard, but for the bursts with which a tone begins."""
    return [each.kind for each in heard if each.kind is not K.BURST]


async def next_of(listening: Listening) -> Heard:
    """The next that is more than a burst."""
    while (heard := await anext(listening)).kind is K.BURST:
        pass
    return heard


@pytest.mark.parametrize("law", LAWS)
def test_what_is_heard_comes_in_order_and_tells_when(law: Law):
    """Ring-back, then busy; counted in samples from where the listening began."""

    async def script(line: Line) -> None:
        await asyncio.sleep(1)
        async with line.call.listen() as listening:
            line.telephone.say(tone("ringback", 4))
            line.telephone.say(tone("busy", 4))
            ringback, busy = [await next_of(listening) for _ in range(2)]
        assert kinds([ringback, busy]) == [K.RINGBACK, K.BUSY]
        assert 2.7 * RATE_HZ < ringback.at_samples < 2.9 * RATE_HZ
        assert busy.at_samples > 4 * RATE_HZ

    on_line(script, Habits(law=law))


def test_a_loop_hears_until_it_is_left():
    async def script(line: Line) -> None:
        line.telephone.say(tone("ringback", 4))
        line.telephone.say(tone("busy", 4))
        async with line.call.listen() as listening:
            found = []
            async for heard in listening:
                found.append(heard)
                if heard.kind is K.BUSY:
                    break
        assert kinds(found) == [K.RINGBACK, K.BUSY]

    on_line(script)


def test_what_came_while_nobody_waited_is_kept():
    async def script(line: Line) -> None:
        async with line.call.listen() as listening:
            line.telephone.say(tone("busy", 3))
            assert listening.drain() == []
            await asyncio.sleep(8)
            assert kinds(listening.drain()) == [K.BUSY, K.SILENCE]
            assert listening.drain() == []
        assert listening.lost == 0

    on_line(script)


def test_it_works_while_clips_play_and_after_them():
    """Playing neither stops the listening nor begins it anew."""

    async def script(line: Line) -> None:
        await line.call.play(LOW)
        async with line.call.listen() as listening:
            line.telephone.say(tone("ringback", 6))
            for _ in range(8):
                await line.call.play(HIGH)
            assert kinds(listening.drain()) == [K.RINGBACK]
        assert line.heard(HIGH)

    on_line(script)


async def reflecting(telephone: SimulatedTelephone) -> None:
    """A telephone whose ear speaks into its mouth, 15 dB lower."""
    while True:
        await asyncio.sleep(FRAME_S)
        telephone.say((telephone.frames[-1][1] * 0.18).astype(np.int16))


def test_our_own_echo_is_no_voice():
    async def script(line: Line) -> None:
        async with line.call.listen() as listening:
            echo = asyncio.create_task(reflecting(line.telephone))
            await line.call.play(*load("en").values())
            echo.cancel()
        assert not {K.VOICE, K.MACHINE} & set(kinds(listening.drain()))

    on_line(script)


def test_digits_are_heard_as_ever():
    async def script(line: Line) -> None:
        async with line.call.listen():
            await line.telephone.press("0123456789*#", DigitSource.INBAND)
        assert [await line.call.digit(0) for _ in range(13)] == [*"0123456789*#", None]

    on_line(script)


def test_a_call_that_does_not_listen_is_told_nothing():
    async def script(line: Line) -> None:
        await line.call.play(LOW)
        line.telephone.say(tone("busy", 3))
        await asyncio.sleep(8)
        async with line.call.listen() as listening:
            assert listening.drain() == []
            assert (await anext(listening)).kind is K.SILENCE
        line.telephone.say(tone("busy", 3))
        await asyncio.sleep(4)
        assert listening.drain() == []

    on_line(script)


def test_nothing_is_heard_while_another_has_the_line():
    """A processor, or a broadcast; afterwards it goes on."""

    async def script(line: Line) -> None:
        async with line.call.listen() as listening:
            line.telephone.say(tone("busy", 3))
            async with line.call.run(Echo()):
                await asyncio.sleep(3)
            line.telephone.say(tone("busy", 3))
            async with line.call.join(SimulatedProgramme()):  # type: ignore[arg-type]
                await asyncio.sleep(3)
            assert listening.drain() == []
            line.telephone.say(tone("busy", 3))
            assert (await next_of(listening)).kind is K.BUSY

    on_line(script)


def test_only_one_listens_at_a_time():
    async def script(line: Line) -> None:
        async with line.call.listen():
            with pytest.raises(MediaBusy, match="listened"):
                await line.call.listen().__aenter__()
        async with line.call.listen():
            pass

    on_line(script)


def test_the_end_of_the_call_ends_the_waiting_and_leaves_what_was_heard():
    async def script(line: Line) -> None:
        line.telephone.say(tone("busy", 3))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(hang_up_after(line.telephone, 4))
            with pytest.raises(CallEnded):  # noqa: PT012 - raised where the scope is, and through it
                async with line.call.listen() as listening:
                    await line.call.wait_ended()
                    await anext(listening)
        assert kinds(listening.drain()) == [K.BUSY]

    on_line(script)


def test_the_newest_are_lost_and_counted():
    """For a service that never reads."""

    async def script(line: Line) -> None:
        async with line.call.listen() as listening:
            for _ in range(HEARD_KEPT):
                line.telephone.say(tone("ringback", 3))
                line.telephone.say(tone("busy", 2))
            await asyncio.sleep(HEARD_KEPT * 5)
            assert isinstance(listening, Listening)
            assert len(listening.drain()) == HEARD_KEPT
            assert listening.lost > HEARD_KEPT / 4

    on_line(script)
