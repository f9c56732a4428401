"""A call as a service has it, on a leg in memory with the real processors."""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import numpy as np
import pytest
from support.far_end import Habits, Sends
from support.memory_leg import FRAME_S, NO_ACK_S, RATE_HZ, SIP_DELAY_S, MemoryLeg
from support.simulated_telephone import SimulatedTelephone
from support.virtual_time import run_virtually

from audio.clip import Clip
from audio.g711 import Law
from audio.levels import to_pcm
from audio.spandsp.echo import Echo
from audio.spandsp.speech import Speech
from audio.tones import dtmf, tone
from exchange.sip.call import DIGITS_KEPT, Call, CallEnded, MediaBusy
from exchange.sip.caller import Caller
from exchange.sip.digits import TAKEOVER_S
from exchange.sip.leg import DigitSource, End, EndedBy, Ready

pytestmark = pytest.mark.native

EVENT, INFO, INBAND = DigitSource.EVENT, DigitSource.INFO, DigitSource.INBAND
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


# -- the state of a call --


def test_answer_is_a_200_and_sound_from_its_first_frame():
    async def script(line: Line) -> None:
        assert await line.telephone.until_answered(1) == 200
        await line.call.wait_answered()
        await asyncio.sleep(1)
        assert len(line.telephone.frames) == pytest.approx(1 / FRAME_S, abs=2)

    on_line(script)


def test_an_invite_without_offer_has_sound_from_its_ack_on():
    async def main() -> None:
        line = Line(Habits(offers=False))
        await line.call.answer()
        assert line.telephone.status == 200
        await line.call.play(LOW)
        assert line.heard(LOW)
        await line.call.hangup()
        await line.call.wait_ended()

    run_virtually(main())


def test_an_answer_without_offer_whose_caller_leaves_ends():
    async def main() -> None:
        line = Line(Habits(offers=False, acknowledges=False))
        with pytest.raises(CallEnded):
            await line.call.answer()
        assert (await line.call.wait_ended()).by is EndedBy.NETWORK
        assert line.call.rtp() is None

    run_virtually(main())


def test_answering_twice_is_answering_once():
    async def script(line: Line) -> None:
        await line.call.answer()
        assert line.leg.commands == ["answer", "attach"]

    on_line(script)


def test_early_media_plays_before_the_answer_and_goes_on_after_it():
    async def main() -> None:
        line = Line()
        await line.call.early_media()
        await line.call.play(LOW)
        assert line.telephone.status == 0
        assert line.telephone.provisional == [183]
        assert line.heard(LOW)
        await line.call.answer()
        await line.call.play(HIGH)
        assert line.heard(HIGH)
        times_s = [at_s for at_s, _ in line.telephone.frames]
        assert np.allclose(np.diff(times_s), FRAME_S)
        await line.call.hangup()
        await line.call.wait_ended()

    run_virtually(main())


def test_tones_are_heard_from_early_media_on():
    async def main() -> None:
        line = Line()
        await line.call.early_media()
        await line.telephone.press("7", INBAND)
        assert await line.call.digit(0) == "7"
        await line.call.hangup()
        await line.call.wait_ended()

    run_virtually(main())


def test_a_call_says_who_called_what_and_how_it_came():
    async def script(line: Line) -> None:
        call = line.call
        assert (call.call_id, call.dialled, call.direction) == ("c1", "186", "in")
        assert call.caller == Caller("1001")
        assert call.end is None

    on_line(script)


def test_the_end_of_a_call_can_be_read():
    assert str(CallEnded(End(EndedBy.NETWORK, 408, "no ACK"))) == "call ended by network: 408 no ACK"
    assert str(CallEnded(End(EndedBy.FAR_END))) == "call ended by far end: 0"


@pytest.mark.parametrize("status", [404, 486, 503, 603])
def test_reject_is_the_final_status(status: int):
    async def main() -> None:
        line = Line()
        await line.call.reject(status, "no")
        assert await line.call.wait_ended() == End(EndedBy.US, status, "no")
        assert line.telephone.status == status
        assert line.call.seconds == 0
        assert line.call.rtp() is None

    run_virtually(main())


