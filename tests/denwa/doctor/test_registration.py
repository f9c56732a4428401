"""What the exchange's answer means, and which line mends what."""

import asyncio
import dataclasses
import socket
from collections.abc import Iterator

import pytest
from support.doctor_samples import PLACE, QueriedRegistrar, texts
from support.program import free_port
from support.registrar_steps import WrongPassword

from denwa.doctor import registration
from denwa.doctor.finding import Level
from denwa.doctor.register_query import Answer, Target
from denwa.doctor.registration import (
    Checked,
    OwnContact,
    Standing,
    check_registration,
    held_back,
    judge,
)
from exchange.sip.routing import TOKEN_PARAMETER, make_token

pytestmark = pytest.mark.unit
HOST = "127.0.0.1"
PASSWORD = "secret"  # noqa: S105
TOKEN = make_token(PASSWORD, "home", "services")
OURS = f"sip:7000@127.0.0.1:{{port}};{TOKEN_PARAMETER}={TOKEN}"
OWN = OwnContact(TOKEN, HOST, 5060)
OTHER = "sip:7000@192.0.2.33:5060"


@pytest.fixture
def registrar() -> Iterator[QueriedRegistrar]:
    with QueriedRegistrar({"7000": PASSWORD}) as registrar:
        yield registrar


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
        ours.bind((HOST, 0))
        yield ours.getsockname()[1]


def check(port: int, password: str = PASSWORD, *, tcp: bool = False) -> Checked:
    place = dataclasses.replace(PLACE, host=HOST, port=port, transport="tcp" if tcp else "udp")
    return asyncio.run(check_registration(place, Target(HOST, port, tcp, HOST), password, OWN))


def answered(*contacts: str, port: int = 5060) -> Checked:
    return judge(PLACE, Answer(200, "OK", contacts), OwnContact(TOKEN, HOST, port))


def test_an_extension_that_nobody_has_is_free():
    checked = answered()
    assert (checked.standing, checked.finding.level) == (Standing.FREE, Level.OK)
    texts(checked.finding)


def test_denwas_own_contact_is_known_by_its_token_and_left_alone(taken_port: int):
    contact = OURS.format(port=taken_port)
    checked = answered(contact, port=taken_port)
    assert (checked.standing, checked.finding.level) == (Standing.SERVED, Level.OK)
    assert contact in checked.finding.what.en


@pytest.mark.parametrize("place", ["192.0.2.20:5060", "127.0.0.1:40123", "127.0.0.1:5060"])
def test_denwa_elsewhere_is_left_alone_too(place: str):
    """Another machine, a router's port, the far end of a connection: as the exchange sees it."""
    contact = OURS.replace("127.0.0.1:{port}", place)
    assert answered(contact, port=free_port()).standing is Standing.SERVED


def test_what_a_killed_denwa_left_behind_hinders_nothing():
    port = free_port()
    assert answered(OURS.format(port=port), port=port).standing is Standing.FREE
    assert answered(OURS.format(port=port) + ";transport=tcp", port=port).standing is Standing.FREE


def test_a_denwa_that_listens_by_tcp_alone_is_there():
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        port = listener.getsockname()[1]
        assert answered(OURS.format(port=port), port=port).standing is Standing.SERVED


@pytest.mark.parametrize(
    "contacts", [(OTHER,), (OTHER, OURS.format(port=5060)), (OURS.format(port=1), OTHER)]
)
def test_another_telephone_is_named_and_nothing_is_done(contacts: tuple[str, ...]):
    checked = answered(*contacts)
    assert (checked.standing, checked.finding.level) == (Standing.CLOSED, Level.FAIL)
    assert OTHER in checked.finding.what.ja
    assert checked.finding.fields == ("extensions.services.user",)
    texts(checked.finding)


@pytest.mark.parametrize(
    ("status", "field", "counted"),
    [
        (401, "extensions.services.password_file", True),
        (403, "extensions.services.user", True),
        (404, "extensions.services.user", False),
        (405, "exchanges.home.host", False),
        (503, "exchanges.home.host", False),
    ],
)
def test_a_refusal_names_the_field_first_to_mend(status: int, field: str, counted: bool):
    checked = judge(PLACE, Answer(status, "No"), OWN)
    assert (checked.standing, checked.finding.level) == (Standing.CLOSED, Level.FAIL)
    assert checked.finding.fields[0] == field
    assert checked.refused is counted
    table = field.rpartition(".")[0]
    assert checked.finding.paste[0] == f"[{table}]"
    texts(checked.finding)


def test_the_right_password_is_taken(registrar: QueriedRegistrar):
    assert check(registrar.address[1]).standing is Standing.FREE
    assert check(registrar.address[1], tcp=True).standing is Standing.FREE


def test_a_wrong_password_counts_at_the_exchange_once(registrar: QueriedRegistrar):
    registrar.always = WrongPassword()
    checked = check(registrar.address[1], "wrong")
    assert checked.refused
    assert registrar.bad_passwords == 1


@pytest.mark.parametrize("tcp", [False, True], ids=["udp", "tcp"])
def test_the_usual_port_is_looked_at_where_the_configured_one_is_closed(
    registrar: QueriedRegistrar, monkeypatch: pytest.MonkeyPatch, tcp: bool
):
    monkeypatch.setattr(registration, "USUAL_PORT", registrar.address[1])
    checked = check(free_port(), tcp=tcp)
    assert checked.standing is Standing.CLOSED
    assert checked.finding.paste == ("[exchanges.home]", f"port = {registrar.address[1]}")
    texts(checked.finding)


def test_the_other_transport_is_looked_at(registrar: QueriedRegistrar):
    registrar.close_tcp()
    checked = check(registrar.address[1], tcp=True)
    assert checked.finding.paste == ("[exchanges.home]", 'transport = "udp"')


def test_where_nobody_answers_the_lines_to_look_at_are_given():
    checked = check(free_port())
    assert checked.finding.paste[:2] == ("[exchanges.home]", f'host = "{HOST}"')
    assert "exchanges.home.port" in checked.finding.fields
    texts(checked.finding)


def test_an_extension_is_held_back_with_a_reason():
    checked = held_back(PLACE)
    assert (checked.standing, checked.finding.level) == (Standing.CLOSED, Level.NOTE)
    assert "fail2ban" in texts(checked.finding)[0]
