"""The scripted registrar itself, by a small hand-made client: what other tests rest upon."""

import secrets
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.registrar import ScriptedRegistrar
from support.registrar_steps import (
    Accept,
    Held,
    NewNonce,
    Silence,
    Status,
    Step,
    TooBrief,
    TwoChallenges,
    WrongPassword,
)
from support.sip_message import SipMessage
from support.sip_text import SipStream, digest_response, parameters, response_to

pytestmark = pytest.mark.unit

SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n"


class HandMadeClient:
    """Sends requests when told to and answers none by itself."""

    def __init__(self, registrar: ScriptedRegistrar, *, tcp: bool = False) -> None:
        self._tcp = tcp
        kind = socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM
        self._socket = socket.socket(socket.AF_INET, kind)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(5)
        self._socket.connect(registrar.address)
        self._stream = SipStream()
        self._read: list[SipMessage] = []
        self._call_id = secrets.token_hex(6)
        self._cseq = 0
        host, port = self._socket.getsockname()
        self.contact = f"sip:7000@{host}:{port};x-denwa=abc"
        self.registrar_uri = "sip:{}:{}".format(*registrar.address)

    def __enter__(self) -> "HandMadeClient":  # noqa: PYI034
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def register_request(
        self, expires_s: int = 120, authorization: str = "", contact: str = ""
    ) -> SipMessage:
        self._cseq += 1
        headers = [
            (
                "Via",
                f"SIP/2.0/{'TCP' if self._tcp else 'UDP'} 127.0.0.1;branch=z9hG4bK{secrets.token_hex(6)}",
            ),
            ("From", "<sip:7000@test>;tag=a"),
            ("To", "<sip:7000@test>"),
            ("Call-ID", self._call_id),
            ("CSeq", f"{self._cseq} REGISTER"),
            ("Contact", contact or f"<{self.contact}>"),
            ("Expires", str(expires_s)),
        ]
        if authorization:
            headers.append(("Authorization", authorization))
        return SipMessage(f"REGISTER {self.registrar_uri} SIP/2.0", tuple(headers))

    def credentials(self, challenge: SipMessage, password: str, *, qop: bool = True) -> str:
        """An answer to the last challenge of a 401."""
        asked = parameters(challenge.all("WWW-Authenticate")[-1])
        given = {
            "username": "7000",
            "realm": asked["realm"],
            "nonce": asked["nonce"],
            "uri": self.registrar_uri,
            **({"qop": "auth", "nc": "00000001", "cnonce": "c0ffee"} if qop else {}),
        }
        given["response"] = digest_response(given, method="REGISTER", password=password)
        return "Digest " + ", ".join(
            f"{name}={value}" if name in {"qop", "nc"} else f'{name}="{value}"'
            for name, value in given.items()
        )

    def exchange(self, request: SipMessage) -> SipMessage:
        self.send(request)
        return self.receive()

    def register(self, key: str = "secret", **how: object) -> SipMessage:
        """As a telephone does: without credentials, then with them."""
        challenge = self.exchange(self.register_request(**how))  # type: ignore[arg-type]
        if challenge.status != 401:
            return challenge
        authorization = self.credentials(challenge, key)
        return self.exchange(self.register_request(authorization=authorization, **how))  # type: ignore[arg-type]

    def send(self, message: SipMessage) -> None:
        self._socket.sendall(message.encode())

    def receive(self, timeout_s: float = 5.0) -> SipMessage:
        """The next message. Raises TimeoutError."""
        self._socket.settimeout(timeout_s)
        while not self._read:
            data = self._socket.recv(65_535)
            self._read += self._stream.feed(data) if self._tcp else [SipMessage.parse(data)]
        return self._read.pop(0)


@pytest.fixture
def registrar() -> Iterator[ScriptedRegistrar]:
    with ScriptedRegistrar({"7000": "secret"}) as running:
        yield running


