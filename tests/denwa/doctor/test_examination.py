"""The order of an examination, and what one fault spares the rest: on loopback, with a simulated exchange."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.doctor_samples import QueriedRegistrar, texts

from denwa.config.load import load
from denwa.doctor.examination import Examination
from denwa.doctor.finding import Finding, Level
from services.registry import installed

pytestmark = [pytest.mark.native, pytest.mark.usefixtures("line_eventfd")]

HOST = "127.0.0.1"
EXCHANGE = """
[exchanges.{name}]
host = "{host}"
port = {port}
"""
EXTENSION = """
[extensions.{name}]
exchange = "{exchange}"
user = "{user}"
password = "secret"
"""


@pytest.fixture
def registrar() -> Iterator[QueriedRegistrar]:
    with QueriedRegistrar({"7000": "secret", "7001": "secret"}) as registrar:
        yield registrar


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A SIP port that another program has, so that no examination goes as far as to call."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
        ours.bind((HOST, 0))
        yield ours.getsockname()[1]


class Examined:
    """The findings of an examination, and what was said meanwhile."""

    def __init__(self, folder: Path, *tables: str) -> None:
        file = folder / "denwa.toml"
        file.write_text("".join(tables))
        file.chmod(0o600)
        self.findings: list[Finding] = []
        self.progress: list[str] = []
        self.together: list[str] = []
        configuration = load(file, installed())
        asyncio.run(Examination(configuration, self._found, self._doing).run())

    def _found(self, finding: Finding) -> None:
        texts(finding)
        self.findings.append(finding)
        self.together.append(finding.check)

    def _doing(self, text: object) -> None:
        self.progress.append(text.en)  # type: ignore[attr-defined]
        self.together.append("…")

    def of(self, check: str) -> list[Finding]:
        return [finding for finding in self.findings if finding.check == check]

    def levels(self, check: str) -> list[Level]:
        return [finding.level for finding in self.of(check)]


def sip(port: int, address: str = "") -> str:
    return f'[sip]\nport = {port}\naddress = "{address}"\n'


def exchange(registrar: QueriedRegistrar, name: str = "home", host: str = HOST) -> str:
    return EXCHANGE.format(name=name, host=host, port=registrar.address[1])


def extension(name: str = "services", at: str = "home", user: str = "7000") -> str:
    return EXTENSION.format(name=name, exchange=at, user=user)


def test_a_port_that_another_program_has_is_found_before_anything_is_registered(
    registrar: QueriedRegistrar, tmp_path: Path, taken_port: int
):
    examined = Examined(tmp_path, sip(taken_port), exchange(registrar), extension())
    (finding,) = examined.of("port")
    assert (finding.level, finding.subject) == (Level.FAIL, "services")
    assert f"127.0.0.1:{taken_port}" in finding.what.en
    assert "(process " in finding.what.en
    assert finding.paste == ("[sip]", "port = 5070")
    assert finding.fields == ("sip.port",)
    assert registrar.most_bindings == 0
    assert examined.of("sound") == []


def test_it_goes_from_the_machine_to_the_exchange_to_the_extension(
    registrar: QueriedRegistrar, tmp_path: Path, taken_port: int
):
    examined = Examined(tmp_path, sip(taken_port), exchange(registrar), extension())
    checks = [finding.check for finding in examined.findings]
    assert checks == ["clock", "leap seconds", "address", "registration", "port"]
    assert examined.together[0] == "…", "it says what it does before it does it"
    assert examined.progress == [
        "asking for the clock …",
        "finding 127.0.0.1 …",
        "home: asking for 7000 …",
    ]


def test_several_extensions_share_what_is_found_of_their_exchange(
    registrar: QueriedRegistrar, tmp_path: Path, taken_port: int
):
    examined = Examined(
        tmp_path,
        sip(taken_port),
        exchange(registrar),
        extension("first"),
        extension("second", user="7001"),
    )
    assert examined.levels("address") == [Level.OK]
    assert [finding.subject for finding in examined.of("registration")] == ["first", "second"]
    assert [finding.subject for finding in examined.of("port")] == ["first", "second"]


def test_an_exchange_in_trouble_leaves_the_others_to_be_examined(
    registrar: QueriedRegistrar, tmp_path: Path, taken_port: int
):
    examined = Examined(
        tmp_path,
        sip(taken_port),
        exchange(registrar, "away", "nowhere.invalid"),
        extension("one", "away"),
        exchange(registrar),
        extension("services"),
    )
    failed, well = examined.of("registration")
    assert (failed.subject, failed.level, failed.fields) == ("one", Level.FAIL, ("exchanges.away.host",))
    assert (well.subject, well.level) == ("services", Level.OK)


def test_an_exchange_without_extensions_is_not_asked(
    registrar: QueriedRegistrar, tmp_path: Path, taken_port: int
):
    examined = Examined(
        tmp_path,
        sip(taken_port),
        exchange(registrar),
        extension(),
        exchange(registrar, "spare", "nowhere.invalid"),
    )
    assert {finding.subject for finding in examined.of("address")} == {"home"}


def test_a_refused_password_at_one_exchange_holds_nobody_back_at_another(
    registrar: QueriedRegistrar, tmp_path: Path, taken_port: int
):
    with QueriedRegistrar({"7000": "another"}) as strict:
        examined = Examined(
            tmp_path,
            sip(taken_port),
            exchange(strict, "strict"),
            extension("one", "strict"),
            extension("two", "strict", user="7001"),
            exchange(registrar),
            extension("services"),
        )
        assert strict.bad_passwords == 1
    assert examined.levels("registration") == [Level.FAIL, Level.NOTE, Level.OK]


@pytest.mark.parametrize("level", ["sip", "exchange"])
def test_an_address_that_is_not_ours_is_named_where_it_is_set(
    registrar: QueriedRegistrar, tmp_path: Path, taken_port: int, level: str
):
    foreign = "203.0.113.9"
    examined = Examined(
        tmp_path,
        sip(taken_port, foreign if level == "sip" else ""),
        exchange(registrar) + (f'address = "{foreign}"\n' if level == "exchange" else ""),
        extension(),
    )
    (address,) = examined.of("address")
    assert address.level is Level.FAIL
    assert address.fields == ({"sip": "sip.address", "exchange": "exchanges.home.address"}[level],)
    assert examined.levels("registration") == [Level.OK], "the password is tried from where the route begins"
    assert examined.levels("sound") == [Level.NOTE]


def test_a_denwa_that_is_registered_elsewhere_is_called_and_not_pushed_out(
    registrar: QueriedRegistrar, tmp_path: Path, taken_port: int
):
    """This registrar takes no calls: what matters is that nothing is registered."""
    from exchange.sip.routing import make_token  # noqa: PLC0415

    contact = f"sip:7000@192.0.2.20:5060;x-denwa={make_token('secret', 'home', 'services')}"
    registrar.bind("7000", contact)
    examined = Examined(tmp_path, sip(taken_port), exchange(registrar), extension())
    (registration,) = examined.of("registration")
    assert (registration.level, contact in registration.what.en) == (Level.OK, True)
    assert [each.contact for each in registrar.bindings("7000")] == [contact]
    assert "INVITE" in {request.method for request in registrar.requests}
    assert examined.of("port") == [], "the port is the running denwa's own"


def test_without_an_exchange_the_clock_is_all_there_is(tmp_path: Path):
    examined = Examined(tmp_path, "")
    assert [finding.check for finding in examined.findings] == ["clock", "leap seconds", "registration"]
    assert examined.levels("registration") == [Level.NOTE]
