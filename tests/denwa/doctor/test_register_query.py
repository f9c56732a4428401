"""The question who is registered, put to a scripted registrar over UDP and TCP."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from support.doctor_samples import QueriedRegistrar
from support.program import free_port
from support.registrar_steps import NewNonce, Silence, Status, TwoChallenges

from denwa.doctor.register_query import ANSWER_S, Answer, Silent, Target, Unreachable, ask, is_there

pytestmark = pytest.mark.unit
HOST = "127.0.0.1"
PASSWORD = "secret"  # noqa: S105


@pytest.fixture
def registrar() -> Iterator[QueriedRegistrar]:
    with QueriedRegistrar({"7000": PASSWORD}) as registrar:
        yield registrar


def target(registrar: QueriedRegistrar, *, tcp: bool = False) -> Target:
    return Target(HOST, registrar.address[1], tcp, HOST)


def put(registrar: QueriedRegistrar, password: str = PASSWORD, *, tcp: bool = False) -> Answer:
    return asyncio.run(ask(target(registrar, tcp=tcp), "7000", password))


@pytest.mark.parametrize("tcp", [False, True], ids=["udp", "tcp"])
def test_the_right_password_is_taken_and_nothing_is_bound(registrar: QueriedRegistrar, tcp: bool):
    assert put(registrar, tcp=tcp) == Answer(200, "OK", ())
    assert registrar.most_bindings == 0
    assert [seen.message.one("Contact") for seen in registrar.seen] == ["", ""]


def test_the_contacts_come_back_and_stay(registrar: QueriedRegistrar):
    contact = "sip:7000@192.0.2.33:5060;x-denwa=abc"
    registrar.bind("7000", contact)
    assert put(registrar).contacts == (contact,)
    assert [each.contact for each in registrar.bindings("7000")] == [contact]


def test_a_wrong_password_is_refused_after_one_try(registrar: QueriedRegistrar):
    assert put(registrar, "wrong").status == 401
    assert registrar.bad_passwords == 1


def test_a_second_challenge_is_no_invitation_to_try_again(registrar: QueriedRegistrar):
    registrar.always = NewNonce()
    assert put(registrar).status == 401
    assert len(registrar.seen) == 2


def test_of_two_challenges_the_one_that_is_understood_is_answered(registrar: QueriedRegistrar):
    registrar.script = [TwoChallenges()]
    assert put(registrar).status == 200


@pytest.mark.parametrize("status", [403, 404, 503])
def test_another_refusal_is_handed_on_with_its_reason(registrar: QueriedRegistrar, status: int):
    registrar.script = [Status(status, "So It Is")]
    assert put(registrar) == Answer(status, "So It Is", ())


@pytest.mark.parametrize("tcp", [False, True], ids=["udp", "tcp"])
def test_a_closed_port_is_known_at_once(tcp: bool):
    port = free_port()
    start_monotonic_s = time.monotonic()
    with pytest.raises(Unreachable) as refusal:
        asyncio.run(ask(Target(HOST, port, tcp, HOST), "7000", PASSWORD))
    assert refusal.value.refused
    assert time.monotonic() - start_monotonic_s < ANSWER_S / 2


def test_silence_ends_when_its_time_is_over(registrar: QueriedRegistrar):
    registrar.always = Silence()
    with pytest.raises(Silent):
        asyncio.run(ask(target(registrar), "7000", PASSWORD, answer_s=0.2))


def test_by_udp_it_is_asked_again_for_a_lost_packet():
    """The first datagram is thrown away; the same one comes again after half a second."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind((HOST, 0))
        came: list[bytes] = []

        def answer() -> None:
            came.append(deaf.recv(4096))
            again, peer = deaf.recvfrom(4096)
            came.append(again)
            lines = again.decode().split("\r\n")
            kept = [line for line in lines if line.startswith(("Via", "From", "To", "Call-ID", "CSeq"))]
            for first in ("SIP/2.0 100 Trying", "SIP/2.0 200 OK"):
                deaf.sendto("\r\n".join([first, *kept, "Content-Length: 0", "", ""]).encode(), peer)

        thread = threading.Thread(target=answer)
        thread.start()
        asked = Target(HOST, deaf.getsockname()[1], False, HOST)
        assert asyncio.run(ask(asked, "7000", PASSWORD)) == Answer(200, "OK", ())
        thread.join()
    assert came[0] == came[1]


@pytest.mark.parametrize(
    "noise", [b"", b"\r\n\r\n", b"SIP/2.0\r\n\r\n", b"SIP/2.0 x\r\nCSeq: 1 REGISTER\r\n\r\n", b"\xff" * 99]
)
def test_noise_before_the_answer_is_passed_over(noise: bytes):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as noisy:
        noisy.bind((HOST, 0))

        def answer() -> None:
            request, peer = noisy.recvfrom(4096)
            noisy.sendto(noise, peer)
            kept = [line for line in request.decode().split("\r\n") if line.startswith(("Call-ID", "CSeq"))]
            noisy.sendto("\r\n".join(["SIP/2.0 404 Not Found", *kept, "", ""]).encode(), peer)

        thread = threading.Thread(target=answer)
        thread.start()
        asked = Target(HOST, noisy.getsockname()[1], False, HOST)
        assert asyncio.run(ask(asked, "7000", PASSWORD)).status == 404
        thread.join()


def test_a_connection_that_is_closed_is_no_answer():
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()

        def hang_up() -> None:
            listener.accept()[0].close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        with pytest.raises(Unreachable):
            asyncio.run(ask(Target(HOST, listener.getsockname()[1], True, HOST), "7000", PASSWORD))
        thread.join()


def test_whether_anybody_is_there_is_asked_without_the_password(registrar: QueriedRegistrar):
    assert asyncio.run(is_there(target(registrar), "7000"))
    assert [seen.message.one("Authorization") for seen in registrar.seen] == [""]


def test_nobody_is_there_where_nothing_answers(registrar: QueriedRegistrar):
    registrar.always = Silence()
    assert not asyncio.run(is_there(target(registrar), "7000", answer_s=0.1))
