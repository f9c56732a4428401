"""What the doctor's checks judge, made up: an extension at an exchange, sounds, and a registrar that may be asked."""

import dataclasses
import time
from collections.abc import Iterable, Mapping
from typing import Any

from support.registrar import Binding, ScriptedRegistrar
from support.sip_message import SipMessage
from support.sip_server import Peer

from denwa.doctor.finding import Finding
from denwa.doctor.handpiece import Sound
from denwa.doctor.subject import Subject
from exchange.network.dialplan import DialplanRequest, ServiceNumber
from exchange.network.patterns import NumberPattern
from exchange.sip.registration_problem import RegistrationPlace

NUMBERS = {"117": "clock", "186": "echo", "7xxxx": "clock"}
REQUEST = DialplanRequest(
    "7000",
    tuple(ServiceNumber(NumberPattern.parse(number), service) for number, service in NUMBERS.items()),
    max_calls=100,
)
SUBJECT = Subject(
    name="services",
    exchange="home",
    user="7000",
    registrar="192.0.2.10",
    address="192.0.2.20",
    address_field="exchanges.home.address",
    request=REQUEST,
    numbers=NUMBERS,
    caps={"": 100, "clock": 60},
)
PLACE = RegistrationPlace(
    exchange="home", extension="services", host="192.0.2.10", port=5060, transport="udp", user="7000"
)
HEARD = Sound(received=42, sent=42, lost=0, level_dbm0=-16.0, heard=True, law="PCMA", ptime_ms=20)
NOTHING = Sound(received=0, sent=100, lost=0, level_dbm0=float("-inf"), heard=False, law="PCMA", ptime_ms=20)


CONFIGURATION = """
[sip]
port = {own}
[exchanges.home]
host = "127.0.0.1"
port = {exchange}
[extensions.services]
exchange = "home"
user = "7000"
password = "secret"
[extensions.services.numbers]
"""


def configuration_of(own_port: int, exchange_port: int, numbers: Mapping[str, str]) -> str:
    """denwa.toml for extension 7000 of an exchange on loopback, with these numbers and their services."""
    text = CONFIGURATION.format(own=own_port, exchange=exchange_port)
    return text + "".join(f'"{number}" = "{service}"\n' for number, service in numbers.items())


def subject(**changes: Any) -> Subject:
    """The sample with some things otherwise."""
    return dataclasses.replace(SUBJECT, **changes)


def texts(finding: Finding) -> tuple[str, str, str, str]:
    """All that it says; no place of a text may be left empty."""
    said = (finding.what.en, finding.what.ja, finding.remedy.en, finding.remedy.ja)
    for text in said:
        assert "{" not in text, f"a place was not filled: {text}"
    assert bool(finding.remedy.en) == bool(finding.remedy.ja)
    return said


def show(findings: Iterable[Finding]) -> None:
    """Print what was found, for who reads a failure; no place of a text may be left empty."""
    for finding in findings:
        what, _, remedy, _ = texts(finding)
        print(finding.check, finding.level, what, remedy)


class QueriedRegistrar(ScriptedRegistrar):
    """A registrar that takes a REGISTER without Contact for the question that it is (RFC 3261, 10.2.3)."""

    def bind(self, user: str, contact: str) -> None:
        """Let a telephone be registered."""
        until_monotonic_s = time.monotonic() + 60
        self._bindings[user] = {contact: Binding(contact, until_monotonic_s, 60, Peer(self.address))}

    def close_tcp(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _bind(self, user: str, request: SipMessage, peer: Peer, expires_s: int) -> None:
        if request.one("Contact"):
            super()._bind(user, request, peer, expires_s)
