"""Whether a configuration fits the machine that it is on."""

from collections.abc import Iterator

from denwa.config import phrases
from denwa.config.explain import dotted
from denwa.config.findings import Finding, Severity
from denwa.config.load import Configuration
from denwa.config.phrases import Fault
from denwa.config.sources import Location
from exchange.sip.address import is_own


def foreign_addresses(configuration: Configuration) -> Iterator[Finding]:
    """The addresses that are not this machine's: none to listen on, and to be told an exchange with care only."""
    if (listening := configuration.sip.address) and not is_own(listening):
        yield _finding(configuration, ("sip", "address"), phrases.FOREIGN, Severity.ERROR, listening)
    for name, exchange in configuration.exchanges.items():
        if exchange.address and not is_own(exchange.address):
            location = ("exchanges", name, "address")
            yield _finding(configuration, location, phrases.TRANSLATED, Severity.WARNING, exchange.address)


def _finding(
    configuration: Configuration, location: Location, fault: Fault, severity: Severity, address: str
) -> Finding:
    where = configuration.where(location)
    return Finding(where, dotted(location), fault.what, fault.remedy, {"address": address}, severity)
