"""The whole examination, in order: machine, exchanges, extensions; what has failed spares what hangs on it."""

import asyncio
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from denwa import wiring
from denwa.config.load import Configuration
from denwa.config.models import Extension
from denwa.doctor import address, clock, port, registration
from denwa.doctor.ends import open_both_ends, open_caller
from denwa.doctor.finding import Finding, Level, Progress, said
from denwa.doctor.live import examine_live
from denwa.doctor.own import examine_own
from denwa.doctor.register_query import Target
from denwa.doctor.registration import Standing
from denwa.doctor.subject import Subject
from denwa.language import Text
from exchange.network.dialplan import DialplanRequest
from exchange.network.numbers import NumberError
from exchange.sip import registration_problem as problems
from exchange.sip.address import AddressError, is_own, local_address
from exchange.sip.registration_problem import RegistrationPlace
from exchange.sip.resolver import NameWatch
from exchange.sip.routing import make_token
from exchange.sip.stack import SipError
from services.opening import first_of

OTHER_PORT = 5070
"""What denwa's documents give to one whose 5060 is taken."""

_CLOCK = Text("asking for the clock …", "時計を調べています…")
_NAME = Text("finding {host} …", "{host} を探しています…")
_ASKING = Text("{exchange}: asking for {user} …", "{exchange} に {user} を問い合わせています…")
_REGISTERING = Text("{exchange}: registering {user} …", "{exchange} に {user} を登録しています…")
_NO_EXCHANGE = Text(
    "No exchange is configured: denwa answers calls from this machine alone.",
    "交換機の設定がありません。denwa はこのマシンからの電話だけを受けます。",
)
_WRITE_ONE = Text("Write a configuration with:", "設定を作るには:")
_PORT_TAKEN = Text(
    "{holder} has denwa's SIP port, {address}:{port}, but {user} is not registered. Sound and busy gate were not tried.",
    "denwa の SIP ポート {address}:{port} を {holder} が使っていますが、{user} は登録されていません。音と話中の検査は"
    "していません。",
)
_MOVE = Text(
    "If that is `denwa serve`, its log says what hinders it. Else stop it, or take another port in denwa.toml:",
    "それが `denwa serve` なら、ログに理由があります。そうでなければ止めるか、denwa.toml で別のポートにしてください:",
)
_SOMEBODY = Text("another program", "別のプログラム")
_NOT_TRIED = Text(
    "Sound and busy gate were not tried: the address above must be mended first.",
    "音と話中の検査はしていません。先に上のアドレスを直してください。",
)
_SLOW = Text(
    "The exchange took the password a moment ago, but not the registration.",
    "交換機はパスワードを受け付けましたが、登録が終わりません。",
)
_CANNOT = Text("The doctor's own telephone cannot start: {why}", "検査用の電話を始められません: {why}")


@dataclass(slots=True)
class _Reached:
    """What is known of an exchange so far."""

    registrar: str = ""
    advertised: str = ""
    usable: bool = False
    refused: bool = False


