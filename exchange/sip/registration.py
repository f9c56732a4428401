"""Keeps one extension registered at its exchange, for ever: resolves, finds our address, registers, waits."""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from exchange.sip.account import AccountSettings, RegistrationAnswer
from exchange.sip.address import AddressError, local_address
from exchange.sip.connections import limit_connections
from exchange.sip.endpoint import SipEndpoint
from exchange.sip.expiry import expiring, pause
from exchange.sip.password_guard import TURN_S, PasswordGuard
from exchange.sip.problem_log import ProblemLog
from exchange.sip.registration_answer import outcome_of
from exchange.sip.registration_policy import (
    FORBIDDEN,
    PASSWORD_REFUSED,
    CannotListen,
    NoAnswer,
    Outcome,
    Refused,
    Registered,
    RegistrationPolicy,
    RegistrationState,
    TransportFailed,
    Unresolved,
)
from exchange.sip.registration_problem import RegistrationPlace, held_back
from exchange.sip.resolver import NameWatch
from exchange.sip.routing import make_token
from exchange.sip.stack import ListenError, SipError

log = structlog.get_logger()

ANSWER_S = 40.0
"""Longer than SIP's own time limit (timer F, 32 s)."""
TCP_ANSWER_S = 8.0
"""What was lost over TCP is sent by nobody again: an exchange that is just starting reads it, and has no use for it."""
UNREGISTER_S = 1.0
RECONNECT_S = 5.0
"""Between a registration and the next one that a broken connection leads to."""
_COUNTED = PASSWORD_REFUSED | {FORBIDDEN}
"""Answers after which fail2ban may have counted a failure; a 404 is not among them."""


@dataclass(frozen=True, slots=True)
class ExchangeSettings:
    """An exchange by its configuration: `address` is our own towards it, "" to have it found.

    `sip_port` is the local port that its SIP comes to.
    """

    name: str
    host: str
    port: int = 5060
    tcp: bool = False
    address: str = ""
    sip_port: int = 5060


@dataclass(frozen=True, slots=True)
class ExtensionSettings:
    """An extension by its configuration; `expires_s` is asked for."""

    name: str
    user: str
    password: str
    expires_s: int = 120


