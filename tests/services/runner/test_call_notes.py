"""What is noted of a call: that it began, and how it ended, whichever way it went and ended."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs
from support.call_line import Line
from support.far_end import Offer
from support.memory_exchange import MemoryExchange, MemoryKind
from support.toy_service import NoConfig, toy
from support.virtual_time import run_virtually

from exchange.network.numbers import NumberError
from exchange.sip.call import Call
from exchange.sip.dialler import NotReached
from exchange.sip.leg import End, EndedBy
from services.call_notes import NotedDialler
from services.spec import Handler
from store.call_records import CallRecord

pytestmark = pytest.mark.native

Script = Callable[[MemoryExchange], Awaitable[None]]


def noted(handler: Handler, script: Script) -> tuple[CallRecord, CallRecord]:
    """What was noted of the one call, at its beginning and at its end."""
    kept: list[list[CallRecord]] = []

    async def remembering(exchange: MemoryExchange) -> None:
        kept.append(exchange.notes)
        await script(exchange)

    with capture_logs():
        MemoryKind().run(remembering, Offer([(toy(handler), NoConfig())]))  # type: ignore[arg-type]
    begun, over = kept[0]
    assert begun.id == over.id
    return begun, over


async def answer_and_wait(call: Call) -> None:
    await call.answer()
    await call.digit(1e9)


def test_a_call_is_noted_when_it_begins_and_when_it_has_ended():
    async def script(exchange: MemoryExchange) -> None:
        telephone = await exchange.dial("199", caller="1234")
        await telephone.until_answered(1)
        await asyncio.sleep(0.1)
        (begun,) = exchange.notes
        assert begun.ended_utc is None
        await telephone.listen(10)
        await telephone.hang_up()
        await asyncio.sleep(1)

    before_utc = datetime.now(UTC)
    begun, over = noted(answer_and_wait, script)
    after_utc = datetime.now(UTC)
    assert (begun.direction, begun.service, begun.dialled, begun.caller) == ("in", "toy", "199", "1234")
    assert (begun.peer, begun.extension, begun.call_id) == ("", "", "call-1")
    assert before_utc <= begun.began_utc <= over.ended_utc <= after_utc
    assert over.answered_utc is not None
    assert over.ended_utc - over.answered_utc == pytest.approx(
        timedelta(seconds=10.1), abs=timedelta(seconds=0.1)
    )
    assert (over.ended_by, over.sip_status) == ("far end", 0)
    assert over.rtp_received is not None
    assert over.rtp_sent is not None
    assert over.rtp_received > 450
    assert over.rtp_sent > 450
    assert (over.rtp_law, over.rtp_ptime_ms) == ("PCMU", 20)


def test_a_call_that_was_refused_was_never_answered_and_had_no_sound():
    async def handler(call: Call) -> None:
        await call.reject(486)

    async def script(exchange: MemoryExchange) -> None:
        telephone = await exchange.dial("199")
        assert await telephone.until_answered(1) == 486

    _, over = noted(handler, script)
    assert (over.ended_by, over.sip_status, over.answered_utc) == ("us", 486, None)
    assert (over.rtp_received, over.rtp_law) == (None, None)


def test_a_call_that_the_programs_end_cuts_off_is_noted_as_ended():
    async def script(exchange: MemoryExchange) -> None:
        telephone = await exchange.dial("199")
        await telephone.until_answered(1)
        await exchange.shut_down()

    _, over = noted(answer_and_wait, script)
    assert over.ended_by == "us"


class ToyDialler:
    """Reaches a telephone in memory, or fails as it is told."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.dialled: list[str] = []

    @asynccontextmanager
    async def ring(self, number: str, **_: object) -> AsyncIterator[Call]:
        self.dialled.append(number)
        if self.failure is not None:
            raise self.failure
        line = Line()
        await line.call.answer()
        try:
            yield line.call
        finally:
            await line.call.hangup()
            await line.call.wait_ended()


def rung(dialler: ToyDialler, number: str = "1001", within: Exception | None = None) -> list[CallRecord]:
    notes: list[CallRecord] = []

    class Kept:
        save = notes.append

    async def main() -> None:
        async with NotedDialler(dialler, "wakeup", Kept()).ring(number, extension="night", timeout_s=30):
            await asyncio.sleep(5)
            if within is not None:
                raise within

    raised = dialler.failure or within
    if raised is None:
        run_virtually(main())
    else:
        with pytest.raises(type(raised)):
            run_virtually(main())
    return notes


@pytest.mark.parametrize("within", [None, ZeroDivisionError()])
def test_a_call_that_we_place_is_noted_too(within: Exception | None):
    begun, over = rung(ToyDialler(), within=within)
    assert (begun.direction, begun.service, begun.dialled) == ("out", "wakeup", "1001")
    assert (begun.caller, begun.extension, begun.call_id) == ("night", "night", "")
    assert (over.id, over.call_id, over.ended_by) == (begun.id, "c1", "us")
    assert over.answered_utc is not None
    assert over.ended_utc is not None
    assert over.ended_utc - over.answered_utc == pytest.approx(
        timedelta(seconds=5), abs=timedelta(seconds=0.1)
    )


def test_a_number_that_nobody_answers_is_noted_with_its_end():
    _, over = rung(ToyDialler(NotReached("1001", End(EndedBy.FAR_END, 486, "Busy Here"))))
    assert (over.ended_by, over.sip_status, over.reason, over.answered_utc) == (
        "far end",
        486,
        "Busy Here",
        None,
    )


def test_an_attempt_that_failed_otherwise_is_closed_all_the_same():
    begun, over = rung(ToyDialler(OSError()))
    assert begun.ended_utc is None
    assert (over.ended_by, over.reason) == ("us", "given up")


def test_what_is_no_number_is_not_dialled_and_not_noted():
    dialler = ToyDialler(NumberError("no number"))
    assert rung(dialler, "call me") == []
    assert dialler.dialled == []
