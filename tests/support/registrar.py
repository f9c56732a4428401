"""A SIP registrar for tests that behaves as its script says: UDP and TCP on one port, digest MD5.

    with ScriptedRegistrar({"7000": "secret"}) as registrar:
        registrar.script = [TooBrief(300), Silence(), Status(503, retry_after_s=5)]
        ...
        registrar.wait_for(lambda: registrar.bindings("7000"))
        assert registrar.most_bindings == 1

Each REGISTER takes the next step of the script; when there is none, a real registrar's behaviour follows:
challenge, check, bind. It keeps to one thread; its attributes may be read and set from others.
"""

import contextlib
import itertools
import secrets
import selectors
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from support.sip_text import SipStream, SipText, digest_response, parameters, response_to, uri_in

REALM = "test"
PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Accept:
    """As a real registrar does: challenge, check the digest, bind for what is asked, or for `expires_s`."""

    expires_s: int | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """Refuse with a status, without looking at credentials."""

    status: int
    reason: str = "Scripted"
    retry_after_s: int | None = None


@dataclass(frozen=True, slots=True)
class TooBrief:
    """423 with Min-Expires, as long as less is asked for; then as `Accept`."""

    min_expires_s: int


@dataclass(frozen=True, slots=True)
class Silence:
    """No answer, to no retransmission of this REGISTER either."""


@dataclass(frozen=True, slots=True)
class NewNonce:
    """401 with a nonce of its own and without `stale`, whatever credentials came."""


@dataclass(frozen=True, slots=True)
class TwoChallenges:
    """401 with two challenges: an algorithm nobody here has (RFC 8760 allows it first), then MD5."""


@dataclass(frozen=True, slots=True)
class WrongPassword:
    """401 to whatever comes."""


Step = Accept | Status | TooBrief | Silence | NewNonce | TwoChallenges | WrongPassword


@dataclass(frozen=True, slots=True)
class Peer:
    """Where a message came from: a UDP address, or a connection."""

    address: tuple[str, int]
    connection: socket.socket | None = None


@dataclass(frozen=True, slots=True)
class Binding:
    """A contact of a user, until when it is kept, and where its REGISTER came from."""

    contact: str
    until_monotonic_s: float
    expires_s: int
    peer: Peer


@dataclass(frozen=True, slots=True)
class Seen:
    """A REGISTER that was not a retransmission, and when it came."""

    message: SipText
    at_monotonic_s: float


@dataclass(slots=True)
class Transaction:
    """A request of ours and the responses that came to it."""

    request: SipText
    peer: Peer
    responses: list[SipText] = field(default_factory=list)

    @property
    def final(self) -> SipText | None:
        """The final response, once there is one."""
        return next((response for response in self.responses if response.status >= 200), None)


