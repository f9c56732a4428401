"""The state of a call as a service has it, on a leg in memory with the real processors."""

import asyncio
import gc
from contextlib import suppress

import numpy as np
import pytest
from support.call_line import HIGH, LOW, Line, hang_up_after, on_line
from support.far_end import Habits, Sends
from support.memory_leg import FRAME_S, NO_ACK_S, SIP_DELAY_S
from support.virtual_time import run_virtually

from audio.spandsp.echo import Echo
from audio.spandsp.speech import Speech
from exchange.sip.call import Call, CallEnded
from exchange.sip.caller import Caller
from exchange.sip.leg import DigitSource, End, EndedBy

pytestmark = pytest.mark.native

INBAND = DigitSource.INBAND


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
