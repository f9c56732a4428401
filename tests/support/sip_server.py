"""A SIP server for tests, UDP and TCP on one port: takes messages in a thread of its own, sends requests."""

import contextlib
import itertools
import secrets
import selectors
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from support.sip_message import SipMessage
from support.sip_text import SipStream, response_to, uri_in

PATIENCE_S = 10.0
_sequence = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Peer:
    """Where a message came from: a UDP address, or a connection."""

    address: tuple[str, int]
    connection: socket.socket | None = None


@dataclass(slots=True)
class Transaction:
    """A request of ours and the responses that came to it."""

    request: SipMessage
    peer: Peer
    responses: list[SipMessage] = field(default_factory=list)

    @property
    def final(self) -> SipMessage | None:
        """The final response, once there is one."""
        return next((response for response in self.responses if response.status >= 200), None)


class SipServer:
    """Answers every request with 200, but ACK; a kind of server overrides `answer`.

    It keeps to one thread; its attributes may be read and set from others.

    Attributes:
        address: where it listens.
        requests: those that came, in order, ACK included.
    """

    def __init__(self, address: str = "127.0.0.1", port: int = 0) -> None:
        self.requests: list[SipMessage] = []
        self._transactions: dict[str, Transaction] = {}
        self._streams: dict[socket.socket, SipStream] = {}
        self._changed = threading.Condition()
        self._udp, self._listener = _sockets(address, port)
        self.address: tuple[str, int] = self._udp.getsockname()
        self._selector = selectors.DefaultSelector()
        self._stop_reader, self._stop_writer = socket.socketpair()
        for readable in (self._udp, self._listener, self._stop_reader):
            self._selector.register(readable, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, name="scripted-sip-server")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop_writer.close()
        self._thread.join()
        for opened in (self._udp, self._listener, self._stop_reader, *self._streams):
            opened.close()
        self._selector.close()

    def answer(self, request: SipMessage, peer: Peer) -> bytes:  # noqa: ARG002 - for who overrides it
        """What goes back to a request (called in the thread, under the lock); nothing: no answer."""
        self.requests.append(request)
        return b"" if request.method == "ACK" else response_to(request, 200, "OK", tag="server").encode()

    def wait_for(self, condition: Callable[[], object], timeout_s: float = PATIENCE_S) -> None:
        """Wait until a condition holds; it is looked at after each message. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(condition, timeout_s):
                raise TimeoutError("what the test waits for did not happen at the registrar")

    def send(self, request: SipMessage, peer: Peer) -> Transaction:
        """Send a request of ours, once; its responses gather in the transaction."""
        transaction = Transaction(request, peer)
        with self._changed:
            if request.method != "ACK":
                self._transactions[branch(request)] = transaction
        self._write(request.encode(), peer)
        return transaction

    def wait_final(self, transaction: Transaction, timeout_s: float = PATIENCE_S) -> SipMessage:
        """The final response to a request of ours. Raises TimeoutError."""
        self.wait_for(lambda: transaction.final, timeout_s)
        assert transaction.final is not None
        return transaction.final

    def call(
        self, uri: str, peer: Peer, *, sdp: str = "", headers: tuple[tuple[str, str], ...] = ()
    ) -> Transaction:
        """Send an INVITE. ACK it by `ack`."""
        if sdp:
            headers = (*headers, ("Content-Type", "application/sdp"))
        return self.send(self.new_request("INVITE", uri, peer, *headers, body=sdp), peer)

    def ack(self, invite: Transaction) -> None:
        """Acknowledge an INVITE's final response (a 200 in a transaction of its own)."""
        final = self.wait_final(invite)
        self.send(self._in_dialog("ACK", invite, final), invite.peer)

    def bye(self, invite: Transaction) -> SipMessage:
        """End an answered call; the response."""
        final = self.wait_final(invite)
        return self.wait_final(self.send(self._in_dialog("BYE", invite, final), invite.peer))

    def new_request(
        self, method: str, uri: str, peer: Peer, *headers: tuple[str, str], body: str = ""
    ) -> SipMessage:
        """A request outside of any dialog."""
        own = "{}:{}".format(*self.address)
        return SipMessage(
            f"{method} {uri} SIP/2.0",
            (
                ("Via", self._via(peer)),
                ("Max-Forwards", "70"),
                ("From", f'"Caller" <sip:201@{own}>;tag={secrets.token_hex(4)}'),
                ("To", f"<{uri.partition(';')[0]}>"),
                ("Call-ID", secrets.token_hex(8)),
                ("CSeq", f"{next(_sequence)} {method}"),
                ("Contact", f"<sip:201@{own}{';transport=tcp' if peer.connection else ''}>"),
                *headers,
            ),
            body,
        )

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
                        self._take(SipMessage.parse(data), Peer(address))
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

    def _take(self, message: SipMessage, peer: Peer) -> None:
        with self._changed:
            if not message.status:
                if answer := self.answer(message, peer):
                    self._write(answer, peer)
            elif transaction := self._transactions.get(branch(message)):
                transaction.responses.append(message)
            self._changed.notify_all()

    def _in_dialog(self, method: str, invite: Transaction, final: SipMessage) -> SipMessage:
        first = invite.request
        accepted = final.status < 300
        number = first.one("CSeq").split()[0] if method == "ACK" else str(next(_sequence))
        via = self._via(invite.peer) if accepted else first.one("Via")
        uri = uri_in(final.one("Contact")) if accepted else first.uri
        kept = [("From", first.one("From")), ("To", final.one("To")), ("Call-ID", first.one("Call-ID"))]
        return SipMessage(
            f"{method} {uri} SIP/2.0",
            (("Via", via), ("Max-Forwards", "70"), *kept, ("CSeq", f"{number} {method}")),
        )

    def _via(self, peer: Peer) -> str:
        transport = "TCP" if peer.connection else "UDP"
        return "SIP/2.0/{} {}:{};rport;branch=z9hG4bK{}".format(
            transport, *self.address, secrets.token_hex(8)
        )

    def _write(self, data: bytes, peer: Peer) -> None:
        if peer.connection is None:
            self._udp.sendto(data, peer.address)
        else:
            peer.connection.sendall(data)


def branch(message: SipMessage) -> str:
    """What tells a transaction from others (RFC 3261 17.2.3)."""
    return message.one("Via").rpartition("branch=")[2].partition(";")[0]


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