class Registration:
    """One extension's registration; belongs to the event loop. `run` it in a task of its own."""

    def __init__(
        self,
        endpoint: SipEndpoint,
        exchange: ExchangeSettings,
        extension: ExtensionSettings,
        *,
        names: NameWatch,
        guard: PasswordGuard,
        problems: ProblemLog,
        moved: Callable[[], None],
    ) -> None:
        self.exchange = exchange
        self.extension = extension
        self.registrar = ""
        """host:port, numeric, of the exchange as we last spoke to it."""
        self.address = ""
        """Our own address towards it."""
        self.sip_port = 0
        """The port there that its SIP comes to."""
        self.token = make_token(extension.password, exchange.name, extension.name)
        self._endpoint = endpoint
        self._names = names
        self._guard = guard
        self._problems = problems
        self._moved = moved
        self._settings: AccountSettings | None = None
        self._failovers = 0
        self._answers: asyncio.Queue[RegistrationAnswer | None] = asyncio.Queue()
        self._hurry = asyncio.Event()
        self._place = RegistrationPlace(
            exchange=exchange.name,
            extension=extension.name,
            host=exchange.host,
            port=exchange.port,
            transport="tcp" if exchange.tcp else "udp",
            user=extension.user,
        )
        self._policy = RegistrationPolicy(self._place, random.SystemRandom(), expires_s=extension.expires_s)
        self.registered = asyncio.Event()
        self._registered_monotonic_s = 0.0
        self._asked_monotonic_s: float | None = None
        """Since when a REGISTER is under way."""

    @property
    def state(self) -> RegistrationState:
        """Where the extension stands."""
        return self._policy.state

    def hurry(self) -> None:
        """The network changed: try at once, unless a password was refused."""
        if self._policy.hurry(time.monotonic()) == 0:
            self._hurry.set()

    def disconnected(self) -> None:
        """A TCP connection broke, perhaps ours: register anew, but not time and again at an exchange that hangs up."""
        if self.exchange.tcp and self.registered.is_set():
            wait_s = max(0.0, self._registered_monotonic_s + RECONNECT_S - time.monotonic())
            asyncio.get_running_loop().call_later(wait_s, self.hurry)

    async def run(self) -> None:
        """Register, refresh and try again until cancelled."""
        while True:
            await self._turn()
            self._hurry.clear()
            outcome = await self._attempt()
            self._asked_monotonic_s = None
            self._tell_guard(outcome)
            self._fail_over(outcome)
            decision = self._policy.take(outcome, time.monotonic())
            self._problems.update(self.extension.name, decision.problem)
            self._tell_state(registered=decision.state is RegistrationState.REGISTERED)
            await pause(self._hurry, decision.retry_in_s)

    def _tell_state(self, *, registered: bool) -> None:
        if not registered:
            self.registered.clear()
            return
        self._registered_monotonic_s = time.monotonic()
        if self.exchange.tcp:
            host, _, port = self.registrar.rpartition(":")
            limit_connections(host, int(port))
        if not self.registered.is_set():
            self.registered.set()
            log.info(
                "extension_registered",
                extension=self.extension.name,
                exchange=self.exchange.name,
                registrar=self.registrar,
                address=self.address,
            )

    async def stop(self) -> None:
        """Take the binding back, waiting a second at most for the exchange's answer.

        The same goes for the answer to a REGISTER under way: it may bind us after all.
        """
        is_bound = await self._is_being_bound() or self.registered.is_set()
        self.registered.clear()
        if not is_bound:
            return
        self._drop_old_answers()
        try:
            await self._endpoint.unregister(self.extension.name)
        except SipError:
            return
        await self._answer(UNREGISTER_S)

    async def _is_being_bound(self) -> bool:
        """Whether a REGISTER that nobody awaits any more is answered by a binding, within a second of its beginning."""
        if self._asked_monotonic_s is None:
            return False
        ends_monotonic_s = self._asked_monotonic_s + UNREGISTER_S
        self._asked_monotonic_s = None
        answer = await self._answer(max(0.0, ends_monotonic_s - time.monotonic()))
        return answer is not None and isinstance(outcome_of(answer), Registered)

    async def _turn(self) -> None:
        while True:
            wait_s = self._guard.ask(self.extension.name, time.monotonic())
            if wait_s <= 0:
                return
            if wait_s > TURN_S and self.state is not RegistrationState.REFUSED:
                self._problems.update(self.extension.name, held_back(self._place, wait_s))
            await asyncio.sleep(wait_s)

    async def _attempt(self) -> Outcome:
        resolution = await self._names.first()
        if not resolution.addresses:
            return Unresolved(resolution.problem)
        try:
            await self._set_up(resolution.addresses[self._failovers % len(resolution.addresses)])
            self._drop_old_answers()
            self._asked_monotonic_s = time.monotonic()
            await self._endpoint.register(self.extension.name)
        except AddressError as error:
            return TransportFailed(str(error))
        except ListenError as error:
            return CannotListen(str(error), taken=error.taken)
        except SipError as error:
            return TransportFailed(str(error))
        return await self._outcome()

    async def _outcome(self) -> Outcome:
        limit_s = TCP_ANSWER_S if self.exchange.tcp else ANSWER_S
        answer = await self._answer(limit_s)
        if answer is not None:
            return outcome_of(answer)
        try:
            await self._endpoint.abandon(self.extension.name)
        except SipError as error:
            return TransportFailed(str(error))
        return NoAnswer(unheard_s=limit_s)

    async def _answer(self, timeout_s: float) -> RegistrationAnswer | None:
        """The next answer, None when there is none in time."""
        with expiring(timeout_s, lambda: self._answers.put_nowait(None)):
            return await self._answers.get()

    def _fail_over(self, outcome: Outcome) -> None:
        """Turn to the name's next address when this one does not answer (RFC 3263, 4.3)."""
        if isinstance(outcome, NoAnswer | TransportFailed):
            self._failovers += 1

    async def _set_up(self, registrar_address: str) -> None:
        exchange = self.exchange
        registrar = f"{registrar_address}:{exchange.port}"
        address = local_address(registrar_address, exchange.address or None)
        transport = await self._endpoint.transport(address, exchange.sip_port, tcp=exchange.tcp)
        settings = AccountSettings(
            user=self.extension.user,
            registrar=registrar,
            address=address,
            transport=transport,
            tcp=exchange.tcp,
            password=self.extension.password,
            expires_s=self._policy.expires_s,
            token=self.token,
        )
        if settings == self._settings:
            return
        await self._endpoint.set_account(self.extension.name, settings, self._answers.put_nowait)
        self._settings = settings
        if (registrar, address) != (self.registrar, self.address):
            self.registrar, self.address = registrar, address
            self.sip_port = await self._endpoint.port_of(transport)
            self._moved()

    def _tell_guard(self, outcome: Outcome) -> None:
        if isinstance(outcome, Registered):
            self._guard.proved(self.extension.name)
        elif isinstance(outcome, Refused) and outcome.status in _COUNTED:
            self._guard.refused(self.extension.name, outcome.status, time.monotonic())
        else:
            self._guard.undecided(self.extension.name)
            self._names.refresh()

    def _drop_old_answers(self) -> None:
        while not self._answers.empty():
            self._answers.get_nowait()