@pytest.mark.parametrize(
    ("before", "status", "end"), [(False, 500, End(EndedBy.US, 500)), (True, 200, End(EndedBy.US, 0))]
)
def test_drop_refuses_before_the_answer_and_hangs_up_after_it(before: bool, status: int, end: End):
    async def main() -> None:
        line = Line()
        if before:
            await line.call.answer()
        await line.call.drop(500)
        assert await line.call.wait_ended() == end
        await line.call.drop(500)
        assert line.telephone.status == status

    run_virtually(main())


def test_hangup_is_a_bye_and_again_does_nothing():
    async def script(line: Line) -> None:
        await line.call.hangup("enough")
        await line.call.hangup("enough")
        assert await line.call.wait_ended() == End(EndedBy.US, 0, "enough")
        await line.call.hangup("enough")
        assert line.leg.commands.count("hangup") == 1
        await line.telephone.until_over(1)

    on_line(script)


def test_the_far_end_hangs_up():
    async def script(line: Line) -> None:
        await line.call.wait_answered()
        await line.telephone.hang_up()
        assert await line.call.wait_ended() == End(EndedBy.FAR_END)

    on_line(script)


def test_a_cancel_before_the_answer_ends_the_call():
    async def main() -> None:
        line = Line()
        await line.telephone.hang_up()
        assert (await line.call.wait_ended()).status == 487
        with pytest.raises(CallEnded):
            await line.call.answer()

    run_virtually(main())


@pytest.mark.parametrize("after_s", [0.0, 0.001, SIP_DELAY_S, 0.007, 2 * SIP_DELAY_S, 0.02, 0.04])
def test_a_hang_up_that_crosses_the_answer_leaves_nothing(after_s: float):
    async def main() -> None:
        line = Line()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(hang_up_after(line.telephone, after_s))
            with suppress(CallEnded):
                await line.call.answer()
                await line.call.play(HIGH)
        assert (await line.call.wait_ended()).by is EndedBy.FAR_END
        assert not line.leg.processor_held
        assert line.call._speech is None or line.call._speech._owned is None

    run_virtually(main())


def test_a_call_without_ack_ends_by_itself():
    async def script(line: Line) -> None:
        end = await line.call.wait_ended()
        assert end.by is EndedBy.NETWORK
        assert asyncio.get_running_loop().time() == pytest.approx(NO_ACK_S, abs=0.1)
        assert line.call.seconds == 0

    on_line(script, Habits(acknowledges=False))


def test_the_length_of_a_call_is_counted_from_its_ack_to_its_end():
    async def script(line: Line) -> None:
        await line.call.wait_answered()
        await asyncio.sleep(60)
        assert line.call.seconds == pytest.approx(60)
        await line.telephone.hang_up()
        await line.call.wait_ended()
        await asyncio.sleep(60)
        assert line.call.seconds == pytest.approx(60, abs=0.1)

    on_line(script)


def test_the_last_rtp_report_outlives_the_call():
    async def script(line: Line) -> None:
        await asyncio.sleep(2)
        await line.call.hangup()
        await line.call.wait_ended()
        report = line.call.rtp()
        assert report is not None
        assert (report.law, report.ptime_ms) == ("PCMA", 20)
        assert report.received == report.sent == pytest.approx(100, abs=2)

    on_line(script, Habits(law="alaw"))


def test_the_age_of_the_last_packet_grows_while_none_comes():
    async def script(line: Line) -> None:
        await asyncio.sleep(30)
        report = line.call.rtp()
        assert report is not None
        assert report.silent_s == pytest.approx(30, abs=0.1)
        assert report.received == 0
        assert report.sent == pytest.approx(30 / FRAME_S, abs=2)

    on_line(script, Habits(sends=Sends.NOTHING))


# -- every await after the end --

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
}


async def enter(scope: object) -> None:
    async with scope:  # type: ignore[attr-defined]
        pytest.fail("the scope of an ended call was entered")


