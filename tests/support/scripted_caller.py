"""A SIP telephone that does exactly what its script says, over a raw UDP socket: also what no telephone should."""

import re
import secrets
import socket
import time
from collections.abc import Callable
from typing import Self

from support.pcap import Endpoint
from support.rtp_socket import RtpSocket
from support.sip_message import SipMessage
from support.sip_text import SipStream

ALLOW = "INVITE, ACK, BYE, CANCEL, UPDATE, INFO, OPTIONS"


class ScriptedCaller:
    """One dialog that it begins, and the RTP of that dialog.

    Attributes:
        sender: display name and URI of its From.
        contact: its Contact.
        allow: the methods that it knows.
        answers_options: whether it answers OPTIONS by itself while it waits for something else.
        target: the request URI of its next request; later the server's Contact.
    """

    transport = "UDP"

    def __init__(
        self, server: Endpoint, user: str = "service", address: str = "127.0.0.1", caller: str = "caller"
    ) -> None:
        self._server = server
        self._socket = self._open(address)
        self._waiting: list[SipMessage] = []
        self._cseq = 0
        self._branch = ""
        self._invite: tuple[int, str] | None = None
        self._sdp_version = 0
        self._to = f"<sip:{user}@{server[0]}>"
        self.address = address
        self.port: int = self._socket.getsockname()[1]
        self.target = f"sip:{user}@{server[0]}:{server[1]}"
        self.call_id = secrets.token_hex(8)
        self.tag = secrets.token_hex(4)
        self.sender = f"<sip:{caller}@{address}>"
        self.allow = ALLOW
        self.answers_options = False
        self.contact = f"<sip:{caller}@{address}:{self.port}>"
        self.rtp = RtpSocket(address)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        self.rtp.__exit__()

    def sdp(self, *media: str) -> str:
        """A session description around media lines; by default one audio line that offers mu-law and events."""
        self._sdp_version += 1
        head = f"v=0\r\no=- 1 {self._sdp_version} IN IP4 {self.address}\r\ns=-\r\nc=IN IP4 {self.address}\r\nt=0 0\r\n"
        return head + "".join(media or (self.audio(),))

    def audio(
        self,
        formats: str = "0 101",
        *,
        direction: str = "sendrecv",
        ptime_ms: int = 20,
        port: int | None = None,
        event_type: int = 101,
    ) -> str:
        """An audio line with its attributes."""
        return (
            f"m=audio {self.rtp.here[1] if port is None else port} RTP/AVP {formats}\r\n"
            f"a=rtpmap:{event_type} telephone-event/8000\r\na=fmtp:{event_type} 0-15\r\n"
            f"a=ptime:{ptime_ms}\r\na={direction}\r\n"
        )

    def request(
        self,
        method: str,
        body: str = "",
        *,
        content_type: str = "application/sdp",
        headers: tuple[tuple[str, str], ...] = (),
        cseq: int | None = None,
        branch: str = "",
    ) -> int:
        """Send a request and return its CSeq number; a fresh one, unless told."""
        if cseq is None:
            self._cseq += 1
            cseq = self._cseq
        self._branch = branch or "z9hG4bK" + secrets.token_hex(6)
        if method == "INVITE":
            self._invite = cseq, self._branch
        usual = [
            ("Via", f"SIP/2.0/{self.transport} {self.address}:{self.port};rport;branch={self._branch}"),
            ("Max-Forwards", "70"),
            ("From", f"{self.sender};tag={self.tag}"),
            ("To", self._to),
            ("Call-ID", self.call_id),
            ("CSeq", f"{cseq} {method}"),
            ("Contact", self.contact),
            ("Allow", self.allow),
        ]
        if body:
            usual.append(("Content-Type", content_type))
        self.send(SipMessage(f"{method} {self.target} SIP/2.0", (*usual, *headers), body).encode())
        return cseq

    def send(self, octets: bytes) -> None:
        """Send any octets to the server's SIP port."""
        self._socket.sendto(octets, self._server)

    def response(self, cseq: int, at_least: int = 200, timeout_s: float = 5) -> SipMessage:
        """The response to a request with this status or a higher one; TimeoutError when none comes."""
        found = self._wait(
            lambda message: message.status >= at_least and message.one("CSeq").startswith(f"{cseq} "),
            timeout_s,
        )
        self._learn(found)
        return found

    def expect(self, method: str, timeout_s: float = 5) -> SipMessage:
        """A request of the server's; TimeoutError when none comes."""
        return self._wait(lambda message: message.method == method, timeout_s)

    def respond(
        self, request: SipMessage, status: int, body: str = "", *, headers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        """Answer a request of the server's."""
        copied = [
            (name, value) for name in ("Via", "From", "To", "Call-ID", "CSeq") for value in request.all(name)
        ]
        usual = [*copied, ("Contact", self.contact), ("Allow", self.allow), *headers]
        if body:
            usual.append(("Content-Type", "application/sdp"))
        self.send(SipMessage(f"SIP/2.0 {status} Scripted", tuple(usual), body).encode())

    def invite(self, sdp: str | None = None, *, timeout_s: float = 5) -> SipMessage:
        """INVITE, or a re-INVITE in the dialog, wait for the final response and ACK it."""
        final = self.response(self.request("INVITE", self.sdp() if sdp is None else sdp), timeout_s=timeout_s)
        self.acknowledge(final)
        return final

    def acknowledge(self, final: SipMessage, body: str = "") -> None:
        """ACK a final response to an INVITE: on the INVITE's own branch when it refused."""
        branch = self._invite[1] if self._invite and final.status >= 300 else ""
        self.request("ACK", body, cseq=int(final.one("CSeq").split()[0]), branch=branch)

    def hang_up(self) -> SipMessage:
        """BYE, and its response."""
        return self.response(self.request("BYE"))

    def cancel(self) -> SipMessage:
        """CANCEL an INVITE of which nothing was read yet; its final response, which is acknowledged too."""
        assert self._invite is not None
        cseq, branch = self._invite
        self.request("CANCEL", cseq=cseq, branch=branch)
        final = self._wait(
            lambda message: message.status >= 200 and message.one("CSeq") == f"{cseq} INVITE", 5
        )
        self._learn(final)
        self.acknowledge(final)
        return final

    def leave(self) -> None:
        """BYE, or CANCEL of the last INVITE where no dialog is known; waits for nothing."""
        self.request("BYE")
        if self._invite:
            cseq, branch = self._invite
            self.request("CANCEL", cseq=cseq, branch=branch)

    def _learn(self, response: SipMessage) -> None:
        """Keep what makes later requests part of the dialog, and where the server's RTP is."""
        if "tag=" in response.one("To") and "tag=" not in self._to:
            self._to = response.one("To")
        contact = re.search(r"<([^>]+)>", response.one("Contact"))
        if contact:
            self.target = contact[1]
        audio = re.search(r"m=audio ([1-9]\d*)", response.body)
        if audio:
            self.rtp.there = (self._server[0], int(audio[1]))

    def _wait(self, wanted: Callable[[SipMessage], bool], timeout_s: float) -> SipMessage:
        ends_monotonic_s = time.monotonic() + timeout_s
        while True:
            for message in list(self._waiting):
                if wanted(message):
                    self._waiting.remove(message)
                    return message
                if self.answers_options and message.method == "OPTIONS":
                    self._waiting.remove(message)
                    self.respond(message, 200)
            self._socket.settimeout(max(0.001, ends_monotonic_s - time.monotonic()))
            # what is of another call is one's that had this port before
            self._waiting.extend(
                message
                for message in self._receive()
                if message.method == "INVITE" or message.one("Call-ID") == self.call_id
            )

    def _open(self, address: str) -> socket.socket:
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        opened.bind((address, 0))
        return opened

    def _receive(self) -> list[SipMessage]:
        """What the socket has next; waits for its timeout."""
        return [SipMessage.parse(self._socket.recv(65535))]


class TcpCaller(ScriptedCaller):
    """The same over a TCP connection that it opens; its RTP is UDP all the same."""

    transport = "TCP"

    def __init__(self, server: Endpoint, user: str = "service", address: str = "127.0.0.1") -> None:
        self._stream = SipStream()
        super().__init__(server, user, address)
        self.contact = self.contact.replace(">", ";transport=tcp>")

    def send(self, octets: bytes) -> None:
        """Send any octets on the connection."""
        self._socket.sendall(octets)

    def _open(self, address: str) -> socket.socket:
        return socket.create_connection(self._server, 5, (address, 0))

    def _receive(self) -> list[SipMessage]:
        octets = self._socket.recv(65535)
        if not octets:
            raise ConnectionResetError("the server closed the connection")
        return self._stream.feed(octets)
