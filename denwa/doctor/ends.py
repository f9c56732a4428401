"""The doctor's own ends of its calls: registered as the service would be, or a caller only beside a running one."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from denwa import wiring
from denwa.config.load import Configuration
from exchange.network.numbers import NumberError
from exchange.network.patterns import NumberPattern
from exchange.sip.account import AccountSettings
from exchange.sip.call import Call
from exchange.sip.endpoint import Incoming, SipEndpoint, open_endpoint
from exchange.sip.extensions import Extensions, open_extensions
from exchange.sip.leg import DigitSource, Leg
from exchange.sip.problem_log import ProblemNews
from exchange.sip.registration_problem import Problem
from exchange.sip.routing import ExtensionNumbers, Numbers, RouteTable, make_token
from exchange.sip.sip_dialler import SipDialler
from exchange.sip.stack import StackConfig

RING_S = 10.0
"""How long a call of the doctor's may ring: its own end answers at once."""
REGISTER_S = 10.0
_CALLS = 16
_SERVICE = "doctor"
_STACK = StackConfig(calls=_CALLS, realtime_priority=0)


class NotingCall(Call):
    """A call that keeps the way by which each digit came, before doubles are taken out."""

    def __init__(self, leg: Leg, **given: Any) -> None:
        self.noted: list[tuple[str, DigitSource]] = []
        super().__init__(leg, **given)

    def leg_digit(self, digit: str, source: DigitSource) -> None:
        """Note it, and take it as any call does."""
        self.noted.append((digit, source))
        super().leg_digit(digit, source)


class Caller:
    """Calls as an extension, through its exchange."""

    def __init__(self, endpoint: SipEndpoint, targets: Mapping[str, str]) -> None:
        self._dialler = SipDialler(endpoint, targets)

    def ring(self, extension: str, number: str) -> AbstractAsyncContextManager[Call]:
        """Call a number; see `Dialler.ring`."""
        return self._dialler.ring(number, extension=extension, timeout_s=RING_S)


class BothEnds(Caller):
    """Registered as the service's extensions: what it dials comes back to it."""

    def __init__(
        self,
        endpoint: SipEndpoint,
        extensions: Extensions,
        arrivals: "asyncio.Queue[NotingCall]",
        problems: Mapping[str, "asyncio.Queue[Problem]"],
    ) -> None:
        targets = wiring.Targets()
        targets.extensions = extensions
        super().__init__(endpoint, targets)
        self.arrivals = arrivals
        self._extensions = extensions
        self._problems = problems

    async def registered(self, extension: str) -> Problem | None:
        """Wait until an extension is registered; what hinders it, if something does.

        Raises:
            TimeoutError: neither is known in time.
        """
        good = asyncio.create_task(self._extensions.registrations[extension].registered.wait())
        bad = asyncio.create_task(self._problems[extension].get())
        done, rest = await asyncio.wait({good, bad}, timeout=REGISTER_S, return_when=asyncio.FIRST_COMPLETED)
        for task in rest:
            task.cancel()
        if not done:
            raise TimeoutError
        return None if good in done else bad.result()


@asynccontextmanager
async def open_both_ends(configuration: Configuration, extensions: Iterable[str]) -> AsyncIterator[BothEnds]:
    """Register these extensions while in the scope, and take all calls to them. Raises SipError."""
    names = set(extensions)
    arrivals: asyncio.Queue[NotingCall] = asyncio.Queue()
    problems: dict[str, asyncio.Queue[Problem]] = {name: asyncio.Queue() for name in names}

    def take(incoming: Incoming) -> None:
        arrivals.put_nowait(
            NotingCall(
                incoming.leg,
                call_id=incoming.sip_call_id,
                dialled=incoming.dialled,
                caller=incoming.caller,
                direction="in",
            )
        )

    def hear(news: ProblemNews) -> None:
        if not news.ended:
            problems[news.subject].put_nowait(news.problem)

    settings = {
        name: each for name, each in wiring.extension_settings(configuration).items() if name in names
    }
    used = {exchange for exchange, _ in settings.values()}
    exchanges = {name: each for name, each in wiring.exchange_settings(configuration).items() if name in used}
    async with open_endpoint(_STACK, take) as endpoint:
        await endpoint.set_routes(_all_numbers(configuration, names))
        async with open_extensions(endpoint, exchanges, settings, hear) as opened:
            yield BothEnds(endpoint, opened, arrivals, problems)


@asynccontextmanager
async def open_caller(
    configuration: Configuration, targets: Mapping[str, str], addresses: Mapping[str, str]
) -> AsyncIterator[Caller]:
    """Call as extensions without being registered: `targets` and our own `addresses` by the extension's name.

    Raises SipError.
    """
    async with open_endpoint(_STACK, lambda _: None) as endpoint:
        uris = {}
        for name, target in targets.items():
            extension = configuration.extensions[name]
            tcp = configuration.exchanges[extension.exchange].transport == "tcp"
            settings = AccountSettings(
                user=extension.user,
                registrar="",
                address=addresses[name],
                transport=await endpoint.transport(addresses[name], 0, tcp=tcp),
                tcp=tcp,
                password=wiring.password(extension),
                domain=target,
            )
            await endpoint.set_account(name, settings, lambda _: None)
            uris[name] = target + (";transport=tcp" if tcp else "")
        yield Caller(endpoint, uris)


def _all_numbers(configuration: Configuration, names: set[str]) -> RouteTable:
    """The extensions' numbers, and the extensions themselves, which the busy gate is tried by."""
    return RouteTable(
        extensions=tuple(
            ExtensionNumbers(
                name,
                make_token(wiring.password(extension), extension.exchange, name),
                tuple(_numbers([*extension.numbers, extension.user])),
            )
            for name, extension in configuration.extensions.items()
            if name in names
        )
    )


def _numbers(texts: Iterable[str]) -> Iterable[Numbers]:
    for text in texts:
        try:
            yield Numbers(NumberPattern.parse(text), _SERVICE)
        except NumberError:  # a user such as "denwa" cannot be dialled
            continue