class ScriptedRegistrar:
    """See the module. `users` maps user names to passwords.

    Attributes:
        script: the steps that the coming REGISTERs take, one each.
        always: the step of every REGISTER when the script is at its end.
        seen: the REGISTERs, without retransmissions.
        requests: all other requests that came (they get 200, ACK nothing).
        bad_passwords: REGISTERs with credentials that were wrong or were said to be.
        most_bindings: the most live bindings that any user ever had at once.
    """

    def __init__(self, users: dict[str, str], address: str = "127.0.0.1", port: int = 0) -> None:
        self.users = users
        self.script: list[Step] = []
        self.always: Step = Accept()
        self.seen: list[Seen] = []
        self.requests: list[SipText] = []
        self.bad_passwords = 0
        self.most_bindings = 0
        self._bindings: dict[str, dict[str, Binding]] = {}
        self._nonces: set[str] = set()
        self._answered: dict[tuple[str, str], bytes] = {}
        self._transactions: dict[str, Transaction] = {}
        self._streams: dict[socket.socket, SipStream] = {}
        self._changed = threading.Condition()
        self._udp, self._listener = _sockets(address, port)
        self.address: tuple[str, int] = self._udp.getsockname()
        self._selector = selectors.DefaultSelector()
        self._stop_reader, self._stop_writer = socket.socketpair()
        for readable in (self._udp, self._listener, self._stop_reader):
            self._selector.register(readable, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, name="scripted-registrar")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop_writer.close()
        self._thread.join()
        for opened in (self._udp, self._listener, self._stop_reader, *self._streams):
            opened.close()
        self._selector.close()

    # -- what tests ask --

    def bindings(self, user: str) -> list[Binding]:
        """The live bindings of a user."""
        with self._changed:
            return self._live(user)

    def wait_for(self, condition: Callable[[], object], timeout_s: float = PATIENCE_S) -> None:
        """Wait until a condition holds; it is looked at after each message. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(condition, timeout_s):
                raise TimeoutError("what the test waits for did not happen at the registrar")

    def send(self, request: SipText, peer: Peer) -> Transaction:
        """Send a request of ours, once; its responses gather in the transaction."""
        transaction = Transaction(request, peer)
        with self._changed:
            if request.method != "ACK":
                self._transactions[_branch(request)] = transaction
        self._write(request, peer)
        return transaction

    def wait_final(self, transaction: Transaction, timeout_s: float = PATIENCE_S) -> SipText:
        """The final response to a request of ours. Raises TimeoutError."""
        self.wait_for(lambda: transaction.final, timeout_s)
        assert transaction.final is not None
        return transaction.final

    def options(self, binding: Binding) -> SipText:
        """Qualify a contact, as exchanges do; the final response."""
        return self.wait_final(
            self.send(self._new_request("OPTIONS", binding.contact, binding.peer), binding.peer)
        )

    def invite(
        self,
        binding: Binding,
        *,
        number: str | None = None,
        sdp: str = "",
        fields: list[tuple[str, str]] | None = None,
    ) -> Transaction:
        """Call a contact; `number` takes the place of its user, as in a range `Dial`. ACK it by `ack`."""
        uri = binding.contact if number is None else _with_user(binding.contact, number)
        request = self._new_request("INVITE", uri, binding.peer, fields)
        if sdp:
            request.fields.append(("Content-Type", "application/sdp"))
            request.body = sdp.encode()
        return self.send(request, binding.peer)

    def ack(self, invite: Transaction) -> None:
        """Acknowledge an INVITE's final response (a 200 in a transaction of its own)."""
        final = self.wait_final(invite)
        self.send(self._in_dialog("ACK", invite, final), invite.peer)

    def bye(self, invite: Transaction) -> SipText:
        """End an answered call; the response."""
        final = self.wait_final(invite)
        return self.wait_final(self.send(self._in_dialog("BYE", invite, final), invite.peer))

    # -- in the thread --

    def _run(self) -> None:
        while True:
            for key, _ in self._selector.select():
                ready = key.fileobj
                assert isinstance(ready, socket.socket)
                if ready is self._stop_reader:
                    return
                if ready is self._udp:
                    data, address = ready.recvfrom(65_535)
                    if data.strip():
                        self._take(SipText.decode(data), Peer(address))
                elif ready is self._listener:
                    connection, _ = ready.accept()
                    self._streams[connection] = SipStream()
                    self._selector.register(connection, selectors.EVENT_READ)
                else:
                    self._read_stream(ready)

    def _read_stream(self, connection: socket.socket) -> None:
        data = b""
        with contextlib.suppress(ConnectionError):
            data = connection.recv(65_535)
        if not data:
            self._selector.unregister(connection)
            del self._streams[connection]
            connection.close()
            return
        for message in self._streams[connection].feed(data):
            self._take(message, Peer(connection.getpeername(), connection))

    def _take(self, message: SipText, peer: Peer) -> None:
        with self._changed:
            if not message.is_request:
                if transaction := self._transactions.get(_branch(message)):
                    transaction.responses.append(message)
            elif message.method == "REGISTER":
                self._take_register(message, peer)
            else:
                self.requests.append(message)
                if message.method != "ACK":
                    self._write(response_to(message, 200, "OK", tag="registrar"), peer)
            self._changed.notify_all()

    def _take_register(self, request: SipText, peer: Peer) -> None:
        key = (_branch(request), request.get("CSeq"))
        if key not in self._answered:
            self.seen.append(Seen(request, time.monotonic()))
            step = self.script.pop(0) if self.script else self.always
            answer = self._answer(request, step, peer)
            self._answered[key] = answer.encode() if answer else b""
        if self._answered[key]:
            self._write_data(self._answered[key], peer)

    def _answer(self, request: SipText, step: Step, peer: Peer) -> SipText | None:  # noqa: PLR0911 - one for each step
        match step:
            case Silence():
                return None
            case Status(status, reason, retry_after_s):
                fields = [("Retry-After", str(retry_after_s))] if retry_after_s is not None else []
                return response_to(request, status, reason, fields, tag="registrar")
            case TooBrief(min_expires_s) if 0 < _asked_expires_s(request) < min_expires_s:
                fields = [("Min-Expires", str(min_expires_s))]
                return response_to(request, 423, "Interval Too Brief", fields, tag="registrar")
            case NewNonce():
                return self._challenge(request)
            case TwoChallenges():
                strange = f'Digest realm="{REALM}", nonce="{secrets.token_hex(8)}", algorithm=SHA-512-256, qop="auth"'
                return self._challenge(request, strange)
            case WrongPassword():
                self.bad_passwords += bool(request.get("Authorization"))
                return self._challenge(request)
            case Accept(expires_s):
                return self._accept(request, peer, expires_s)
            case _:
                return self._accept(request, peer, None)

    def _challenge(self, request: SipText, *before: str) -> SipText:
        nonce = secrets.token_hex(16)
        self._nonces.add(nonce)
        own = f'Digest realm="{REALM}", nonce="{nonce}", algorithm=MD5, qop="auth"'
        fields = [("WWW-Authenticate", challenge) for challenge in (*before, own)]
        return response_to(request, 401, "Unauthorized", fields, tag="registrar")

    def _accept(self, request: SipText, peer: Peer, granted_s: int | None) -> SipText:
        given = parameters(request.get("Authorization"))
        if given.get("nonce") not in self._nonces:
            return self._challenge(request)
        user = given.get("username", "")
        password = self.users.get(user)
        right = password is not None and given.get("response") == digest_response(
            given, method="REGISTER", password=password
        )
        if not right:
            self.bad_passwords += 1
            return self._challenge(request)
        asked_s = _asked_expires_s(request)
        self._bind(user, request, peer, 0 if asked_s == 0 else granted_s or asked_s)
        contacts = [
            ("Contact", f"<{binding.contact}>;expires={binding.expires_s}") for binding in self._live(user)
        ]
        return response_to(request, 200, "OK", contacts, tag="registrar")

    def _bind(self, user: str, request: SipText, peer: Peer, expires_s: int) -> None:
        bound = self._bindings.setdefault(user, {})
        contact = request.get("Contact")
        if contact == "*":
            bound.clear()
        elif expires_s == 0:
            bound.pop(uri_in(contact), None)
        else:
            uri = uri_in(contact)
            bound[uri] = Binding(uri, time.monotonic() + expires_s, expires_s, peer)
        self.most_bindings = max(self.most_bindings, len(self._live(user)))

    def _live(self, user: str) -> list[Binding]:
        now_monotonic_s = time.monotonic()
        return [
            binding
            for binding in self._bindings.get(user, {}).values()
            if binding.until_monotonic_s > now_monotonic_s
        ]

    # -- requests of ours --

    def _new_request(
        self, method: str, uri: str, peer: Peer, fields: list[tuple[str, str]] | None = None
    ) -> SipText:
        own = "{}:{}".format(*self.address)
        return SipText(
            f"{method} {uri} SIP/2.0",
            [
                ("Via", self._via(peer)),
                ("Max-Forwards", "70"),
                ("From", f'"Caller" <sip:201@{own}>;tag={secrets.token_hex(4)}'),
                ("To", f"<{uri.partition(';')[0]}>"),
                ("Call-ID", secrets.token_hex(8)),
                ("CSeq", f"{next(_sequence)} {method}"),
                ("Contact", f"<sip:201@{own}{';transport=tcp' if peer.connection else ''}>"),
                *(fields or []),
            ],
        )

    def _in_dialog(self, method: str, invite: Transaction, final: SipText) -> SipText:
        first = invite.request
        accepted = final.status < 300
        number = first.get("CSeq").split()[0] if method == "ACK" else str(next(_sequence))
        via = self._via(invite.peer) if accepted else first.get("Via")
        uri = uri_in(final.get("Contact")) if accepted else first.uri
        kept = [("From", first.get("From")), ("To", final.get("To")), ("Call-ID", first.get("Call-ID"))]
        return SipText(
            f"{method} {uri} SIP/2.0",
            [("Via", via), ("Max-Forwards", "70"), *kept, ("CSeq", f"{number} {method}")],
        )

    def _via(self, peer: Peer) -> str:
        transport = "TCP" if peer.connection else "UDP"
        return "SIP/2.0/{} {}:{};rport;branch=z9hG4bK{}".format(
            transport, *self.address, secrets.token_hex(8)
        )

    def _write(self, message: SipText, peer: Peer) -> None:
        self._write_data(message.encode(), peer)

    def _write_data(self, data: bytes, peer: Peer) -> None:
        if peer.connection is None:
            self._udp.sendto(data, peer.address)
        else:
            peer.connection.sendall(data)


_sequence = itertools.count(1)


def _sockets(address: str, port: int) -> tuple[socket.socket, socket.socket]:
    """A UDP and a listening TCP socket on one port; a free one for port 0."""
    for _ in range(20):
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind((address, port))
        try:
            return udp, socket.create_server(udp.getsockname())
        except OSError:
            udp.close()
            if port:
                raise
    raise OSError("no port is free for both UDP and TCP")


def _branch(message: SipText) -> str:
    return message.get("Via").rpartition("branch=")[2].partition(";")[0]


def _asked_expires_s(request: SipText) -> int:
    """The contact's own parameter goes before the Expires field (RFC 3261 10.2.1.1)."""
    after_uri = request.get("Contact").rpartition(">")[2]
    own = parameters(after_uri.replace(";", ",")).get("expires")
    return int(own or request.get("Expires") or 3600)


def _with_user(uri: str, user: str) -> str:
    scheme, _, rest = uri.partition(":")
    return f"{scheme}:{user}@{rest.rpartition('@')[2]}"
