"""Translates the configuration into what the exchange's room takes: settings, routes, leads, dialplan requests."""

from collections.abc import Collection, Iterator, Mapping

from denwa.config.load import Configuration
from denwa.config.models import Extension
from exchange.network.dialplan import DialplanRequest, ServiceNumber, Trunk
from exchange.network.numbers import DIALLED_DIGITS
from exchange.network.patterns import NumberPattern
from exchange.sip.extensions import Extensions
from exchange.sip.registration import ExchangeSettings, ExtensionSettings
from exchange.sip.routing import ExtensionNumbers, Numbers, RouteTable, make_token
from timekeeping.lead import lead_samples
from trust.allowed import NumberRules
from trust.settings import Rate, TrustSettings


def exchange_settings(configuration: Configuration) -> dict[str, ExchangeSettings]:
    """The exchanges by name; an address that is set for one goes before the one that is set for all."""
    return {
        name: ExchangeSettings(
            name=name,
            host=exchange.host,
            port=exchange.port,
            tcp=exchange.transport == "tcp",
            address=exchange.address or configuration.sip.address,
            sip_port=configuration.sip.port,
        )
        for name, exchange in configuration.exchanges.items()
    }


def extension_settings(configuration: Configuration) -> dict[str, tuple[str, ExtensionSettings]]:
    """Each extension's exchange and settings by its name."""
    return {
        name: (
            extension.exchange,
            ExtensionSettings(name, extension.user, password(extension), extension.expires_s),
        )
        for name, extension in configuration.extensions.items()
    }


def routes(configuration: Configuration, services: Collection[str]) -> RouteTable:
    """Which numbers lead to which of the open services; without any extension, whoever dials them."""
    extensions = tuple(
        ExtensionNumbers(
            name,
            make_token(password(extension), extension.exchange, name),
            _numbers(extension.numbers, services),
        )
        for name, extension in configuration.extensions.items()
    )
    return RouteTable(
        extensions=extensions,
        local=() if extensions else _numbers(configuration.numbers, services),
        caps=configuration.limits.services,
        total_cap=configuration.limits.calls,
    )


def leads(configuration: Configuration) -> dict[str, int]:
    """How many samples earlier than on time an extension's callers get a broadcast."""
    return {
        name: lead_samples(configuration.exchanges[extension.exchange].lead_ms)
        for name, extension in configuration.extensions.items()
    }


def dialplan_request(configuration: Configuration, extension: Extension) -> DialplanRequest:
    """What the text for one extension is made from. Raises NumberError."""
    exchange = configuration.exchanges[extension.exchange]
    return DialplanRequest(
        extension=extension.user,
        numbers=tuple(
            ServiceNumber(NumberPattern.parse(number), service)
            for number, service in extension.numbers.items()
        ),
        max_calls=configuration.limits.calls,
        trunks=tuple(Trunk(endpoint, prefix) for endpoint, prefix in exchange.trunks.items()),
        known_prefixes=exchange.prefixes,
        hop_prefix=exchange.hop_prefix,
    )


def trust_settings(configuration: Configuration) -> TrustSettings:
    """Who may be rung by each exchange, and how often."""
    trust = configuration.trust
    return TrustSettings(
        exchanges={
            name: NumberRules(
                trunks=exchange.trunks,
                own_numbers=_own_numbers(configuration, name),
                hop_prefix=exchange.hop_prefix,
                known_prefixes=exchange.prefixes,
                own_prefixes=trust.own_prefixes,
                allow=trust.allow.get(name, ()),
                deny=trust.deny.get(name, ()),
                emergency=frozenset(trust.emergency),
                hop_depth=trust.hop_depth,
            )
            for name, exchange in configuration.exchanges.items()
        },
        proof_days=trust.proof_days,
        proving_hours=trust.proving_hours,
        zone=trust.zone,
        per_source=Rate(*trust.per_source),
        per_target=Rate(*trust.per_target),
        per_trunk=Rate(*trust.per_trunk),
        in_all=Rate(*trust.in_all),
    )


def status(configuration: Configuration, services: Collection[str]) -> str:
    """In one line what there is to dial, but for ranges that nobody could read aloud."""
    by_extension: list[Mapping[str, str]] = [each.numbers for each in configuration.extensions.values()]
    return ", ".join(
        f"{number} {service}"
        for numbers in by_extension or [configuration.numbers]
        for number, service in numbers.items()
        if service in services and not {"[", "Z"} & set(number)
    )


def password(extension: Extension) -> str:
    """An extension's password, which loading has found."""
    assert extension.password is not None  # noqa: S101 - loading refuses an extension without one
    return extension.password.get_secret_value()


def _numbers(numbers: Mapping[str, str], services: Collection[str]) -> tuple[Numbers, ...]:
    return tuple(
        Numbers(NumberPattern.parse(number), service)
        for number, service in numbers.items()
        if service in services
    )


def _own_numbers(configuration: Configuration, exchange: str) -> tuple[NumberPattern, ...]:
    """What reaches us at an exchange: the services' numbers, and the extensions' own."""
    ours = [each for each in configuration.extensions.values() if each.exchange == exchange]
    numbers = [number for extension in ours for number in extension.numbers]
    users = [extension.user for extension in ours if DIALLED_DIGITS.issuperset(extension.user)]
    return tuple(NumberPattern.parse(number) for number in dict.fromkeys((*numbers, *users)))


class Targets(Mapping[str, str]):
    """Where each extension's exchange is now; empty until there are extensions, since the services open first."""

    def __init__(self) -> None:
        self.extensions: Extensions | None = None

    def __getitem__(self, extension: str) -> str:
        return self._now()[extension]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())

    def _now(self) -> dict[str, str]:
        return self.extensions.targets() if self.extensions else {}
