"""What every service does for every telephone, on every kind of leg; the same suite keeps the simulated leg honest."""

import asyncio
from collections.abc import Awaitable, Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from support.call_progress import sent, tone_of
from support.far_end import Exchange, Habits, LegKind, Offer, Sends, Telephone
from support.served import Served
from support.toy_service import NoConfig, toy

from audio.clip import Clip
from audio.g711 import Law
from audio.hearing.heard import Heard, HeardKind
from audio.levels import RATE_HZ, to_pcm
from audio.tones import tone
from exchange.sip.call import Call
from exchange.sip.leg import DigitSource, RtpReport
from services.spec import ServiceSpec

pytestmark = pytest.mark.native

EVENT, INFO, INBAND = DigitSource.EVENT, DigitSource.INFO, DigitSource.INBAND
LOUD = 300
"""Peak of 16-bit samples above which something is heard: some 20 dB below speech."""
ANSWER_S = 5.0
SOUND_S = 12.0
"""Longest silence of a service that was just called: the clock may rest between two announcements."""
OVER_S = 3.0


def offered(spec: ServiceSpec) -> Offer:
    return Offer([(spec, spec.config())])


async def answered(
    exchange: Exchange, number: str, *, caller: str = "1001", habits: Habits | None = None
) -> Telephone:
    telephone = await exchange.dial(number, caller=caller, habits=habits)
    assert await telephone.until_answered(ANSWER_S) == 200
    return telephone


async def until_sound(telephone: Telephone) -> NDArray[np.int16]:
    """Listen until something is heard."""
    async with asyncio.timeout(SOUND_S):
        while True:
            heard = await telephone.listen(0.1)
            if heard.size and np.abs(heard.astype(int)).max() > LOUD:
                return heard


async def until_calls(exchange: Exchange, most: int) -> None:
    """Wait until our side counts no more calls than that, each twice: in the runner, and for the caps."""
    async with asyncio.timeout(OVER_S):
        while exchange.calls() > 2 * most:  # noqa: ASYNC110 - the real ones are counted on another thread
            await asyncio.sleep(0.01)


async def until_free(exchange: Exchange) -> None:
    """Wait until our side counts no call any more."""
    await until_calls(exchange, 0)


async def good_call(exchange: Exchange, service: Served, habits: Habits | None = None) -> None:
    """Call, hear something, hang up."""
    telephone = await answered(exchange, service.number, habits=habits)
    await until_sound(telephone)
    await telephone.hang_up()
    await until_free(exchange)


# -- a call as it should be --


@pytest.mark.parametrize(
    ("law", "offers", "language"),
    [("ulaw", True, "ja"), ("alaw", True, "en"), ("ulaw", False, "en"), ("alaw", False, "ja")],
)
def test_answers_and_is_heard(leg_kind: LegKind, service: Served, law: Law, offers: bool, language: str):
    async def script(exchange: Exchange) -> None:
        await good_call(exchange, service, Habits(law=law, offers=offers))

    leg_kind.run(script, service.offer(language=language))


def test_serves_several_at_once(leg_kind: LegKind, service: Served):
    async def script(exchange: Exchange) -> None:
        telephones = [await answered(exchange, service.number, caller=f"100{i}") for i in range(5)]
        await asyncio.gather(*(until_sound(telephone) for telephone in telephones))
        for telephone in telephones:
            await telephone.hang_up()
        await until_free(exchange)

    leg_kind.run(script, service.offer())


def test_hangs_up_when_all_is_said_or_at_its_limit(leg_kind: LegKind, service: Served):
    limit_s = leg_kind.long_s / 10

    async def script(exchange: Exchange) -> None:
        telephone = await answered(exchange, service.number)
        await telephone.until_over(limit_s + SOUND_S)
        await until_free(exchange)

    # shorter than the configuration allows a person to set it
    leg_kind.run(script, service.offer(config=service.spec.config.model_construct(limit_s=limit_s)))


def test_an_unknown_number_is_404(leg_kind: LegKind, service: Served):
    async def script(exchange: Exchange) -> None:
        assert await (await exchange.dial("404404")).until_answered(ANSWER_S) == 404
        assert exchange.calls() == 0

    leg_kind.run(script, service.offer())


@pytest.mark.parametrize("way", DigitSource)
def test_any_key_by_any_way_leaves_the_call_up(leg_kind: LegKind, service: Served, way: DigitSource):
    async def script(exchange: Exchange) -> None:
        telephone = await answered(exchange, service.number)
        await telephone.press("0123456789*#", way)
        await until_sound(telephone)
        await telephone.hang_up()
        await until_free(exchange)

    leg_kind.run(script, service.offer())


def test_a_service_is_told_who_calls_and_what_was_dialled(leg_kind: LegKind):
    told: list[tuple[str, str]] = []

    async def handler(call: Call) -> None:
        told.append((call.caller.number, call.dialled))
        await call.answer()

    async def script(exchange: Exchange) -> None:
        telephone = await exchange.dial("199", caller="39001")
        await telephone.until_over(OVER_S)

    leg_kind.run(script, offered(toy(handler)))
    assert told == [("39001", "199")]


