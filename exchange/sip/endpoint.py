"""The SIP endpoint as asyncio (T1) has it: opened, given extensions, told of calls, closed with calls up."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from denwa_pjsip import pjsua2 as pj

from exchange.media.events import LineEvents
from exchange.sip.account import AccountSettings, ExtensionAccount, RegistrationAnswer
from exchange.sip.bridge import Bridge
from exchange.sip.caller import Caller, read_caller
from exchange.sip.guard import callback
from exchange.sip.message import SipMessage, uri_user
from exchange.sip.routing import Refusal, Route, RouteTable, contact_token
from exchange.sip.sdp_check import check_offer
from exchange.sip.stack import Stack, StackConfig
from exchange.sip.wire_call import WireCall
from exchange.sip.wire_leg import WireLeg
from timekeeping.clocks import boottime_s

GOODBYE_S = 2.0
MOST_LATE_S = 4.0
"""So long after its instant a call does not leave any more: whoever wanted it may have been taken for dead meanwhile."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A call that passed the routes and the caps: nothing has been answered yet."""

    leg: WireLeg
    service: str
    extension: str
    dialled: str
    caller: Caller
    sip_call_id: str


class SipEndpoint:
    """PJSIP behind its bridge. Made by `open_endpoint`."""

    def __init__(self, config: StackConfig, take: Callable[[Incoming], None]) -> None:
        self._stack = Stack(config)
        self._take = take
        self._accounts: dict[str, ExtensionAccount] = {}
        self._transports: dict[tuple[str, int, bool], int] = {}
        self._calls: dict[WireCall, Route | None] = {}
        self._routes = RouteTable()
        self._refusing = False
        self._patience = config.patience
        self._look_monotonic_s = 0.0
        self.bridge = Bridge(start=self._start, pump=self._pump, finish=self._finish)
        self.events = LineEvents()
        self.disconnected: Callable[[], None] = lambda: None
        """Called when a TCP connection broke, whosever it was."""

    # -- on T1 --

    async def transport(self, address: str, port: int, *, tcp: bool) -> int:
        """Listen on an address once, however many extensions use it. Raises SipError."""
        key = (address, port, tcp)

        def open_it() -> int:
            if key not in self._transports:
                self._transports[key] = self._stack.open_transport(address, port, tcp=tcp)
            return self._transports[key]

        return await self.bridge.run(open_it)

    async def port_of(self, transport: int) -> int:
        """The local port that a transport got."""
        return await self.bridge.run(lambda: self._stack.transport_port(transport))

    async def set_account(
        self, name: str, settings: AccountSettings, answered: Callable[[RegistrationAnswer], None]
    ) -> None:
        """Set an extension up, or change the one of that name. Raises SipError."""

        def answered_t2(answer: RegistrationAnswer) -> None:
            self.bridge.post(answered, answer)

        def set_up() -> None:
            if name in self._accounts:
                self._accounts[name].change(settings)
                return
            self._accounts[name] = ExtensionAccount(settings, answered=answered_t2, incoming=self._incoming)

        await self.bridge.run(set_up)

    async def register(self, name: str) -> None:
        """Send a REGISTER of an extension. Raises SipError."""
        await self.bridge.run(self._accounts[name].register)

    async def abandon(self, name: str) -> None:
        """Forget an extension's REGISTER that has had no answer, so that another can be sent. Raises SipError."""
        await self.bridge.run(self._accounts[name].abandon)

    async def unregister(self, name: str) -> None:
        """Take an extension's binding back. Raises SipError."""
        await self.bridge.run(self._accounts[name].unregister)

    async def set_routes(self, routes: RouteTable) -> None:
        """Say which numbers lead to which service, and how many calls each may have."""

        def set_them() -> None:
            self._routes = routes

        await self.bridge.run(set_them)

    async def refuse_calls(self) -> None:
        """Answer every new call with 503 from now on."""

        def refuse() -> None:
            self._refusing = True

        await self.bridge.run(refuse)

    async def dial(self, account: str, uri: str, *, at_monotonic_s: float = 0.0) -> WireLeg:
        """Send an INVITE, not before an instant, nor `MOST_LATE_S` after it.

        Cancelled, it is not sent, or the call is ended.

        Raises:
            TooLate: that instant is past.
            SipRefused: it cannot be sent.
        """
        leg = WireLeg(self.bridge, self.events)
        begins_boottime_s = boottime_s() + max(0.0, at_monotonic_s - time.monotonic())

        def dial_it() -> None:
            if boottime_s() > begins_boottime_s + MOST_LATE_S:
                raise TooLate("this program or its machine was stopped when the call was to leave")
            wire = WireCall(self._accounts[account], pj.INVALID_ID, leg, self._gone, self._patience)
            leg.attach_wire(wire)
            self._calls[wire] = None
            try:
                wire.dial(uri)
            except pj.Error as error:
                if not wire.dead:
                    self._gone(wire)
                    wire.discard()
                raise SipRefused(error.reason or error.title) from error

        try:
            await self.bridge.run(dial_it, at_monotonic_s=at_monotonic_s)
        except asyncio.CancelledError:
            leg.hangup_soon("")
            raise
        return leg

    @property
    def realtime(self) -> bool:
        """Whether the media threads got real-time priority."""
        return self._stack.realtime

    def calls_up(self) -> int:
        """Calls that PJSIP holds now."""
        return len(self._calls)

    # -- on T2 --

    def _start(self) -> None:
        self._stack.start()
        assert self._stack.endpoint is not None  # noqa: S101 - started
        self._stack.endpoint.choose = self._choose
        self._stack.endpoint.disconnected = lambda: self.bridge.post(self.disconnected)

    def _pump(self) -> None:
        self._stack.pump()
        now_monotonic_s = time.monotonic()
        if now_monotonic_s >= self._look_monotonic_s:
            self._look_monotonic_s = now_monotonic_s + self._patience.look_s
            for wire in list(self._calls):
                wire.look_after(now_monotonic_s)

    def _finish(self) -> None:
        for wire in list(self._calls):
            wire.end("shutting down")
        for account in self._accounts.values():
            account.close()
        self._accounts.clear()
        self._stack.finish()

    def _choose(self, text: str, guess: int) -> int:
        token = contact_token(SipMessage.parse(text).request_uri)
        for account in self._accounts.values():
            if account.settings.token == (token or ""):
                return int(account.getId())
        return guess

    @callback
    def _incoming(self, account: ExtensionAccount, call_id: int, data: pj.SipRxData) -> None:
        message = SipMessage.parse(str(data.wholeMsg))
        leg = WireLeg(self.bridge, self.events)
        wire = WireCall(account, call_id, leg, self._gone, self._patience)
        leg.attach_wire(wire)
        self._calls[wire] = None
        dialled = uri_user(message.request_uri)
        if self._refusing:
            wire.respond(503, "Shutting Down")
            return
        if offer := message.sdp().strip():
            verdict = check_offer(offer)
            if not verdict.ok:
                wire.respond(verdict.status, verdict.reason)
                return
        route = self._routes.route(contact_token(message.request_uri), dialled)
        if isinstance(route, Refusal):
            wire.respond(route.status, route.reason)
            return
        self._calls[wire] = route
        caller = read_caller(message, from_registrar=self._is_registrar(str(data.srcAddress)))
        self.bridge.post(
            self._take,
            Incoming(leg, route.service, route.extension, dialled, caller, message.header("call-id")),
        )

    def _is_registrar(self, source: str) -> bool:
        """Whether host:port is an exchange of ours: a token may have been overheard, an address answers for itself."""
        host = source.rpartition(":")[0]
        registrars = (account.settings.registrar.rpartition(":")[0] for account in self._accounts.values())
        return host != "" and host in registrars

    def _gone(self, wire: WireCall) -> None:
        route = self._calls.pop(wire, None)
        if route is not None:
            self._routes.release(route)


class SipRefused(Exception):  # noqa: N818 - a state
    """PJSIP could not send the INVITE; the text says why."""


class TooLate(SipRefused):
    """The instant at which it was to leave had passed: the program or its machine was stopped."""


@asynccontextmanager
async def open_endpoint(config: StackConfig, take: Callable[[Incoming], None]) -> AsyncIterator[SipEndpoint]:
    """Run a SIP endpoint while in the scope; `take` is told of each call on the event loop."""
    endpoint = SipEndpoint(config, take)
    await endpoint.bridge.open()
    loop = asyncio.get_running_loop()
    loop.add_reader(endpoint.events.fileno(), endpoint.events.dispatch)
    try:
        yield endpoint
    finally:
        await endpoint.bridge.close()
        loop.remove_reader(endpoint.events.fileno())
