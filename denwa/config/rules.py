"""What no single value can tell: whether the tables of a configuration fit together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from denwa.config import phrases
from denwa.config.explain import dotted, where
from denwa.config.findings import Finding, Severity
from denwa.config.keys import nearest
from denwa.config.models import Extension
from denwa.config.phrases import Fault
from denwa.config.settings import Configurable, Settings
from denwa.config.sources import ConfigurationFile, Location, Override
from denwa.language import Text
from exchange.network.patterns import NumberPattern


@dataclass(frozen=True, slots=True)
class Checked:
    """What is looked at together: the values, where they came from, and the services there are."""

    settings: Settings
    file: ConfigurationFile
    overridden: tuple[Override, ...]
    services: Mapping[str, Configurable]

    def finding(
        self, location: Location, fault: Fault, severity: Severity = Severity.ERROR, **values: object
    ) -> Finding:
        """A finding at a key."""
        at = where(location, self.file, self.overridden)
        return Finding(at, dotted(location), fault.what, fault.remedy, values, severity)


def unfitting(checked: Checked) -> list[Finding]:
    """All that does not fit together."""
    found: list[Finding] = []
    for name, extension in checked.settings.extensions.items():
        found += _exchange(checked, name, extension)
        found += _numbers(checked, name, extension)
    found += _same_users(checked)
    found += _limits(checked)
    found += _trust(checked)
    found += _unused(checked)
    return found


def _exchange(checked: Checked, name: str, extension: Extension) -> Iterator[Finding]:
    if extension.exchange not in checked.settings.exchanges:
        yield _no_exchange(checked, ("extensions", name, "exchange"), extension.exchange)


def _numbers(checked: Checked, name: str, extension: Extension) -> Iterator[Finding]:
    for number, service in extension.numbers.items():
        if service not in checked.services:
            yield _no_service(checked, ("extensions", name, "numbers", number), service)
    yield from _written_twice(checked, name)
    patterns = [NumberPattern.parse(number) for number in extension.numbers]
    for one, other in combinations(patterns, 2):
        alike = one.specificity == other.specificity and one.overlaps(other)
        if alike and extension.numbers[one.text] != extension.numbers[other.text]:
            yield checked.finding(
                ("extensions", name, "numbers", other.text),
                phrases.UNDECIDED,
                found=other.text,
                other=one.text,
            )


def _written_twice(checked: Checked, name: str) -> Iterator[Finding]:
    """Numbers of the file that differ in spelling only."""
    table: object = checked.file.values
    for key in ("extensions", name, "numbers"):
        table = table.get(key, {}) if isinstance(table, dict) else {}
    first: dict[str, str] = {}
    for written in table if isinstance(table, dict) else ():
        text = NumberPattern.parse(written).text
        if text in first:
            yield checked.finding(
                ("extensions", name, "numbers", written),
                phrases.SAME_NUMBER,
                found=written,
                other=first[text],
            )
        first.setdefault(text, written)


def _same_users(checked: Checked) -> Iterator[Finding]:
    first: dict[tuple[str, str], str] = {}
    for name, extension in checked.settings.extensions.items():
        identity = (extension.exchange, extension.user)
        if identity in first:
            other = f"[extensions.{first[identity]}]"
            yield checked.finding(("extensions", name, "user"), phrases.SAME_USER, other=other)
        first.setdefault(identity, name)


def _limits(checked: Checked) -> Iterator[Finding]:
    for service in checked.settings.limits.services:
        if service not in checked.services:
            yield _no_service(checked, ("limits", "services", service), service)


def _trust(checked: Checked) -> Iterator[Finding]:
    for key in ("allow", "deny"):
        for exchange in getattr(checked.settings.trust, key):
            if exchange not in checked.settings.exchanges:
                yield _no_exchange(checked, ("trust", key, exchange), exchange)


def _unused(checked: Checked) -> Iterator[Finding]:
    used = {extension.exchange for extension in checked.settings.extensions.values()}
    for name in checked.settings.exchanges.keys() - used:
        yield checked.finding(("exchanges", name), phrases.UNUSED_EXCHANGE, Severity.WARNING, name=name)


def _no_exchange(checked: Checked, location: Location, exchange: str) -> Finding:
    known = ", ".join(checked.settings.exchanges) or Text("(none is there yet)", "(まだ一つもありません)")
    return checked.finding(location, phrases.NO_SUCH_EXCHANGE, found=exchange, known=known)


def _no_service(checked: Checked, location: Location, service: str) -> Finding:
    near = nearest(service, checked.services)
    return checked.finding(
        location, phrases.NO_SUCH_SERVICE, found=service, known=near or ", ".join(checked.services)
    )
