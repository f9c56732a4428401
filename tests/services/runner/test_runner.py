"""The runner: one task a call, and what becomes of it when the far end, the service or the program ends it."""

import asyncio
from asyncio import TaskGroup
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs
from support.far_end import Offer
from support.memory_exchange import MemoryExchange, MemoryKind
from support.memory_leg import SIP_DELAY_S, MemoryLeg
from support.toy_service import GRACE_S, NoConfig, toy

from audio.spandsp.echo import Echo
from exchange.sip.call import Call, CallEnded
from exchange.sip.caller import Caller, CallerTrust
from exchange.sip.leg import End, EndedBy
from services.opening import ServiceDied
from services.runner import GOODBYE_S
from services.spec import Context, Handler, ServiceSpec

pytestmark = pytest.mark.native

Opening = Callable[[Context, TaskGroup], Any]
Logs = list[dict[str, Any]]


def played(script: Callable[[MemoryExchange], Awaitable[None]], *specs: ServiceSpec) -> Logs:
    """Run a script against services; gives what was logged."""
    with capture_logs(processors=[merge_contextvars]) as logs:
        MemoryKind().run(script, Offer([(spec, NoConfig()) for spec in specs]))  # type: ignore[arg-type]
    return logs  # type: ignore[return-value]


def events(logs: Logs, event: str) -> Logs:
    return [entry for entry in logs if entry["event"] == event]


async def wait_for_ever(call: Call) -> None:
    await call.answer()
    await call.digit(1e9)


# -- what ends a call --


def test_a_handler_that_returns_hangs_up():
    async def handler(call: Call) -> None:
        await call.answer()
        await asyncio.sleep(2)

    async def script(exchange: MemoryExchange) -> None:
        telephone = await exchange.dial("199")
        assert await telephone.until_answered(1) == 200
        await telephone.until_over(3)

    ended = events(played(script, toy(handler)), "call_ended")
    assert [(entry["by"], entry["status"], entry["seconds"]) for entry in ended] == [("us", 0, 2.0)]


def test_a_handler_that_returns_without_an_answer_refuses():
    async def handler(call: Call) -> None:
        return

    async def script(exchange: MemoryExchange) -> None:
        telephone = await exchange.dial("199")
        assert await telephone.until_answered(1) >= 400

    played(script, toy(handler))


def test_a_handler_may_refuse_itself():
    async def handler(call: Call) -> None:
        await call.reject(480, "Not Now")

    async def script(exchange: MemoryExchange) -> None:
        assert await (await exchange.dial("199")).until_answered(1) == 480

    logs = played(script, toy(handler))
    assert [entry["status"] for entry in events(logs, "call_ended")] == [480]
    assert not events(logs, "handler_failed")


def test_a_far_end_that_hangs_up_ends_the_handler_at_once():
    async def script(exchange: MemoryExchange) -> None:
        telephone = await exchange.dial("199")
        await telephone.until_answered(1)
        await asyncio.sleep(5)
        await telephone.hang_up()
        await asyncio.sleep(3 * SIP_DELAY_S)
        assert exchange.calls() == 0

    logs = played(script, toy(wait_for_ever))
    assert [entry["by"] for entry in events(logs, "call_ended")] == ["far end"]
    assert not [entry for entry in logs if entry["log_level"] != "info"]


def test_a_call_that_ends_in_several_tasks_of_its_handler_is_no_failure():
    async def handler(call: Call) -> None:
        await call.answer()
        async with TaskGroup() as tasks:
            tasks.create_task(call.digit(100))
            async with call.run(Echo()) as running:
                await running.ready()

    async def script(exchange: MemoryExchange) -> None:
        telephone = await exchange.dial("199")
        await telephone.until_answered(1)
        await asyncio.sleep(1)
        await telephone.hang_up()

    assert not [entry for entry in played(script, toy(handler)) if entry["log_level"] != "info"]