@pytest.mark.parametrize(
    "ways", [[EVENT], [INFO], [INBAND], [EVENT, INFO], [EVENT, INBAND], [EVENT, INBAND, INFO]], ids="+".join
)
def test_every_key_is_one_digit_by_whichever_ways_it_comes(leg_kind: LegKind, ways: list[DigitSource]):
    keys = "0123456789*#55AD"
    pressed: list[str | None] = []

    async def handler(call: Call) -> None:
        await call.answer()
        while (digit := await call.digit(2)) is not None:
            pressed.append(digit)

    async def script(exchange: Exchange) -> None:
        telephone = await exchange.dial("199")
        await telephone.until_answered(ANSWER_S)
        for key in keys:
            await asyncio.gather(*(telephone.press(key, way) for way in ways))
        await telephone.until_over(2 + OVER_S)

    leg_kind.run(script, offered(toy(handler)))
    assert pressed == list(keys)


def test_a_tone_is_heard_while_the_service_speaks_and_stops_it(leg_kind: LegKind):
    """Busy, as Japan's exchanges send it, into a clip of ten seconds."""
    heard: list[Heard] = []
    said_s: list[float] = []
    speech = Clip.from_pcm("speech", to_pcm(tone(1200, 10, -16)))

    async def handler(call: Call) -> None:
        await call.answer()
        loop = asyncio.get_running_loop()
        async with call.listen() as listening:
            began_s = loop.time()
            playing = asyncio.create_task(call.play(speech))
            while not heard or heard[-1].kind is HeardKind.BURST:
                heard.append(await anext(listening))
            playing.cancel()
            await asyncio.gather(playing, return_exceptions=True)
            said_s.append(loop.time() - began_s)
            await call.digit(0.5)

    async def script(exchange: Exchange) -> None:
        telephone = await exchange.dial("199")
        await telephone.until_answered(ANSWER_S)
        telephone.say(to_pcm(sent(tone_of("jp", "busy"), 4) * 0.1))
        await telephone.until_over(10)
        after = telephone.heard[-800:]
        assert np.abs(after.astype(int)).max() < LOUD, "it went on speaking"

    leg_kind.run(script, offered(toy(handler)))
    assert heard[-1].kind is HeardKind.BUSY
    assert said_s[0] < 4


@pytest.mark.parametrize("far_end_leaves", [True, False])
def test_the_last_rtp_report_outlives_the_call(leg_kind: LegKind, far_end_leaves: bool):
    reports: list[RtpReport | None] = []

    async def handler(call: Call) -> None:
        await call.answer()
        await call.digit(0.3)
        await asyncio.sleep(0.3)
        if not far_end_leaves:
            await call.hangup()
        await call.wait_ended()
        reports.append(call.rtp())

    async def script(exchange: Exchange) -> None:
        telephone = await exchange.dial("199")
        await telephone.press("5", DigitSource.EVENT)
        await telephone.listen(0.5)
        if far_end_leaves:
            await telephone.hang_up()
        await telephone.until_over(OVER_S)
        await until_free(exchange)

    leg_kind.run(script, offered(toy(handler)))
    (report,) = reports
    assert report is not None
    assert report.law == "PCMU"
    assert report.sent >= 5
    assert report.received >= 5


# -- the far end leaves --


def test_a_far_end_that_hangs_up_is_let_go(leg_kind: LegKind, service: Served):
    async def script(exchange: Exchange) -> None:
        telephone = await answered(exchange, service.number)
        await until_sound(telephone)
        await telephone.hang_up()
        await until_free(exchange)
        heard = await telephone.listen(0.5)
        assert heard.size <= 800, "RTP went on after the BYE"

    leg_kind.run(script, service.offer())


def test_an_early_bye_around_the_answer_leaves_nothing(leg_kind: LegKind, service: Served):
    async def script(exchange: Exchange) -> None:
        for after_ms in range(0, 42, 2):
            telephone = await exchange.dial(service.number)
            await asyncio.sleep(after_ms / 1000)
            await telephone.hang_up()
            assert await telephone.until_answered(ANSWER_S) in {200, 487}
        await until_free(exchange)
        await good_call(exchange, service)

    leg_kind.run(script, service.offer())


def test_a_cancel_before_the_answer_is_487(leg_kind: LegKind):
    ended: list[int] = []

    async def slow(call: Call) -> None:
        ended.append((await call.wait_ended()).status)

    async def script(exchange: Exchange) -> None:
        telephone = await exchange.dial("199")
        await asyncio.sleep(0.2)
        await telephone.hang_up()
        assert await telephone.until_answered(ANSWER_S) == 487
        await until_free(exchange)

    leg_kind.run(script, offered(toy(slow)))
    assert ended == [487]


