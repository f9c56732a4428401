"""Clips, processors and broadcasts on a call, on a leg in memory with the real processors."""

import asyncio
from collections.abc import Awaitable, Callable

import numpy as np
import pytest
from support.call_line import AWAITS, HIGH, LOW, Line, SimulatedProgramme, on_line
from support.far_end import Habits
from support.memory_leg import FRAME_S, RATE_HZ
from support.virtual_time import run_virtually

from audio.clip import Clip
from audio.g711 import Law
from audio.levels import to_pcm
from audio.spandsp.echo import Echo
from audio.spandsp.speech import Speech
from audio.tones import dtmf, tone
from exchange.sip.call import Call, MediaBusy
from exchange.sip.digits import TAKEOVER_S
from exchange.sip.leg import DigitSource, Ready

pytestmark = pytest.mark.native

EVENT, INBAND = DigitSource.EVENT, DigitSource.INBAND


@pytest.mark.parametrize("law", ["ulaw", "alaw"])
def test_clips_are_heard_one_after_the_other_and_whole(law: Law):
    async def script(line: Line) -> None:
        began_s = asyncio.get_running_loop().time()
        assert await line.call.play(HIGH, LOW) is None
        took_s = asyncio.get_running_loop().time() - began_s
        assert took_s == pytest.approx(HIGH.seconds + LOW.seconds, abs=2 * FRAME_S)
        if law == "ulaw":
            assert np.concatenate([HIGH.pcm, LOW.pcm]).tobytes() in line.telephone.heard.tobytes()
        level = np.abs(line.telephone.heard).max() / np.abs(HIGH.pcm).max()
        assert level == pytest.approx(1, abs=0.05)

    on_line(script, Habits(law=law))


def test_play_works_again_and_again():
    async def script(line: Line) -> None:
        for _ in range(20):
            assert await line.call.play(LOW) is None
        assert line.telephone.heard.tobytes().count(LOW.pcm.tobytes()) == 20

    on_line(script)


def test_playing_nothing_is_over_at_once():
    async def script(line: Line) -> None:
        assert await line.call.play() is None

    on_line(script)


@pytest.mark.parametrize("way", DigitSource)
def test_a_wanted_digit_cuts_a_clip_short(way: DigitSource):
    async def script(line: Line) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(line.telephone.press("3", way))
            assert await line.call.play(*[HIGH] * 20, until="123") == "3"
            cut_at = len(line.telephone.heard)
        assert cut_at < 0.2 * RATE_HZ
        await asyncio.sleep(1)
        assert not line.telephone.heard[cut_at + 320 :].any()

    on_line(script)


def test_an_unwanted_digit_does_not_and_is_kept():
    async def script(line: Line) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(line.telephone.press("9", EVENT))
            assert await line.call.play(HIGH, until="123") is None
        assert line.heard(HIGH)
        assert await line.call.digit(0) == "9"

    on_line(script)


def test_a_digit_pressed_before_cuts_the_clip_at_once():
    async def script(line: Line) -> None:
        await line.telephone.press("1", EVENT)
        assert await line.call.play(HIGH, until="1") == "1"
        await asyncio.sleep(1)
        assert not line.telephone.heard.any()

    on_line(script)


def test_a_cancelled_play_falls_silent():
    async def script(line: Line) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await line.call.play(HIGH, HIGH)
        cut_at = len(line.telephone.heard)
        await line.call.play(LOW)
        assert line.telephone.heard[cut_at:].tobytes().count(LOW.pcm.tobytes()) == 1
        assert len(np.flatnonzero(line.telephone.heard[cut_at:])) <= len(LOW.pcm)

    on_line(script)


def test_a_clip_without_samples_is_refused_and_nothing_stays_in_the_queue():
    async def script(line: Line) -> None:
        with pytest.raises(ValueError, match="empty"):
            await line.call.play(HIGH, Clip("empty", b""))
        await asyncio.sleep(1)
        assert not line.telephone.heard.any()
        await line.call.play(LOW)

    on_line(script)


def test_sound_before_an_answer_is_a_mistake_that_says_so():
    async def main() -> None:
        line = Line()
        for awaited in ("play", "join", "run"):
            with pytest.raises(RuntimeError, match="early_media"):
                await AWAITS[awaited](line.call)
        await line.call.reject(500)
        await line.call.wait_ended()

    run_virtually(main())


def test_a_processor_has_the_line_within_its_scope_and_the_clips_after_it():
    async def script(line: Line) -> None:
        speech = to_pcm(tone(700, 0.4, -10))
        async with line.call.run(Echo()):
            line.telephone.say(speech)
            heard = await line.telephone.listen(1)
            assert np.abs(heard).max() > 0.5 * np.abs(speech).max()
        await line.call.play(LOW)
        assert line.heard(LOW)
        line.telephone.say(speech)
        assert not (await line.telephone.listen(1))[640:].any()

    on_line(script)