@dataclass(slots=True)
class Examination:
    """Examines a configuration; `found` is told of each finding at once, `progress` of what is done.

    `program` is what one types to run denwa.
    """

    configuration: Configuration
    found: Callable[[Finding], None]
    progress: Progress
    program: str = "denwa"
    _reached: dict[str, _Reached] = field(default_factory=dict)

    async def run(self) -> None:
        """Look at everything."""
        self.progress(_CLOCK)
        services = {
            service for each in self.configuration.extensions.values() for service in each.numbers.values()
        }
        self._tell(await clock.check_clock(int(time.time()), gives_the_time="clock" in services))
        if not self.configuration.extensions:
            self.found(
                Finding("registration", Level.NOTE, _NO_EXCHANGE, _WRITE_ONE, (f"{self.program} init",))
            )
            return
        for name in dict.fromkeys(each.exchange for each in self.configuration.extensions.values()):
            self._reached[name] = await self._reach(name)
        standings = {
            name: await self._ask(name, each) for name, each in self.configuration.extensions.items()
        }
        served = [name for name, standing in standings.items() if standing is Standing.SERVED]
        free = [name for name, standing in standings.items() if standing is Standing.FREE]
        try:
            await self._as_caller(served)
            await self._as_both(free)
        except* SipError as group:
            self.found(Finding("sound", Level.FAIL, said(_CANNOT, why=first_of(group))))

    async def _reach(self, name: str) -> _Reached:
        """Find the exchange, and look at our address towards it."""
        exchange = self.configuration.exchanges[name]
        self.progress(said(_NAME, host=exchange.host))
        watch = NameWatch(exchange.host, lambda _: None)
        asking = asyncio.create_task(watch.run())
        resolution = await watch.first()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        if not resolution.addresses:
            extension = next(
                key for key, each in self.configuration.extensions.items() if each.exchange == name
            )
            self.found(
                registration.of_problem(
                    self._place(extension), problems.unresolved(self._place(extension), resolution.problem)
                )
            )
            return _Reached()
        registrar = resolution.addresses[0]
        setting = exchange.address or self.configuration.sip.address
        self._tell(address.check_address(name, registrar, setting, self._address_field(name)))
        try:
            routed = local_address(registrar)
        except AddressError:
            return _Reached()
        return _Reached(registrar, setting or routed, usable=is_own(setting or routed))

    async def _ask(self, name: str, extension: Extension) -> Standing:
        """Ask the exchange for an extension."""
        reached = self._reached[extension.exchange]
        place = self._place(name)
        if not reached.registrar:
            return Standing.CLOSED
        if reached.refused:
            checked = registration.held_back(place)
        else:
            self.progress(said(_ASKING, exchange=extension.exchange, user=extension.user))
            exchange = self.configuration.exchanges[extension.exchange]
            own = reached.advertised if reached.usable else local_address(reached.registrar)
            target = Target(reached.registrar, exchange.port, exchange.transport == "tcp", own)
            password = wiring.password(extension)
            token = make_token(password, extension.exchange, name)
            contact = registration.OwnContact(token, reached.advertised, self.configuration.sip.port)
            checked = await registration.check_registration(place, target, password, contact)
        self.found(checked.finding)
        reached.refused |= checked.refused
        return checked.standing

    async def _as_caller(self, names: list[str]) -> None:
        """Call the running service."""
        if not names:
            return
        targets, addresses = {}, {}
        for name in names:
            exchange = self.configuration.extensions[name].exchange
            reached = self._reached[exchange]
            targets[name] = f"{reached.registrar}:{self.configuration.exchanges[exchange].port}"
            addresses[name] = reached.advertised if reached.usable else local_address(reached.registrar)
        async with open_caller(self.configuration, targets, addresses) as caller:
            for name in names:
                await examine_live(
                    caller, self._subject(name), self.configuration.language, self.found, self.progress
                )

    async def _as_both(self, names: list[str]) -> None:
        """Register, and call ourselves."""
        ready = [name for name in names if self._may_listen(name)]
        if not ready:
            return
        async with open_both_ends(self.configuration, ready) as ends:
            for name in ready:
                place = self._place(name)
                self.progress(said(_REGISTERING, exchange=place.exchange, user=place.user))
                try:
                    problem = await ends.registered(name)
                except TimeoutError:
                    self.found(Finding(registration.CHECK, Level.FAIL, _SLOW, subject=name))
                    continue
                if problem is not None:
                    self.found(registration.of_problem(place, problem))
                    continue
                await examine_own(ends, self._subject(name), self.found, self.progress)

    def _may_listen(self, name: str) -> bool:
        """Whether we can be called as the service would be; says so if not."""
        extension = self.configuration.extensions[name]
        reached = self._reached[extension.exchange]
        if not reached.usable:
            self.found(Finding("sound", Level.NOTE, _NOT_TRIED, subject=name))
            return False
        own_port = self.configuration.sip.port
        tcp = self.configuration.exchanges[extension.exchange].transport == "tcp"
        if port.is_free(reached.advertised, own_port, tcp=tcp):
            return True
        what = said(
            _PORT_TAKEN,
            holder=port.holder(own_port) or _SOMEBODY,
            address=reached.advertised,
            port=own_port,
            user=extension.user,
        )
        paste = ("[sip]", f"port = {OTHER_PORT if own_port != OTHER_PORT else OTHER_PORT + 10}")
        self.found(Finding("port", Level.FAIL, what, _MOVE, paste, ("sip.port",), name))
        return False

    def _subject(self, name: str) -> Subject:
        extension = self.configuration.extensions[name]
        reached = self._reached[extension.exchange]
        limits = self.configuration.limits
        return Subject(
            name=name,
            exchange=extension.exchange,
            user=extension.user,
            registrar=reached.registrar,
            address=reached.advertised,
            address_field=self._address_field(extension.exchange),
            request=self._request(extension),
            numbers=dict(extension.numbers),
            caps={"": limits.calls, **limits.services},
        )

    def _request(self, extension: Extension) -> DialplanRequest | None:
        with suppress(NumberError):
            return wiring.dialplan_request(self.configuration, extension)
        return None

    def _address_field(self, exchange: str) -> str:
        set_for_all = self.configuration.sip.address and not self.configuration.exchanges[exchange].address
        return "sip.address" if set_for_all else f"exchanges.{exchange}.address"

    def _place(self, name: str) -> RegistrationPlace:
        extension = self.configuration.extensions[name]
        exchange = self.configuration.exchanges[extension.exchange]
        return RegistrationPlace(
            exchange=extension.exchange,
            extension=name,
            host=exchange.host,
            port=exchange.port,
            transport=exchange.transport,
            user=extension.user,
        )

    def _tell(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self.found(finding)
