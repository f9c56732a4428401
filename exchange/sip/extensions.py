"""All extensions on all exchanges: their names watched, their registrations run, strangers' SIP kept out."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial

import structlog

from exchange.sip.endpoint import SipEndpoint
from exchange.sip.password_guard import PasswordGuard
from exchange.sip.problem_log import ProblemLog, ProblemNews
from exchange.sip.registration import ExchangeSettings, ExtensionSettings, Registration
from exchange.sip.resolver import NameWatch, Resolution
from exchange.sip.source_filter import FilterError, attach, filter_program, find_sip_sockets

log = structlog.get_logger()


class Extensions:
    """Made by `open_extensions`; belongs to its event loop."""

    def __init__(
        self,
        endpoint: SipEndpoint,
        exchanges: Mapping[str, ExchangeSettings],
        extensions: Mapping[str, tuple[str, ExtensionSettings]],
        say: Callable[[ProblemNews], None],
    ) -> None:
        self._exchanges = exchanges
        self._addresses: dict[str, tuple[str, ...]] = {}
        self._names = {
            name: NameWatch(each.host, partial(self._resolved, name)) for name, each in exchanges.items()
        }
        # one exchange may be written down twice, for UDP and for TCP: it counts our failures together
        guards = {(each.host, each.port): PasswordGuard() for each in exchanges.values()}
        problems = ProblemLog(say)
        self.registrations = {
            name: Registration(
                endpoint,
                exchanges[exchange],
                settings,
                names=self._names[exchange],
                guard=guards[exchanges[exchange].host, exchanges[exchange].port],
                problems=problems,
                moved=self._filter,
            )
            for name, (exchange, settings) in extensions.items()
        }
        self.problems = problems

    def targets(self) -> dict[str, str]:
        """Each extension's exchange as SipDialler wants it; those whose exchange is not known yet are left out."""
        return {
            name: each.registrar + (";transport=tcp" if each.exchange.tcp else "")
            for name, each in self.registrations.items()
            if each.registrar
        }

    async def run(self) -> None:
        """Run all registrations until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for name, watch in self._names.items():
                tasks.create_task(watch.run(), name=f"name {name}")
            for name, registration in self.registrations.items():
                tasks.create_task(registration.run(), name=f"registration {name}")

    async def stop(self) -> None:
        """Take all bindings back."""
        await asyncio.gather(*(each.stop() for each in self.registrations.values()))

    def disconnected(self) -> None:
        """A TCP connection broke: if it was an exchange's, it has forgotten whoever registered by it."""
        for registration in self.registrations.values():
            registration.disconnected()

    def _resolved(self, exchange: str, resolution: Resolution) -> None:
        if resolution.addresses == self._addresses.get(exchange, ()):
            return
        self._addresses[exchange] = resolution.addresses
        log.debug("exchange_resolved", exchange=exchange, addresses=resolution.addresses)
        self._filter()
        for registration in self.registrations.values():
            if registration.exchange.name == exchange:
                registration.hurry()

    def _filter(self) -> None:
        """Let only exchanges' packets reach the SIP parser."""
        sources = {address for known in self._addresses.values() for address in known}
        if not sources:
            return
        try:
            program = filter_program(sources)
            for registration in self.registrations.values():
                if registration.address:
                    for each in find_sip_sockets(registration.address, registration.sip_port):
                        attach(each.fd, program)
        except FilterError as error:
            log.warning("sip_filter_failed", why=str(error))


@asynccontextmanager
async def open_extensions(
    endpoint: SipEndpoint,
    exchanges: Mapping[str, ExchangeSettings],
    extensions: Mapping[str, tuple[str, ExtensionSettings]],
    say: Callable[[ProblemNews], None],
) -> AsyncIterator[Extensions]:
    """Keep extensions (name to exchange's name and settings) registered while in the scope.

    A registration that fails by a fault of ours cancels the body and raises its exception, in a group.
    """
    opened = Extensions(endpoint, exchanges, extensions, say)
    endpoint.disconnected = opened.disconnected
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(opened.run(), name="registrations")
        try:
            yield opened
        finally:
            running.cancel()
            await asyncio.wait({running})
            await opened.stop()
