"""Puts the program together: SIP endpoint, services, numbers, extensions, each opened before what needs it."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog

from denwa import wiring
from denwa.config.load import Configuration
from denwa.greeting import Listening
from denwa.heart import BeatAge, CountAge
from denwa.language import Language
from denwa.registration_news import tell
from denwa.state import database_of
from exchange.media.broadcast import Broadcast, MediaClock
from exchange.sip.account import AccountSettings
from exchange.sip.endpoint import Incoming, SipEndpoint, open_endpoint
from exchange.sip.extensions import open_extensions
from exchange.sip.sip_dialler import SipDialler
from exchange.sip.stack import StackConfig
from services.call_notes import NoNotes, NotedDialler, Notes
from services.runner import IncomingCall, Runner, open_runner
from services.spec import Context, ServiceSpec
from store.call_recorder import open_call_recorder
from store.call_records import prune_calls
from store.deliveries import prune_events
from store.delivery import Subscriber, open_delivery
from store.event_log import EventLog
from store.hook import Hook
from store.pruning import Prune, prune_hourly
from store.sole import sole_program
from store.store import Store, open_store

LOOPBACK = "127.0.0.1"
SPARE_CALLS = 64
"""Calls beyond the limit that PJSIP can hold, so that they hear busy instead of nothing."""
EVENTS_KEPT = timedelta(days=90)
"""How long an event is kept after it was delivered."""
_LOCAL = "local"
"""The account that answers without an exchange."""
_NO_REALTIME = "packets may leave some milliseconds late while other programs keep the machine busy"
_GRANT_REALTIME = "run denwa by systemd/denwa.service, or allow it: ulimit -r 50 (limits.conf: rtprio 50)"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Assembled:
    """The open program.

    Attributes:
        listening: where anybody may call; None with an exchange, through which all calls come then.
        threads: the threads that all calls hang on, and how long ago each beat.
        status: in one line what there is to dial.
    """

    listening: Listening | None
    threads: dict[str, BeatAge]
    status: str


@asynccontextmanager
async def assemble(
    configuration: Configuration, services: Mapping[str, ServiceSpec], language: Language
) -> AsyncIterator[Assembled]:
    """Open everything; at the end of the scope bindings are taken back and calls end, then services, SIP, the store.

    What whoever runs it must mend is logged in `language`.

    Raises:
        StoreError: the database cannot be had, is another running denwa's, or a newer one's.
        SipError: an address or port cannot be listened on.
        ServiceDied: a service failed between its calls.
    """
    leads = wiring.leads(configuration)
    taker = _CallTaker(leads)
    async with AsyncExitStack() as scope:
        store = await scope.enter_async_context(open_store(database_of(configuration.store, os.environ)))
        scope.enter_context(sole_program(store.database.url))
        recorder = None
        if configuration.store.keep_calls_days:
            recorder = await scope.enter_async_context(open_call_recorder(store, socket.gethostname()))
        notes: Notes = recorder or NoNotes()
        stack = StackConfig(calls=configuration.limits.calls + SPARE_CALLS)
        endpoint = await scope.enter_async_context(open_endpoint(stack, taker.take))
        if not endpoint.realtime:
            log.info("no_realtime_priority", effect=_NO_REALTIME, remedy=_GRANT_REALTIME)
        targets = wiring.Targets()
        dialler = SipDialler(endpoint, targets)
        media_clock = MediaClock()
        opened = asyncio.Event()
        opening = [
            (
                spec,
                Context(
                    configuration.services[name],
                    configuration.language,
                    NotedDialler(dialler, name, notes),
                    store,
                    media_clock,
                    Broadcast,
                    max(leads.values(), default=0),
                    {name: each.exchange for name, each in configuration.extensions.items()},
                    wiring.trust_settings(configuration),
                    taker.callers,
                    opened,
                ),
            )
            for name, spec in services.items()
        ]
        taker.runner = await scope.enter_async_context(open_runner(opening, notes))
        scope.push_async_callback(endpoint.refuse_calls)
        await endpoint.set_routes(wiring.routes(configuration, services))
        listening = None
        if configuration.extensions:
            targets.extensions = await scope.enter_async_context(
                open_extensions(
                    endpoint,
                    wiring.exchange_settings(configuration),
                    wiring.extension_settings(configuration),
                    partial(tell, language=language),
                )
            )
        else:
            listening = await _listen(endpoint, configuration)
        await scope.enter_async_context(_pruning(store, configuration))
        await scope.enter_async_context(open_delivery(store, _subscribers(configuration)))
        if recorder is not None:  # only now that the port is ours: another denwa on it has calls of its own
            await recorder.break_off(datetime.now(UTC))
        opened.set()
        threads: dict[str, BeatAge] = {
            "SIP": endpoint.bridge.stalled_s,
            "media clock": CountAge(media_clock.heartbeat),
        }
        yield Assembled(listening, threads, wiring.status(configuration, services))


class _CallTaker:
    """Hands each call that passed the routes to the runner."""

    def __init__(self, leads: Mapping[str, int]) -> None:
        self._leads = leads
        self.runner: Runner | None = None

    def callers(self) -> set[tuple[str, str]]:
        """Who talks to us."""
        return self.runner.callers() if self.runner else set()

    def take(self, incoming: Incoming) -> None:
        """Start a call's handler."""
        assert self.runner is not None  # noqa: S101 - there are no routes before
        self.runner.take(
            IncomingCall(
                leg=incoming.leg,
                service=incoming.service,
                dialled=incoming.dialled,
                caller=incoming.caller,
                call_id=incoming.sip_call_id,
                extension=incoming.extension,
                lead_samples=self._leads.get(incoming.extension, 0),
            )
        )


@asynccontextmanager
async def _pruning(store: Store, configuration: Configuration) -> AsyncIterator[None]:
    kept: dict[Prune, timedelta] = {
        prune_calls: timedelta(days=configuration.store.keep_calls_days),
        prune_events: EVENTS_KEPT,
    }
    task = asyncio.create_task(prune_hourly(store, kept), name="pruning")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _subscribers(configuration: Configuration) -> list[Subscriber]:
    hooks = [Hook(configuration.events.exec)] if configuration.events.exec else []
    return [EventLog(), *hooks]


async def _listen(endpoint: SipEndpoint, configuration: Configuration) -> Listening:
    address = configuration.sip.address or LOOPBACK
    transport = await endpoint.transport(address, configuration.sip.port, tcp=False)
    await endpoint.transport(address, configuration.sip.port, tcp=True)
    settings = AccountSettings(user="denwa", registrar="", address=address, transport=transport)
    await endpoint.set_account(_LOCAL, settings, lambda _: None)
    return Listening(address, await endpoint.port_of(transport))
