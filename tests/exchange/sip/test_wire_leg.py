"""The real leg: an endpoint that rings itself, on loopback."""

import asyncio

import pytest

from exchange.network.patterns import NumberPattern
from exchange.sip.account import AccountSettings
from exchange.sip.call import Call
from exchange.sip.caller import Caller
from exchange.sip.endpoint import Incoming, SipEndpoint, open_endpoint
from exchange.sip.leg import EndedBy
from exchange.sip.routing import Numbers, RouteTable
from exchange.sip.stack import StackConfig
from exchange.sip.wire_leg import WireLeg

pytestmark = [pytest.mark.native, pytest.mark.usefixtures("line_eventfd")]

SOON_S = 10.0


class Answerer:
    """Answers whatever comes, at once, and hangs up when told."""

    def __init__(self) -> None:
        self.answered = asyncio.Event()
        self.hang_up = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def take(self, incoming: Incoming) -> None:
        self._tasks.add(asyncio.create_task(self._answer(incoming)))

    async def _answer(self, incoming: Incoming) -> None:
        call = call_of(incoming.leg, "in")
        await call.answer()
        await call.wait_answered()
        self.answered.set()
        await self.hang_up.wait()
        await call.hangup()

    async def done(self) -> None:
        await asyncio.gather(*self._tasks)


def call_of(leg: WireLeg, direction: str) -> Call:
    return Call(leg, call_id="c", dialled="186", caller=Caller("1"), direction=direction)  # type: ignore[arg-type]


async def ring_itself(endpoint: SipEndpoint) -> WireLeg:
    transport = await endpoint.transport("127.0.0.1", 0, tcp=False)
    port = await endpoint.port_of(transport)
    settings = AccountSettings(user="denwa", registrar="", address="127.0.0.1", transport=transport)
    await endpoint.set_account("local", settings, lambda _: None)
    await endpoint.set_routes(RouteTable(local=(Numbers(NumberPattern.parse("186"), "echo"),)))
    return await endpoint.dial("local", f"sip:186@127.0.0.1:{port}")


def test_an_answer_that_comes_before_anybody_listens_is_told():
    """A far end on the same machine answers before the event loop comes back to who dialled."""

    async def scenario() -> None:
        answerer = Answerer()
        async with (
            asyncio.timeout(SOON_S),
            open_endpoint(StackConfig(calls=4, realtime_priority=0), answerer.take) as endpoint,
        ):
            leg = await ring_itself(endpoint)
            await answerer.answered.wait()
            await asyncio.sleep(0.2)
            call = call_of(leg, "out")
            await call.wait_answered()
            assert await call.digit(0.1) is None
            answerer.hang_up.set()
            assert (await call.wait_ended()).by is EndedBy.FAR_END
            await answerer.done()

    asyncio.run(scenario())


def test_an_end_that_comes_before_anybody_listens_is_told():
    async def scenario() -> None:
        answerer = Answerer()
        answerer.hang_up.set()
        async with (
            asyncio.timeout(SOON_S),
            open_endpoint(StackConfig(calls=4, realtime_priority=0), answerer.take) as endpoint,
        ):
            leg = await ring_itself(endpoint)
            await answerer.answered.wait()
            await answerer.done()
            await asyncio.sleep(0.2)
            assert (await call_of(leg, "out").wait_ended()).by is EndedBy.FAR_END

    asyncio.run(scenario())
