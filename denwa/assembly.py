"""Puts the program together: SIP endpoint, numbers, services, each opened before what needs it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from denwa.config.load import Configuration
from denwa.greeting import Listening
from denwa.heart import BeatAge, CountAge
from exchange.media.broadcast import Broadcast, MediaClock
from exchange.network.patterns import NumberPattern
from exchange.sip.account import AccountSettings
from exchange.sip.endpoint import Incoming, SipEndpoint, open_endpoint
from exchange.sip.routing import Numbers, RouteTable
from exchange.sip.sip_dialler import SipDialler
from exchange.sip.stack import StackConfig
from services.runner import IncomingCall, Runner, open_runner
from services.spec import Context, ServiceSpec

LOOPBACK = "127.0.0.1"
LOCAL = "local"
"""The account that answers without an exchange."""


@dataclass(frozen=True, slots=True)
class Assembled:
    """The open program.

    Attributes:
        listening: where SIP is listened for.
        threads: the threads that all calls hang on, and how long ago each beat.
        status: in one line what there is to dial.
    """

    listening: Listening
    threads: dict[str, BeatAge]
    status: str


@asynccontextmanager
async def assemble(
    configuration: Configuration, services: Mapping[str, ServiceSpec]
) -> AsyncIterator[Assembled]:
    """Open everything; at the end of the scope calls end first, then services, then SIP.

    Raises:
        SipError: an address or port cannot be listened on.
        ServiceDied: a service failed between its calls.
    """
    calls = CallTaker()
    limits = StackConfig(calls=configuration.limits.calls + SPARE_CALLS)
    async with open_endpoint(limits, calls.take) as endpoint:
        media_clock = MediaClock()
        dialler = SipDialler(endpoint, targets={})
        opening = [
            (
                spec,
                Context(
                    configuration.services[name], configuration.language, dialler, media_clock, Broadcast
                ),
            )
            for name, spec in services.items()
        ]
        async with open_runner(opening) as calls.runner:
            await endpoint.set_routes(_routes(configuration, services))
            listening = await _listen(endpoint, configuration)
            threads = {"SIP": endpoint.bridge.stalled_s, "media clock": CountAge(media_clock.heartbeat)}
            yield Assembled(listening, threads, _status(configuration, services))
            await endpoint.refuse_calls()


SPARE_CALLS = 64
"""Calls beyond the limit that PJSIP can hold, so that they hear busy instead of nothing."""


class CallTaker:
    """Hands each call that passed the routes to the runner."""

    def __init__(self) -> None:
        self.runner: Runner

    def take(self, incoming: Incoming) -> None:
        """Start a call's handler."""
        self.runner.take(
            IncomingCall(
                leg=incoming.leg,
                service=incoming.service,
                dialled=incoming.dialled,
                caller=incoming.caller,
                call_id=incoming.sip_call_id,
            )
        )


def _routes(configuration: Configuration, services: Mapping[str, ServiceSpec]) -> RouteTable:
    return RouteTable(
        local=tuple(
            Numbers(NumberPattern.parse(number), service)
            for number, service in configuration.numbers.items()
            if service in services
        ),
        caps=configuration.limits.services,
        total_cap=configuration.limits.calls,
    )


async def _listen(endpoint: SipEndpoint, configuration: Configuration) -> Listening:
    address = configuration.sip.address or LOOPBACK
    transport = await endpoint.transport(address, configuration.sip.port, tcp=False)
    await endpoint.transport(address, configuration.sip.port, tcp=True)
    settings = AccountSettings(user="denwa", registrar="", address=address, transport=transport)
    await endpoint.set_account(LOCAL, settings, lambda _: None)
    return Listening(address, await endpoint.port_of(transport))


def _status(configuration: Configuration, services: Mapping[str, ServiceSpec]) -> str:
    return ", ".join(
        f"{number} {service}" for number, service in configuration.numbers.items() if service in services
    )