@pytest.fixture(params=[False, True], ids=["udp", "tcp"])
def client(registrar: ScriptedRegistrar, request: pytest.FixtureRequest) -> Iterator[HandMadeClient]:
    with HandMadeClient(registrar, tcp=request.param) as telephone:
        yield telephone


def test_a_right_password_is_bound_for_what_was_asked(registrar: ScriptedRegistrar, client: HandMadeClient):
    answer = client.register(expires_s=300)
    assert answer.status == 200
    assert answer.one("Contact") == f"<{client.contact}>;expires=300"
    [binding] = registrar.bindings("7000")
    assert binding.contact == client.contact
    assert binding.until_monotonic_s - time.monotonic() == pytest.approx(300, abs=5)
    assert len(registrar.seen) == 2
    assert registrar.bad_passwords == 0


def test_a_digest_without_qop_is_right_too(registrar: ScriptedRegistrar, client: HandMadeClient):
    challenge = client.exchange(client.register_request())
    authorization = client.credentials(challenge, "secret", qop=False)
    assert client.exchange(client.register_request(authorization=authorization)).status == 200


def test_a_wrong_password_and_an_unknown_user_are_refused(
    registrar: ScriptedRegistrar, client: HandMadeClient
):
    assert client.register(key="Secret").status == 401
    registrar.users = {"7001": "secret"}
    assert client.register().status == 401
    assert registrar.bad_passwords == 2
    assert registrar.bindings("7000") == []


def test_an_invented_nonce_is_challenged_anew(registrar: ScriptedRegistrar, client: HandMadeClient):
    own = SipMessage("SIP/2.0 401 x", (("WWW-Authenticate", 'Digest realm="test", nonce="mine"'),))
    authorization = client.credentials(own, "secret")
    assert client.exchange(client.register_request(authorization=authorization)).status == 401
    assert registrar.bad_passwords == 0


def test_the_digest_is_the_rfcs():
    """The example of RFC 2617 3.5."""
    given = {
        "username": "Mufasa",
        "realm": "testrealm@host.com",
        "nonce": "dcd98b7102dd2f0e8b11d0f600bfb0c093",
        "uri": "/dir/index.html",
        "qop": "auth",
        "nc": "00000001",
        "cnonce": "0a4f113b",
    }
    expected = "6629fae49393a05397450978507c4ef1"
    assert digest_response(given, method="GET", password="Circle Of Life") == expected  # noqa: S106 - of the RFC


def test_the_grant_may_differ_from_what_was_asked(registrar: ScriptedRegistrar, client: HandMadeClient):
    registrar.always = Accept(expires_s=60)
    assert client.register(expires_s=3600).one("Contact").endswith("expires=60")


def test_a_registration_is_taken_back(registrar: ScriptedRegistrar, client: HandMadeClient):
    client.register()
    registrar.always = Accept(expires_s=60)
    assert client.register(expires_s=0).status == 200
    assert registrar.bindings("7000") == []


def test_a_contacts_own_expiry_goes_first(registrar: ScriptedRegistrar, client: HandMadeClient):
    client.register(expires_s=3600, contact=f"<{client.contact}>;expires=90")
    assert registrar.bindings("7000")[0].expires_s == 90


def test_a_star_clears_all(registrar: ScriptedRegistrar, client: HandMadeClient):
    client.register()
    assert client.register(expires_s=0, contact="*").status == 200
    assert registrar.bindings("7000") == []


def test_a_binding_ends_by_itself(registrar: ScriptedRegistrar, client: HandMadeClient):
    client.register(expires_s=1)
    assert len(registrar.bindings("7000")) == 1
    until_monotonic_s = registrar.bindings("7000")[0].until_monotonic_s
    time.sleep(max(0.0, until_monotonic_s - time.monotonic()))
    assert registrar.bindings("7000") == []


