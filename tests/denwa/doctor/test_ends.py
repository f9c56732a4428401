"""The doctor's own ends: registered for a while, both ends of a call in its hands, nothing left of either."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from support.doctor_samples import configuration_of
from support.program import free_port
from support.registrar_steps import Silence, Status
from support.simulated_exchange import ExchangeHabits, SimulatedExchange

from denwa import wiring
from denwa.config.load import Configuration, load
from denwa.doctor import ends
from denwa.doctor.ends import BothEnds, open_both_ends, open_caller
from denwa.doctor.pair import Astray, Pair, connected
from exchange.sip.call import CallEnded
from exchange.sip.dialler import NotReached
from exchange.sip.leg import DigitSource
from services.registry import installed

pytestmark = [
    pytest.mark.native,
    pytest.mark.timeout(20, func_only=True),
    pytest.mark.usefixtures("line_eventfd"),
]

HOST = "127.0.0.1"
NAME = "services"
NUMBERS = {"186": "echo", "7XXXX": "clock"}
T = TypeVar("T")


@pytest.fixture
def exchange() -> Iterator[SimulatedExchange]:
    with SimulatedExchange({"7000": "secret"}) as exchange:
        yield exchange


@pytest.fixture
def configuration(exchange: SimulatedExchange, tmp_path: Path) -> Configuration:
    port = free_port()
    file = tmp_path / "denwa.toml"
    file.write_text(configuration_of(port, exchange.address[1], NUMBERS))
    file.chmod(0o600)
    return load(file, installed())


def registered(configuration: Configuration, script: Callable[[BothEnds], Awaitable[T]]) -> T:
    """Run a script with the extension registered."""

    async def main() -> T:
        async with open_both_ends(configuration, [NAME]) as both:
            assert await both.registered(NAME) is None
            return await script(both)

    return asyncio.run(main())


def test_the_extension_is_registered_as_serve_would_and_only_meanwhile(
    exchange: SimulatedExchange, configuration: Configuration
):
    async def look(_: BothEnds) -> list[str]:
        return [each.contact for each in exchange.bindings("7000")]

    (contact,) = registered(configuration, look)
    settings = wiring.exchange_settings(configuration)["home"]
    assert contact.startswith(f"sip:7000@{HOST}:{settings.sip_port};x-denwa=")
    assert exchange.bindings("7000") == []


def test_what_hinders_a_registration_is_told(exchange: SimulatedExchange, configuration: Configuration):
    exchange.always = Status(403, "Forbidden")

    async def main() -> None:
        async with open_both_ends(configuration, [NAME]) as both:
            problem = await both.registered(NAME)
            assert problem is not None
            assert problem.fields[0] == "extensions.services.user"

    asyncio.run(main())


def test_a_registration_that_nobody_answers_is_not_waited_for(
    exchange: SimulatedExchange, configuration: Configuration, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(ends, "REGISTER_S", 0.2)
    exchange.always = Silence()

    async def main() -> None:
        async with open_both_ends(configuration, [NAME]) as both:
            with pytest.raises(TimeoutError):
                await both.registered(NAME)

    asyncio.run(main())


@pytest.mark.parametrize("number", ["186", "70730", "7000"])
def test_what_is_dialled_comes_back_with_its_digits(
    exchange: SimulatedExchange, configuration: Configuration, number: str
):
    async def call(both: BothEnds) -> Pair:
        async with connected(both, NAME, number) as pair:
            assert pair.called.dialled == number
            assert exchange.calls_up == 1
            return pair

    pair = registered(configuration, call)
    assert pair.caller.end is not None
    assert pair.called.end is not None
    assert exchange.calls_up == 0


def test_several_calls_may_be_up_at_once(exchange: SimulatedExchange, configuration: Configuration):
    async def call(both: BothEnds) -> None:
        async with connected(both, NAME, "186") as first, connected(both, NAME, "70730") as second:
            assert (first.called.dialled, second.called.dialled) == ("186", "70730")
            assert exchange.calls_up == 2

    registered(configuration, call)


class FaultError(Exception):
    """Something goes wrong in the middle of a call."""


def test_a_fault_in_the_middle_ends_both_ends(exchange: SimulatedExchange, configuration: Configuration):
    async def call(both: BothEnds) -> None:
        with pytest.raises(FaultError):
            async with connected(both, NAME, "186"):
                raise FaultError
        exchange.wait_for(lambda: exchange.calls_up == 0)

    registered(configuration, call)


def test_being_cancelled_in_the_middle_ends_both_ends(
    exchange: SimulatedExchange, configuration: Configuration
):
    async def call(both: BothEnds) -> None:
        up = asyncio.Event()

        async def hold() -> None:
            async with connected(both, NAME, "186"):
                up.set()
                await asyncio.sleep(60)

        task = asyncio.create_task(hold())
        await up.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.to_thread(exchange.wait_for, lambda: exchange.calls_up == 0)

    registered(configuration, call)


@pytest.mark.parametrize("status", [404, 486, 603])
def test_a_call_that_is_refused_on_its_way_is_astray(
    exchange: SimulatedExchange, configuration: Configuration, status: int
):
    exchange.habits = ExchangeHabits(refuses=lambda *_: (status, "No"))

    async def call(both: BothEnds) -> None:
        with pytest.raises(Astray) as astray:
            async with connected(both, NAME, "186"):
                pytest.fail("it was connected")
        assert astray.value.end is not None
        assert (astray.value.end.status, astray.value.end.reason) == (status, "No")

    registered(configuration, call)


def test_a_number_that_is_none_of_ours_is_refused_by_ourselves(
    exchange: SimulatedExchange, configuration: Configuration
):
    async def call(both: BothEnds) -> None:
        with pytest.raises(Astray) as astray:
            async with connected(both, NAME, "999"):
                pytest.fail("it was connected")
        assert astray.value.end is not None
        assert astray.value.end.status == 404

    registered(configuration, call)


def test_a_strangers_call_that_was_given_up_does_not_stand_in_the_way(
    exchange: SimulatedExchange, configuration: Configuration
):
    async def call(both: BothEnds) -> None:
        (binding,) = exchange.bindings("7000")
        exchange.invite(binding, number="186", sdp=SDP)
        both.arrivals.put_nowait(await asyncio.wait_for(both.arrivals.get(), 5))
        async with connected(both, NAME, "70730") as pair:
            assert pair.called.dialled == "70730"

    registered(configuration, call)


SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 40000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
)


def test_the_called_end_notes_by_which_way_each_key_came(
    exchange: SimulatedExchange, configuration: Configuration
):
    async def call(both: BothEnds) -> list[tuple[str, DigitSource]]:
        async with connected(both, NAME, "186") as pair:
            for digit in "5#":
                await pair.caller.press(digit)
                assert await pair.called.digit(2) == digit
                await asyncio.sleep(0.6)  # a key that is still down takes no other
            return pair.called.noted

    noted = registered(configuration, call)
    assert noted == [("5", DigitSource.EVENT), ("#", DigitSource.EVENT)]


def called_by(
    exchange: SimulatedExchange, configuration: Configuration, script: Callable[[ends.Caller], Awaitable[T]]
) -> T:
    """Run a script with a caller that is not registered."""

    async def main() -> T:
        target = f"{HOST}:{exchange.address[1]}"
        async with open_caller(configuration, {NAME: target}, {NAME: HOST}) as caller:
            return await script(caller)

    return asyncio.run(main())


def test_a_caller_alone_registers_nothing_and_leaves_the_own_port_alone(
    exchange: SimulatedExchange, configuration: Configuration
):
    exchange.habits = ExchangeHabits(answers_itself=frozenset({"186"}))
    own = wiring.exchange_settings(configuration)["home"].sip_port

    async def call(caller: ends.Caller) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as serve:
            serve.bind((HOST, own))
            async with caller.ring(NAME, "186") as call:
                assert call.seconds > 0

    called_by(exchange, configuration, call)
    assert exchange.seen == []
    assert exchange.most_bindings == 0


def test_a_caller_alone_is_told_how_it_was_refused(exchange: SimulatedExchange, configuration: Configuration):
    exchange.habits = ExchangeHabits(refuses=lambda *_: (486, "Busy Here"))

    async def call(caller: ends.Caller) -> None:
        with pytest.raises(NotReached) as refusal:
            async with caller.ring(NAME, "186"):
                pytest.fail("it was answered")
        assert refusal.value.end.status == 486

    called_by(exchange, configuration, call)


def test_a_call_that_the_exchange_cuts_off_says_so(exchange: SimulatedExchange, configuration: Configuration):
    exchange.habits = ExchangeHabits(cuts_off=True)

    async def call(both: BothEnds) -> str:
        try:
            async with connected(both, NAME, "186") as pair:
                await pair.caller.digit(5)
        except (CallEnded, NotReached) as error:
            return error.end.by.value
        return "the call went on"

    assert registered(configuration, call) == "far end"