def test_a_running_processor_tells_what_happened():
    async def script(line: Line) -> None:
        speech = Speech()
        async with line.call.run(speech) as running:
            speech.play(LOW)
            assert await running.ready() == Ready.DONE
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(line.telephone.press("4", INBAND))
                assert await running.ready() == Ready.DIGIT
            assert await line.call.digit(0) == "4"
        speech.close()

    on_line(script)


def test_tones_are_heard_while_a_processor_has_the_line():
    async def script(line: Line) -> None:
        async with line.call.run(Echo()):
            await line.telephone.press("0123456789*#", INBAND)
        assert [await line.call.digit(0) for _ in range(13)] == [*"0123456789*#", None]

    on_line(script)


@pytest.mark.parametrize("held_s", [0.08, 0.12, 0.3, 2.0])
def test_a_key_held_while_processors_change_is_one_press(held_s: float):
    async def script(line: Line) -> None:
        for _ in range(3):
            async with line.call.run(Echo()):
                await asyncio.sleep(2 * TAKEOVER_S)
                line.telephone.say(to_pcm(dtmf("5", on_s=held_s, off_s=0.1)))
                assert await line.call.digit(1) == "5"
            await line.call.play(LOW)
            assert await line.call.digit(held_s) is None

    on_line(script)


def test_a_processor_that_hears_no_digits_is_none_the_worse():
    class DeafProcessor:
        """An echo whose ears nobody asks."""

        def __init__(self) -> None:
            self._echo = Echo()
            self.ops, self.share, self.close = self._echo.ops, self._echo.share, self._echo.close

    async def script(line: Line) -> None:
        async with line.call.run(DeafProcessor()) as running:
            await line.telephone.press("4", INBAND)
            assert await running.ready() == Ready.DIGIT
        await line.telephone.press("5", INBAND)
        assert [await line.call.digit(0) for _ in range(2)] == ["5", None]

    on_line(script)


def test_a_broadcast_is_heard_within_its_scope_ahead_by_the_lead():
    async def script(line: Line) -> None:
        await asyncio.sleep(1)
        programme = SimulatedProgramme()
        async with line.call.join(programme):  # type: ignore[arg-type]
            began = len(line.telephone.frames)
            await asyncio.sleep(1)
            at_s, pcm = line.telephone.frames[began + 1]
            first = round(at_s * RATE_HZ) + 40
            assert pcm.tobytes() == Clip("", programme.read(first, 160, a_law=False)).pcm.tobytes()
        await line.call.play(LOW)
        assert line.heard(LOW)

    on_line(script)


@pytest.mark.parametrize("first", ["play", "join", "run"])
@pytest.mark.parametrize("second", ["play", "join", "run"])
def test_only_one_has_the_line(first: str, second: str):
    takes: dict[str, Callable[[Call], Awaitable[object]]] = {
        "play": lambda call: call.play(*[HIGH] * 10),
        "join": lambda call: stay(call.join(SimulatedProgramme())),  # type: ignore[arg-type]
        "run": lambda call: stay(call.run(Echo())),
    }

    async def script(line: Line) -> None:
        holder = asyncio.ensure_future(takes[first](line.call))
        await asyncio.sleep(0.1)
        with pytest.raises(MediaBusy, match=first):
            await takes[second](line.call)
        await holder
        await takes[second](line.call)

    on_line(script)


async def stay(scope: object) -> None:
    async with scope:  # type: ignore[attr-defined]
        await asyncio.sleep(1)


def test_hold_is_silence_and_time_goes_on():
    async def script(line: Line) -> None:
        await line.call.wait_answered()
        assert await line.telephone.hold() == 200
        assert len(await line.telephone.listen(5)) == 0
        async with asyncio.timeout(1):
            await line.call.play(LOW)
        assert await line.telephone.resume() == 200
        await line.call.play(HIGH)
        assert line.heard(HIGH)
        assert not line.heard(LOW)

    on_line(script)


def test_the_law_may_change_in_a_clip():
    async def script(line: Line) -> None:
        await line.call.wait_answered()
        async with asyncio.TaskGroup() as tasks:
            playing = tasks.create_task(line.call.play(HIGH, HIGH, HIGH))
            await asyncio.sleep(0.7)
            assert await line.telephone.change_law() == 200
            await playing
        loudest = max(np.abs(pcm).max() for _, pcm in line.telephone.frames)
        assert loudest == pytest.approx(np.abs(HIGH.pcm).max(), rel=0.05)
        report = line.call.rtp()
        assert report is not None
        assert report.law == "PCMA"

    on_line(script)
