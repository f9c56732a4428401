"""Our side whole, on real SIP and RTP over loopback: PJSIP, the packet line, the runner and the services."""

import asyncio
from dataclasses import replace
from itertools import count

from support.contexts import contexts
from support.endpoint_server import REGISTRAR, TOKEN
from support.far_end import Habits, Offer, Script
from support.loopback_telephone import LoopbackTelephone

from exchange.media.broadcast import MediaClock
from exchange.network.patterns import NumberPattern
from exchange.sip.account import AccountSettings
from exchange.sip.endpoint import Incoming, SipEndpoint, open_endpoint
from exchange.sip.routing import ExtensionNumbers, Numbers, RouteTable
from exchange.sip.stack import StackConfig
from services.runner import IncomingCall, Runner, open_runner
from store.store import Store

HOST = "127.0.0.1"


class LoopbackExchange:
    """Fulfils `support.far_end.Exchange` with telephones on loopback."""

    def __init__(self, offer: Offer) -> None:
        self.telephones: list[LoopbackTelephone] = []
        self._offer = offer
        numbers = tuple(Numbers(NumberPattern.parse(spec.number), spec.name) for spec, _ in offer.services)
        self._routes = RouteTable(
            extensions=(ExtensionNumbers(offer.home.extension, TOKEN, numbers),) if offer.home else (),
            local=() if offer.home else numbers,
            caps=offer.caps,
        )
        self._runner: Runner | None = None
        self._port = 0
        self._opened = asyncio.Event()
        self._closing = asyncio.Event()
        self._numbers = count(1)
        self._program = asyncio.create_task(self._run())

    async def _run(self) -> None:
        async with open_endpoint(StackConfig(calls=64, realtime_priority=0), self._take) as endpoint:
            await self._listen(endpoint)
            with contexts(self._offer, MediaClock(), Store) as services:
                async with open_runner(services) as self._runner:
                    await endpoint.set_routes(self._routes)
                    for _, context in services:
                        context.opened.set()
                    self._opened.set()
                    await self._closing.wait()
                    await endpoint.refuse_calls()

    async def _listen(self, endpoint: SipEndpoint) -> None:
        transport = await endpoint.transport(HOST, 0, tcp=False)
        self._port = await endpoint.port_of(transport)
        settings = AccountSettings(user="denwa", registrar="", address=HOST, transport=transport)
        await endpoint.set_account("local", settings, lambda _: None)
        if home := self._offer.home:
            settings = replace(settings, user="7000", registrar=f"{REGISTRAR}:5060", token=TOKEN)
            await endpoint.set_account(home.extension, settings, lambda _: None)

    def _take(self, incoming: Incoming) -> None:
        assert self._runner is not None
        self._runner.take(
            IncomingCall(
                incoming.leg,
                incoming.service,
                incoming.dialled,
                incoming.caller,
                f"call-{next(self._numbers)}",
                incoming.extension,
            )
        )

    async def dial(
        self, number: str, *, caller: str = "1001", habits: Habits | None = None
    ) -> LoopbackTelephone:
        """Let a telephone call a number."""
        server = (HOST, self._port)
        address, token = (REGISTRAR, TOKEN) if self._offer.home else (HOST, "")
        telephone = LoopbackTelephone(
            server, number, address, token, caller=caller, habits=habits or Habits()
        )
        self.telephones.append(telephone)
        return telephone

    async def shut_down(self) -> None:
        """End the program as SIGTERM does."""
        self._closing.set()
        await self._program

    async def until_opened(self) -> None:
        """Wait until calls are taken. Raises what hindered it."""
        opened = asyncio.create_task(self._opened.wait())
        await asyncio.wait([opened, self._program], return_when=asyncio.FIRST_COMPLETED)
        opened.cancel()
        if self._program.done():
            self._program.result()

    def calls(self) -> int:
        """Calls counted by the runner and for the caps."""
        assert self._runner is not None
        return self._runner.calls().total() + self._routes.counts.total


class LoopbackKind:
    """Fulfils `support.far_end.LegKind` in real time."""

    long_s = 3.0
    gap_s = 1.0  # the machine stands still for some tenths of a second now and then

    def run(self, script: Script, offer: Offer) -> None:
        """Run a script; fails when a call is left after it."""
        asyncio.run(_run(script, offer))


async def _run(script: Script, offer: Offer) -> None:
    exchange = LoopbackExchange(offer)
    await exchange.until_opened()
    try:
        await script(exchange)
    finally:
        await exchange.shut_down()
        for telephone in exchange.telephones:
            telephone.close()
    assert exchange.calls() == 0, "calls are still counted after the end"
