"""A bare SIP user agent over UDP: registers, answers by hand, and shows each request as it came."""

import socket
import time
from typing import Self

from support.sip_message import SipMessage, digest_authorization


class SipAgent:
    """One account on a socket of its own; whoever tests says what it answers. OPTIONS gets 200 by itself."""

    def __init__(
        self, connection: socket.socket, address: str, registrar: str, user: str, password: str
    ) -> None:
        """Bind this new UDP socket to `address`, port 5060; `password` may be changed later."""
        connection.bind((address, 5060))
        self._socket = connection
        self._address = address
        self._registrar = registrar
        self._user = user
        self.password = password
        self._sent = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    @property
    def contact(self) -> str:
        """Where it wants its calls."""
        return f"sip:{self._user}@{self._address}:5060"

    def register(self, expires_s: int = 60) -> SipMessage:
        """REGISTER with digest authentication; hands back the final response, whatever it is."""
        response = self._register(expires_s, "")
        if response.status == 401:
            uri = f"sip:{self._registrar}"
            challenge = response.one("WWW-Authenticate")
            answer = digest_authorization(challenge, "REGISTER", uri, self._user, self.password)
            response = self._register(expires_s, answer)
        return response

    def expect(self, method: str, timeout_s: float = 5) -> SipMessage:
        """The next request of this method; OPTIONS is answered, all else passed over.

        Raises:
            TimeoutError: none came.
        """
        ends_monotonic_s = time.monotonic() + timeout_s
        while True:
            message = self._receive(ends_monotonic_s)
            if message.method == method:
                return message
            if message.method == "OPTIONS":
                self.respond(message, 200, "OK")

    def respond(self, request: SipMessage, status: int, reason: str, sdp: str = "") -> None:
        """Send a response to a request, with a Contact and, if given, an SDP body."""
        to = request.one("To")
        if status > 100 and ";tag=" not in to:
            to += f";tag=agent-{self._user}"
        headers = [("Via", via) for via in request.all("Via")]
        headers += [("Record-Route", route) for route in request.all("Record-Route")]
        headers += [("From", request.one("From")), ("To", to), ("Call-ID", request.one("Call-ID"))]
        headers += [("CSeq", request.one("CSeq")), ("Contact", f"<{self.contact}>")]
        if sdp:
            headers += [("Content-Type", "application/sdp")]
        self._send(SipMessage(f"SIP/2.0 {status} {reason}", tuple(headers), sdp))

    def answer(self, invite: SipMessage) -> None:
        """200 with PCMU on a port where nobody listens, then wait for the ACK."""
        self.respond(invite, 200, "OK", self.sdp())
        self.expect("ACK")

    def sdp(self) -> str:
        """PCMU and telephone-event."""
        return (
            f"v=0\r\no=- 1 1 IN IP4 {self._address}\r\ns=-\r\nc=IN IP4 {self._address}\r\nt=0 0\r\n"
            "m=audio 40000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n"
        )

    def _register(self, expires_s: int, authorization: str) -> SipMessage:
        self._sent += 1
        headers = [
            ("Via", f"SIP/2.0/UDP {self._address}:5060;rport;branch=z9hG4bKagent{self._user}{self._sent}"),
            ("From", f"<sip:{self._user}@{self._registrar}>;tag=register"),
            ("To", f"<sip:{self._user}@{self._registrar}>"),
            ("Call-ID", f"register-{self._user}@{self._address}"),
            ("CSeq", f"{self._sent} REGISTER"),
            ("Contact", f"<{self.contact}>"),
            ("Max-Forwards", "70"),
            ("Expires", str(expires_s)),
        ]
        if authorization:
            headers.append(("Authorization", authorization))
        self._send(SipMessage(f"REGISTER sip:{self._registrar} SIP/2.0", tuple(headers)))
        ends_monotonic_s = time.monotonic() + 5
        while not (message := self._receive(ends_monotonic_s)).status >= 200:
            if message.method == "OPTIONS":
                self.respond(message, 200, "OK")
        return message

    def _send(self, message: SipMessage) -> None:
        self._socket.sendto(message.encode(), (self._registrar, 5060))

    def _receive(self, ends_monotonic_s: float) -> SipMessage:
        self._socket.settimeout(max(0.001, ends_monotonic_s - time.monotonic()))
        return SipMessage.parse(self._socket.recv(65535))