def test_a_far_end_that_never_acknowledges_is_let_go_in_the_end(
    leg_kind: LegKind, service: Served, scale: str
):
    if leg_kind.long_s < 30 and scale == "quick":
        pytest.skip("64 T1 are 32 s of real time: make prove takes them")

    async def script(exchange: Exchange) -> None:
        telephone = await exchange.dial(service.lasting, habits=Habits(acknowledges=False))
        await telephone.until_over(40)
        await until_free(exchange)

    leg_kind.run(script, service.offer())


# -- silence, no RTP, re-INVITE --


@pytest.mark.parametrize("sends", Sends)
def test_who_says_nothing_is_sent_to_without_a_gap(leg_kind: LegKind, service: Served, sends: Sends):
    async def script(exchange: Exchange) -> None:
        telephone = await answered(exchange, service.lasting, habits=Habits(sends=sends))
        await until_sound(telephone)
        heard = await telephone.listen(leg_kind.long_s)
        assert heard.size > 0.7 * leg_kind.long_s * RATE_HZ
        assert exchange.calls() > 0
        assert telephone.longest_gap_s < leg_kind.gap_s
        await telephone.hang_up()
        await until_free(exchange)

    leg_kind.run(script, service.offer())


def test_hold_is_silent_and_resume_is_heard_again(leg_kind: LegKind, service: Served):
    async def script(exchange: Exchange) -> None:
        telephone = await answered(exchange, service.number)
        await until_sound(telephone)
        assert await telephone.hold() == 200
        await telephone.listen(0.1)
        assert (await telephone.listen(0.5)).size == 0
        assert await telephone.resume() == 200
        await until_sound(telephone)
        await telephone.hang_up()
        await until_free(exchange)

    leg_kind.run(script, service.offer())


def test_a_bye_on_hold_ends_the_call(leg_kind: LegKind, service: Served):
    async def script(exchange: Exchange) -> None:
        telephone = await answered(exchange, service.number)
        assert await telephone.hold() == 200
        await telephone.hang_up()
        await until_free(exchange)

    leg_kind.run(script, service.offer())


def test_the_law_may_change_in_the_call(leg_kind: LegKind, service: Served):
    async def script(exchange: Exchange) -> None:
        telephone = await answered(exchange, service.number)
        await until_sound(telephone)
        for _ in range(2):
            assert await telephone.change_law() == 200
            await until_sound(telephone)
        await telephone.hang_up()
        await until_free(exchange)

    leg_kind.run(script, service.offer())


# -- caps --


def test_one_over_the_cap_is_486_and_disturbs_nobody(leg_kind: LegKind, service: Served):
    async def script(exchange: Exchange) -> None:
        first, second = [await answered(exchange, service.number) for _ in range(2)]
        await asyncio.gather(until_sound(first), until_sound(second))
        third = await exchange.dial(service.number)
        assert await third.until_answered(ANSWER_S) == 486
        assert not third.provisional
        await first.listen(1)
        assert max(first.longest_gap_s, second.longest_gap_s) < leg_kind.gap_s
        await first.hang_up()
        await until_calls(exchange, 1)
        fourth = await answered(exchange, service.number)
        for telephone in (second, fourth):
            await telephone.hang_up()
        await until_free(exchange)

    leg_kind.run(script, service.offer(most_calls=2))


# -- what fails on our side --


async def fails_before(call: Call) -> None:
    raise ZeroDivisionError("a bug before the answer")


async def fails_early(call: Call) -> None:
    await call.early_media()
    raise ZeroDivisionError("a bug in early media")


async def fails_after(call: Call) -> None:
    await call.answer()
    await asyncio.sleep(0.2)
    raise ZeroDivisionError("a bug after the answer")


@pytest.mark.parametrize(("handler", "status"), [(fails_before, 500), (fails_early, 500), (fails_after, 200)])
def test_a_bug_costs_one_call(
    leg_kind: LegKind, service: Served, handler: Callable[[Call], Awaitable[None]], status: int
):
    async def script(exchange: Exchange) -> None:
        well = await answered(exchange, service.number)
        await until_sound(well)
        telephone = await exchange.dial("199")
        assert await telephone.until_answered(ANSWER_S) == status
        await telephone.until_over(OVER_S)
        await until_sound(well)
        await well.hang_up()
        await until_free(exchange)
        await good_call(exchange, service)

    leg_kind.run(script, service.offer((toy(handler), NoConfig())))


def test_a_shutdown_ends_every_call_with_a_bye(leg_kind: LegKind, service: Served):
    async def script(exchange: Exchange) -> None:
        telephones = [await answered(exchange, service.number) for _ in range(3)]
        await until_sound(telephones[0])
        await exchange.shut_down()
        for telephone in telephones:
            await telephone.until_over(OVER_S)
        assert exchange.calls() == 0

    leg_kind.run(script, service.offer())


def test_a_shutdown_refuses_who_was_not_answered_yet(leg_kind: LegKind):
    async def slow(call: Call) -> None:
        await call.wait_ended()

    async def script(exchange: Exchange) -> None:
        telephone = await exchange.dial("199")
        await asyncio.sleep(0.2)
        await exchange.shut_down()
        assert await telephone.until_answered(ANSWER_S) == 503

    leg_kind.run(script, offered(toy(slow)))