def test_two_bindings_are_remembered_for_ever(registrar: ScriptedRegistrar, client: HandMadeClient):
    client.register()
    client.register()
    assert registrar.most_bindings == 1
    other = client.contact.replace("abc", "abd")
    client.register(contact=f"<{other}>")
    client.register(expires_s=0, contact=f"<{other}>")
    assert len(registrar.bindings("7000")) == 1
    assert registrar.most_bindings == 2


def test_too_brief_is_said_until_enough_is_asked_for(registrar: ScriptedRegistrar, client: HandMadeClient):
    registrar.always = TooBrief(300)
    answer = client.register(expires_s=120)
    assert (answer.status, answer.one("Min-Expires")) == (423, "300")
    assert client.register(expires_s=300).status == 200


def test_a_scripted_status_with_retry_after(registrar: ScriptedRegistrar, client: HandMadeClient):
    registrar.script = [Status(503, "Busy", retry_after_s=7), Status(403)]
    answer = client.register()
    assert (answer.start_line, answer.one("Retry-After")) == ("SIP/2.0 503 Busy", "7")
    assert client.register().status == 403
    assert client.register().status == 200


def test_a_new_nonce_comes_without_stale(registrar: ScriptedRegistrar, client: HandMadeClient):
    registrar.script = [Accept(), NewNonce()]
    answer = client.register()
    assert answer.status == 401
    assert "stale" not in answer.one("WWW-Authenticate")
    authorization = client.credentials(answer, "secret")
    assert client.exchange(client.register_request(authorization=authorization)).status == 200
    assert registrar.bad_passwords == 0


def test_two_challenges_in_one_401(registrar: ScriptedRegistrar, client: HandMadeClient):
    registrar.script = [TwoChallenges()]
    challenge = client.exchange(client.register_request())
    algorithms = [parameters(value)["algorithm"] for value in challenge.all("WWW-Authenticate")]
    assert algorithms == ["SHA-512-256", "MD5"]
    authorization = client.credentials(challenge, "secret")
    assert client.exchange(client.register_request(authorization=authorization)).status == 200


def test_an_always_wrong_password_counts_attempts_with_credentials(
    registrar: ScriptedRegistrar, client: HandMadeClient
):
    registrar.always = WrongPassword()
    assert client.register().status == 401
    assert client.register().status == 401
    assert (registrar.bad_passwords, len(registrar.seen)) == (2, 4)


def test_silence_is_kept_for_retransmissions_and_ends_with_the_next_request(registrar: ScriptedRegistrar):
    registrar.script = [Silence()]
    with HandMadeClient(registrar) as client:
        request = client.register_request()
        for _ in range(3):
            client.send(request)
        with pytest.raises(TimeoutError):
            client.receive(timeout_s=0.1)
        assert len(registrar.seen) == 1
        assert client.register().status == 200


def test_a_retransmission_gets_the_same_answer_and_takes_no_step(registrar: ScriptedRegistrar):
    registrar.script = [Status(500), Status(501)]
    with HandMadeClient(registrar) as client:
        request = client.register_request()
        assert [client.exchange(request).encode() for _ in range(3)] == [
            client.exchange(request).encode()
        ] * 3
        assert len(registrar.script) == 1


def test_options_reach_the_contact(registrar: ScriptedRegistrar, client: HandMadeClient):
    client.register()
    with ThreadPoolExecutor(1) as waiting:
        answered = waiting.submit(registrar.options, registrar.bindings("7000")[0])
        request = client.receive()
        assert (request.method, request.uri) == ("OPTIONS", client.contact)
        client.send(response_to(request, 200, "OK", tag="t"))
        assert answered.result().status == 200


def test_an_answered_call_is_ended_from_the_registrars_side(
    registrar: ScriptedRegistrar, client: HandMadeClient
):
    client.register()
    call = registrar.invite(registrar.bindings("7000")[0], sdp=SDP)
    contact = ("Contact", f"<{client.contact}>")
    client.send(response_to(client.receive(), 200, "OK", contact, tag="t"))
    with ThreadPoolExecutor(1) as waiting:
        ended = waiting.submit(registrar.bye, call)
        bye = client.receive()
        assert (bye.method, bye.uri, bye.one("Call-ID")) == (
            "BYE",
            client.contact,
            call.request.one("Call-ID"),
        )
        client.send(response_to(bye, 200, "OK"))
        assert ended.result().status == 200