def test_a_cancel_right_behind_the_invite_is_not_missed():
    handled: list[bool] = []

    async def handler(call: Call) -> None:
        handled.append(call.end is None)
        await call.answer()

    async def script(exchange: MemoryExchange) -> None:
        telephone = await exchange.dial("199")
        exchange.legs[0]._take_hang_up()
        assert await telephone.until_answered(1) == 487
        assert exchange.calls() == 0

    logs = played(script, toy(handler))
    assert handled == [False]
    assert [entry["status"] for entry in events(logs, "call_ended")] == [487]


# -- grace --


def test_after_the_end_a_handler_has_its_grace():
    saved: list[float] = []

    async def handler(call: Call) -> None:
        try:
            await wait_for_ever(call)
        finally:
            await asyncio.sleep(GRACE_S - 0.1)
            saved.append(asyncio.get_running_loop().time())

    async def script(exchange: MemoryExchange) -> None:
        telephone = await exchange.dial("199")
        await asyncio.sleep(1)
        await telephone.hang_up()
        await asyncio.sleep(GRACE_S)
        assert exchange.calls() == 0

    logs = played(script, toy(handler))
    assert len(saved) == 1
    assert not events(logs, "handler_overstayed")


@pytest.mark.parametrize("stubborn", [False, True])
def test_a_handler_that_overstays_is_cancelled(stubborn: bool):
    cancelled_s: list[float] = []

    async def handler(call: Call) -> None:
        await call.answer()
        await call.wait_ended()
        try:
            await asyncio.sleep(1e9)
        except asyncio.CancelledError:
            cancelled_s.append(asyncio.get_running_loop().time())
            if not stubborn:
                raise

    async def script(exchange: MemoryExchange) -> None:
        telephone = await exchange.dial("199")
        await asyncio.sleep(10)
        await telephone.hang_up()
        await asyncio.sleep(GRACE_S + 0.1)
        assert exchange.calls() == 0

    logs = played(script, toy(handler))
    assert cancelled_s == [pytest.approx(10 + GRACE_S, abs=0.1)]
    assert len(events(logs, "handler_overstayed")) == (0 if stubborn else 1)


# -- failures --


def test_a_failure_before_the_answer_is_500_and_told_in_the_log():
    async def handler(call: Call) -> None:
        raise ZeroDivisionError("wrong")

    async def script(exchange: MemoryExchange) -> None:
        assert await (await exchange.dial("199")).until_answered(1) == 500

    logs = played(script, toy(handler))
    failed = events(logs, "handler_failed")
    assert [(entry["service"], entry["call_id"]) for entry in failed] == [("toy", "call-1")]
    assert failed[0]["exc_info"]


def test_a_failure_in_early_media_is_500():
    async def handler(call: Call) -> None:
        await call.early_media()
        raise ZeroDivisionError("wrong")

    async def script(exchange: MemoryExchange) -> None:
        assert await (await exchange.dial("199")).until_answered(1) == 500

    assert events(played(script, toy(handler)), "handler_failed")


def test_a_failure_after_the_answer_is_a_bye():
    async def handler(call: Call) -> None:
        await call.answer()
        await asyncio.sleep(1)
        raise ZeroDivisionError("wrong")

    async def script(exchange: MemoryExchange) -> None:
        telephone = await exchange.dial("199")
        assert await telephone.until_answered(1) == 200
        await telephone.until_over(2)

    logs = played(script, toy(handler))
    assert events(logs, "handler_failed")
    assert [entry["by"] for entry in events(logs, "call_ended")] == ["us"]


def test_a_failure_after_the_end_is_told_in_the_log():
    async def handler(call: Call) -> None:
        try:
            await wait_for_ever(call)
        finally:
            raise ZeroDivisionError("wrong")

    async def script(exchange: MemoryExchange) -> None:
        telephone = await exchange.dial("199")
        await asyncio.sleep(1)
        await telephone.hang_up()

    assert len(events(played(script, toy(handler)), "handler_failed")) == 1