async def hang_up_after(telephone: SimulatedTelephone, seconds: float) -> None:
    await asyncio.sleep(seconds)
    await telephone.hang_up()


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


# -- sound --


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


class SimulatedProgramme:
    """A broadcast whose every sample is its own number, in mu-law codes."""

    def read(self, first_sample: int, count: int, *, a_law: bool) -> bytes:
        assert not a_law
        return (np.arange(first_sample, first_sample + count) % 256).astype(np.uint8).tobytes()


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


# -- digits --


@pytest.mark.parametrize("way", DigitSource)
def test_digits_come_in_their_order(way: DigitSource):
    async def script(line: Line) -> None:
        await line.telephone.press("0123456789*#", way)
        heard = [await line.call.digit(1) for _ in range(12)]
        assert heard == list("0123456789*#")
        assert await line.call.digit(0) is None

    on_line(script)


def test_a_press_heard_by_all_three_ways_is_one_digit():
    async def script(line: Line) -> None:
        for _ in range(3):
            async with asyncio.TaskGroup() as tasks:
                for way in DigitSource:
                    tasks.create_task(line.telephone.press("8", way))
        digits = [await line.call.digit(1) for _ in range(3)]
        assert digits == ["8"] * 3
        assert await line.call.digit(1) is None

    on_line(script)


def test_no_digit_is_none_after_exactly_the_time_given():
    async def script(line: Line) -> None:
        began_s = asyncio.get_running_loop().time()
        assert await line.call.digit(5) is None
        assert asyncio.get_running_loop().time() - began_s == pytest.approx(5)

    on_line(script)


def test_digits_nobody_takes_are_kept_up_to_a_bound():
    async def script(line: Line) -> None:
        await line.telephone.press("1234567890" * 10, EVENT)
        heard = ""
        while (digit := await line.call.digit(0)) is not None:
            heard += digit
        assert heard == ("1234567890" * 10)[:DIGITS_KEPT]
        assert line.call.digits_lost == 100 - DIGITS_KEPT

    on_line(script)


def test_in_band_digits_are_heard_while_a_clip_plays():
    async def script(line: Line) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(line.telephone.press("159", INBAND))
            await line.call.play(HIGH, HIGH)
        assert [await line.call.digit(0) for _ in range(3)] == ["1", "5", "9"]

    on_line(script)


def test_digits_can_be_sent_to_the_far_end():
    async def script(line: Line) -> None:
        for digit in "147#":
            await line.call.press(digit)
            await asyncio.sleep(0.2)
        assert line.telephone.digits == "147#"
        for wrong in ("", "12", "x"):
            with pytest.raises(ValueError):
                await line.call.press(wrong)

    on_line(script)


# -- re-INVITE --


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


# -- nothing is left --


def test_a_thousand_calls_leave_no_call_task_or_processor():
    async def one(i: int) -> None:
        line = Line()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(hang_up_after(line.telephone, 0.013 * (i % 50)))
            with suppress(CallEnded):
                await line.call.answer()
                await line.call.play(LOW, until="1")
                async with line.call.run(Echo()):
                    await line.call.digit(60)
        await line.call.wait_ended()
        assert not line.leg.processor_held

    def alive() -> int:
        gc.collect()
        return sum(isinstance(each, Call | Speech | Echo) for each in gc.get_objects())

    async def main() -> None:
        before = alive()
        tasks_before = len(asyncio.all_tasks())
        for batch in range(10):
            await asyncio.gather(*(one(100 * batch + i) for i in range(100)))
        assert len(asyncio.all_tasks()) == tasks_before
        assert alive() <= before

    run_virtually(main())


def test_when_ended_tells_within_its_scope_only():
    async def script(line: Line) -> None:
        told: list[str] = []
        with line.call.when_ended(lambda: told.append("left before")):
            await asyncio.sleep(1)
        with line.call.when_ended(lambda: told.append("at the end")):
            await line.call.hangup()
            await line.call.wait_ended()
            await asyncio.sleep(0)
        with line.call.when_ended(lambda: told.append("after it")):
            await asyncio.sleep(0)
        assert told == ["at the end", "after it"]

    on_line(script)