def test_a_call_is_made_answered_and_ended(registrar: ScriptedRegistrar, client: HandMadeClient):
    client.register()
    [binding] = registrar.bindings("7000")
    call = registrar.invite(binding, number="70730", sdp=SDP, headers=(("X-From-Peer", "north"),))
    invite = client.receive()
    assert invite.uri == client.contact.replace("7000@", "70730@")
    assert (invite.body, invite.one("X-From-Peer")) == (SDP, "north")
    client.send(response_to(invite, 180, "Ringing", tag="t"))
    contact = ("Contact", f"<{client.contact}>")
    client.send(response_to(invite, 200, "OK", contact, tag="t"))
    registrar.ack(call)
    ack = client.receive()
    assert ack.method == "ACK"
    assert ack.one("CSeq").split()[0] == invite.one("CSeq").split()[0]
    assert ack.one("Via") != invite.one("Via")
    assert [response.status for response in call.responses] == [180, 200]
    ours = SipMessage(f"BYE {registrar_contact(invite)} SIP/2.0", tuple(in_dialog(invite)))
    assert client.exchange(ours).status == 200
    assert registrar.requests[-1].method == "BYE"


def test_a_refused_call_is_acknowledged_in_its_own_transaction(
    registrar: ScriptedRegistrar, client: HandMadeClient
):
    client.register()
    call = registrar.invite(registrar.bindings("7000")[0])
    invite = client.receive()
    assert (invite.uri, invite.body) == (client.contact, "")
    client.send(response_to(invite, 486, "Busy Here", tag="t"))
    registrar.ack(call)
    ack = client.receive()
    assert (ack.uri, ack.one("Via")) == (invite.uri, invite.one("Via"))
    assert ack.one("To").endswith(";tag=t")


def test_what_does_not_happen_is_waited_for_in_vain(registrar: ScriptedRegistrar):
    with pytest.raises(TimeoutError):
        registrar.wait_for(lambda: registrar.seen, timeout_s=0.01)


def test_a_stream_is_cut_where_messages_end():
    first = SipMessage("OPTIONS sip:a SIP/2.0", (("Via", "v"),), "body\r\n\r\nbody")
    data = b"\r\n\r\n" + first.encode() + b"\r\n" + first.encode().replace(b"Content-Length", b"l")
    for size in (1, 7, 50, len(data)):
        stream = SipStream()
        cut = [message for at in range(0, len(data), size) for message in stream.feed(data[at : at + size])]
        assert [message.body for message in cut] == [first.body, first.body]
        assert {message.start_line for message in cut} == {first.start_line}


RELEASED = threading.Event()
RELEASED.set()
STEPS: list[Step] = [
    Silence(),
    Status(500),
    TooBrief(300),
    NewNonce(),
    TwoChallenges(),
    WrongPassword(),
    Accept(60),
    Held(RELEASED),
]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: type(step).__name__)
def test_each_step_takes_one_register_only(registrar: ScriptedRegistrar, step: Step):
    registrar.script = [step]
    with HandMadeClient(registrar) as client:
        client.send(client.register_request())
        registrar.wait_for(lambda: registrar.seen)
        assert registrar.script == []
    with HandMadeClient(registrar) as client:
        assert client.register().status == 200


def registrar_contact(invite: SipMessage) -> str:
    return invite.one("Contact").strip("<>")


def in_dialog(invite: SipMessage) -> list[tuple[str, str]]:
    return [
        ("Via", f"SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK{secrets.token_hex(6)}"),
        ("From", invite.one("To") + ";tag=t"),
        ("To", invite.one("From")),
        ("Call-ID", invite.one("Call-ID")),
        ("CSeq", "1 BYE"),
    ]