@pytest.mark.parametrize(
    "failure",
    [
        TimeoutError("mine"),
        asyncio.CancelledError(),
        CallEnded(End(EndedBy.US)),
        ExceptionGroup("", [ValueError()]),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_what_looks_like_our_own_doing_but_is_the_handlers_is_a_failure(failure: BaseException):
    async def handler(call: Call) -> None:
        await call.answer()
        raise failure

    async def script(exchange: MemoryExchange) -> None:
        telephone = await exchange.dial("199")
        await telephone.until_answered(1)
        await telephone.until_over(1)

    logs = played(script, toy(handler))
    assert len(events(logs, "handler_failed")) == 1
    assert not events(logs, "handler_overstayed")


def test_one_calls_failure_is_not_another_calls():
    async def handler(call: Call) -> None:
        await call.answer()
        if call.caller.number == "13":
            raise ZeroDivisionError("wrong")
        await call.digit(1e9)

    async def script(exchange: MemoryExchange) -> None:
        good = await exchange.dial("199", caller="1001")
        bad = await exchange.dial("199", caller="13")
        await bad.until_over(1)
        with pytest.raises(TimeoutError):
            await good.until_over(10)
        assert exchange.runner is not None
        assert exchange.runner.calls() == {"toy": 1}

    played(script, toy(handler))


def test_a_leg_that_fails_in_its_own_way_costs_its_call_only(monkeypatch: pytest.MonkeyPatch):
    async def handler(call: Call) -> None:
        if call.caller.number == "13":
            raise ZeroDivisionError("wrong")
        await wait_for_ever(call)

    async def broken(leg: MemoryLeg, status: int, reason: str) -> None:
        raise OSError("the refusal cannot be sent")

    async def script(exchange: MemoryExchange) -> None:
        monkeypatch.setattr(MemoryLeg, "reject", broken)
        good = await exchange.dial("199")
        bad = await exchange.dial("199", caller="13")
        await bad.until_over(1)
        with pytest.raises(TimeoutError):
            await good.until_over(10)

    logs = played(script, toy(handler))
    assert [entry["call_id"] for entry in events(logs, "call_failed")] == ["call-2"]
    assert len(events(logs, "call_ended")) == 2


# -- the log --


def test_every_line_of_a_call_bears_its_id_and_service():
    import structlog  # noqa: PLC0415 - the service's own logger

    async def handler(call: Call) -> None:
        await call.answer()
        structlog.get_logger().info("spoke")
        await asyncio.sleep(1)

    async def script(exchange: MemoryExchange) -> None:
        async with TaskGroup() as tasks:
            for _ in range(5):
                telephone = await exchange.dial("199")
                tasks.create_task(telephone.until_over(5))

    logs = played(script, toy(handler))
    for event in ("call_came", "spoke", "call_ended"):
        assert {entry["call_id"] for entry in events(logs, event)} == {f"call-{i}" for i in range(1, 6)}
        assert {entry["service"] for entry in events(logs, event)} == {"toy"}


def test_the_last_line_of_a_call_tells_who_ended_it_and_its_rtp():
    async def script(exchange: MemoryExchange) -> None:
        telephone = await exchange.dial("199", caller="1001")
        await asyncio.sleep(10)
        await telephone.hang_up()

    logs = played(script, toy(wait_for_ever))
    (came,), (ended,) = events(logs, "call_came"), events(logs, "call_ended")
    assert came["dialled"] == "199"
    assert came["caller"] == Caller("1001", trust=CallerTrust.OWN_EXCHANGE)  # masked by its type
    assert ended["seconds"] == pytest.approx(10, abs=0.1)
    assert ended["rtp"]["sent"] == pytest.approx(500, abs=3)
    assert ended["rtp"]["law"] == "PCMU"


# -- several services, and their own lives --


def test_calls_are_counted_by_service():
    async def script(exchange: MemoryExchange) -> None:
        assert exchange.runner is not None
        telephones = [await exchange.dial(number) for number in ("199", "187", "187")]
        await asyncio.sleep(1)
        assert exchange.runner.calls() == {"one": 1, "two": 2}
        await telephones[2].hang_up()
        await asyncio.sleep(1)
        assert exchange.runner.calls() == {"one": 1, "two": 1}

    played(script, toy(wait_for_ever, name="one"), toy(wait_for_ever, name="two", number="187"))


def living(
    opened: list[str], *, name: str, number: str = "199", task: Callable[[], Awaitable[None]] | None = None
) -> ServiceSpec:
    """A service with a life between its calls; notes when it is opened and closed."""

    @asynccontextmanager
    async def open_it(context: Context, tasks: TaskGroup) -> AsyncIterator[Handler]:
        opened.append(f"{name} opened")
        if task is not None:
            tasks.create_task(task())  # type: ignore[arg-type]
        try:
            yield wait_for_ever
        finally:
            opened.append(f"{name} closed")

    return ServiceSpec(name, number, NoConfig, "application", GRACE_S, open_it)


def test_services_are_opened_before_the_first_call_and_closed_after_the_last():
    opened: list[str] = []

    async def script(exchange: MemoryExchange) -> None:
        assert opened == ["one opened", "two opened"]
        telephone = await exchange.dial("199")
        await telephone.until_answered(1)
        await exchange.shut_down()
        assert sorted(opened[2:]) == ["one closed", "two closed"]

    played(script, living(opened, name="one"), living(opened, name="two", number="187"))


def test_a_services_task_ends_with_the_program():
    ended: list[str] = []

    async def task() -> None:
        try:
            await asyncio.sleep(1e9)
        finally:
            ended.append("task ended")

    async def script(exchange: MemoryExchange) -> None:
        await asyncio.sleep(100)
        assert not ended

    played(script, living([], name="one", task=task))
    assert ended == ["task ended"]


def test_a_service_whose_task_dies_ends_the_program_in_order():
    opened: list[str] = []

    async def die() -> None:
        await asyncio.sleep(5)
        raise ZeroDivisionError("wrong")

    async def script(exchange: MemoryExchange) -> None:
        telephone = await exchange.dial("187")
        assert await telephone.until_answered(1) == 200
        await telephone.until_over(6)

    specs = [living(opened, name="frail", task=die), living(opened, name="well", number="187")]
    with capture_logs(processors=[merge_contextvars]) as logs, pytest.raises(ServiceDied) as died:
        MemoryKind().run(script, Offer([(spec, NoConfig()) for spec in specs]))  # type: ignore[arg-type]
    assert died.value.service == "frail"
    assert sorted(opened) == ["frail closed", "frail opened", "well closed", "well opened"]
    (told,) = events(logs, "service_died")  # type: ignore[arg-type]
    assert (told["service"], told["log_level"]) == ("frail", "error")
    assert len(events(logs, "call_ended")) == 1  # type: ignore[arg-type]


def test_a_service_that_cannot_be_opened_ends_the_program_before_any_call():
    @asynccontextmanager
    async def broken(context: Context, tasks: TaskGroup) -> AsyncIterator[Handler]:
        raise ZeroDivisionError("wrong")
        yield

    async def script(exchange: MemoryExchange) -> None:
        pytest.fail("the program runs")

    spec = ServiceSpec("broken", "199", NoConfig, "application", GRACE_S, broken)
    with capture_logs(), pytest.raises(ServiceDied):
        MemoryKind().run(script, Offer([(spec, NoConfig())]))  # type: ignore[arg-type]


# -- the end of the program --


def test_at_the_end_handlers_are_cancelled_and_calls_get_a_bye():
    cancelled: list[str] = []

    async def handler(call: Call) -> None:
        try:
            await wait_for_ever(call)
        except asyncio.CancelledError:
            cancelled.append(call.call_id)
            raise

    async def script(exchange: MemoryExchange) -> None:
        telephones = [await exchange.dial("199") for _ in range(3)]
        await asyncio.sleep(1)
        began_s = asyncio.get_running_loop().time()
        await exchange.shut_down()
        assert asyncio.get_running_loop().time() - began_s < 0.1
        for telephone in telephones:
            await telephone.until_over(1)

    logs = played(script, toy(handler))
    assert cancelled == ["call-1", "call-2", "call-3"]
    assert [entry["by"] for entry in events(logs, "call_ended")] == ["us"] * 3
    assert not [entry for entry in logs if entry["log_level"] != "info"]


def test_a_cancelled_handler_may_use_its_grace_and_its_call():
    said: list[str] = []

    async def handler(call: Call) -> None:
        try:
            await wait_for_ever(call)
        finally:
            await call.digit(GRACE_S - 0.5)
            said.append("goodbye")

    async def script(exchange: MemoryExchange) -> None:
        telephone = await exchange.dial("199")
        await asyncio.sleep(1)
        await exchange.shut_down()
        await telephone.until_over(1)

    assert not events(played(script, toy(handler)), "call_left")
    assert said == ["goodbye"]


def test_a_handler_that_will_not_leave_loses_its_call_after_its_grace():
    over_s: list[float] = []

    async def handler(call: Call) -> None:
        try:
            await wait_for_ever(call)
        except asyncio.CancelledError:
            await call.wait_ended()
            over_s.append(asyncio.get_running_loop().time())
            await asyncio.sleep(1e9)

    async def script(exchange: MemoryExchange) -> None:
        await exchange.dial("199")
        await asyncio.sleep(1)
        await exchange.shut_down()
        assert asyncio.get_running_loop().time() < 1.1 + GRACE_S + GOODBYE_S

    logs = played(script, toy(handler))
    assert over_s == [pytest.approx(1 + GRACE_S, abs=0.1)]
    assert [entry["call_id"] for entry in events(logs, "call_left")] == ["call-1"]


def test_a_call_not_yet_answered_gets_503_at_the_end():
    async def handler(call: Call) -> None:
        await asyncio.sleep(1e9)

    async def script(exchange: MemoryExchange) -> None:
        telephone = await exchange.dial("199")
        await asyncio.sleep(1)
        await exchange.shut_down()
        assert await telephone.until_answered(1) == 503

    played(script, toy(handler))


def test_a_call_that_comes_while_the_program_ends_gets_503():
    async def handler(call: Call) -> None:
        try:
            await wait_for_ever(call)
        finally:
            await call.digit(2)

    async def script(exchange: MemoryExchange) -> None:
        await exchange.dial("199")
        await asyncio.sleep(1)
        async with TaskGroup() as tasks:
            tasks.create_task(exchange.shut_down())
            await asyncio.sleep(0.5)
            late = await exchange.dial("199")
            assert await late.until_answered(1) == 503

    logs = played(script, toy(handler))
    assert len(events(logs, "call_ended")) == 2


def test_a_call_taken_in_the_very_moment_of_the_end_is_refused_too():
    async def script(exchange: MemoryExchange) -> None:
        telephone = await exchange.dial("199")
        await exchange.shut_down()
        assert await telephone.until_answered(1) in {200, 503}
        await telephone.until_over(1)

    played(script, toy(wait_for_ever))


@pytest.mark.parametrize("failure", [ZeroDivisionError("wrong"), OSError("port taken")])
def test_a_failure_of_the_program_itself_is_raised_as_it_is_once_all_is_closed(failure: Exception):
    opened: list[str] = []

    async def script(exchange: MemoryExchange) -> None:
        await exchange.dial("199")
        await asyncio.sleep(1)
        exchange.fail_with = failure
        await exchange.shut_down()

    with pytest.raises(type(failure)):
        played(script, living(opened, name="one"))
    assert opened == ["one opened", "one closed"]
