"""Asks an exchange which contacts an extension has: a REGISTER without Contact (RFC 3261, 10.2.3).

The exchange checks user and password as at any REGISTER, answers with the contacts, and changes none: so it can be
asked while `denwa serve` runs, whose binding a REGISTER with another Contact would push out. It leaves from a port of
its own, and knows sooner than SIP's own 32 s that nobody is there.
"""

import asyncio
import re
import secrets
import socket
from dataclasses import dataclass

from denwa.doctor.digest import Request, authorization
from exchange.sip.message import SipMessage

T1_S = 0.5
"""First pause before a retransmission; each next one is twice as long (RFC 3261, 17.1.2.2)."""
ANSWER_S = 4.0
"""Three retransmissions; an exchange on the same network answers within milliseconds."""
CHALLENGED = {401: ("www-authenticate", "Authorization"), 407: ("proxy-authenticate", "Proxy-Authorization")}
_LONGEST = 65536
_IN_BRACKETS = re.compile(r"<([^<>]*)>")


class Unreachable(Exception):  # noqa: N818 - a state of the network
    """The exchange could not be asked; `refused`: the machine is there, nobody listens at the port."""

    def __init__(self, why: str, *, refused: bool) -> None:
        super().__init__(why)
        self.refused = refused


class Silent(Exception):  # noqa: N818 - a state of the network
    """No answer came in time."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to ask: numeric host, port, transport, and our own address (it must be this machine's)."""

    host: str
    port: int
    tcp: bool
    address: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The final answer, with the contacts as URIs."""

    status: int
    reason: str
    contacts: tuple[str, ...] = ()


async def ask(target: Target, user: str, password: str, *, answer_s: float = ANSWER_S) -> Answer:
    """The exchange's answer, after credentials where it asks for them.

    Raises:
        Unreachable: no connection, or its port is closed.
        Silent: nothing came within `answer_s` seconds.
    """
    return await _converse(target, user, password, answer_s)


async def is_there(target: Target, user: str, *, answer_s: float = 1.0) -> bool:
    """Whether anybody speaks SIP there; no password is sent."""
    try:
        await _converse(target, user, None, answer_s)
    except (Unreachable, Silent):
        return False
    return True


async def _converse(target: Target, user: str, password: str | None, answer_s: float) -> Answer:
    kind = socket.SOCK_STREAM if target.tcp else socket.SOCK_DGRAM
    with socket.socket(socket.AF_INET, kind) as connection:
        connection.setblocking(False)
        try:
            async with asyncio.timeout(answer_s):
                connection.bind((target.address, 0))
                await asyncio.get_running_loop().sock_connect(connection, (target.host, target.port))
                return await _Dialogue(connection, target, user).run(password)
        except TimeoutError:
            raise Silent from None
        except OSError as error:
            refused = isinstance(error, ConnectionError)
            raise Unreachable(error.strerror or str(error), refused=refused) from error


class _Dialogue:
    """One or two requests on a connected socket."""

    def __init__(self, connection: socket.socket, target: Target, user: str) -> None:
        self._socket = connection
        self._target = target
        self._user = user
        self._uri = f"sip:{target.host}:{target.port}" + (";transport=tcp" if target.tcp else "")
        self._call_id = secrets.token_hex(12)
        self._tag = secrets.token_hex(6)
        self._sequence = 0
        self._unread = b""

    async def run(self, password: str | None) -> Answer:
        """Ask; without a password, the first answer is the last."""
        message = await self._request("")
        status = _status(message)
        if password is not None and status in CHALLENGED:
            asked_in, answered_in = CHALLENGED[status]
            challenges = message.fields.get(asked_in, ())
            request = Request("REGISTER", self._uri)
            credentials = authorization(challenges, request, self._user, password)
            if credentials is not None:
                message = await self._request(f"{answered_in}: {credentials}\r\n")
        return Answer(_status(message), message.first.partition(" ")[2].partition(" ")[2], _contacts(message))

    async def _request(self, authorization_line: str) -> SipMessage:
        self._sequence += 1
        sequence = f"{self._sequence} REGISTER"
        address, port = self._socket.getsockname()
        transport = "TCP" if self._target.tcp else "UDP"
        identity = f"<sip:{self._user}@{self._target.host}:{self._target.port}>"
        text = (
            f"REGISTER {self._uri} SIP/2.0\r\n"
            f"Via: SIP/2.0/{transport} {address}:{port};rport;branch=z9hG4bK{secrets.token_hex(8)}\r\n"
            f"Max-Forwards: 70\r\nFrom: {identity};tag={self._tag}\r\nTo: {identity}\r\n"
            f"Call-ID: {self._call_id}\r\nCSeq: {sequence}\r\nUser-Agent: denwa doctor\r\n"
            f"{authorization_line}Content-Length: 0\r\n\r\n"
        )
        sending = asyncio.create_task(self._send(text.encode("utf-8", "surrogateescape")))
        try:
            while True:
                message = await self._receive()
                if message.header("cseq") == sequence and message.header("call-id") == self._call_id:
                    if _status(message) >= 200:
                        return message
                    sending.cancel()
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def _send(self, octets: bytes) -> None:
        """Send it, by UDP again and again."""
        pause_s = T1_S
        while True:
            await asyncio.get_running_loop().sock_sendall(self._socket, octets)
            if self._target.tcp:
                return
            await asyncio.sleep(pause_s)
            pause_s *= 2

    async def _receive(self) -> SipMessage:
        loop = asyncio.get_running_loop()
        if not self._target.tcp:
            return SipMessage.parse((await loop.sock_recv(self._socket, _LONGEST)).decode(errors="replace"))
        while b"\r\n\r\n" not in self._unread:
            more = await loop.sock_recv(self._socket, _LONGEST)
            if not more:
                raise ConnectionResetError("the exchange closed the connection")
            self._unread += more
        head, _, self._unread = self._unread.partition(b"\r\n\r\n")
        message = SipMessage.parse(head.decode(errors="replace"))
        body = message.header("content-length")
        await self._skip(int(body) if body.isascii() and body.isdigit() else 0)
        return message

    async def _skip(self, octets: int) -> None:
        while len(self._unread) < min(octets, _LONGEST):
            more = await asyncio.get_running_loop().sock_recv(self._socket, _LONGEST)
            if not more:
                raise ConnectionResetError("the exchange closed the connection")
            self._unread += more
        self._unread = self._unread[octets:]


def _status(message: SipMessage) -> int:
    words = message.first.split(" ")
    answers = len(words) > 1 and words[0] == "SIP/2.0" and words[1].isascii() and words[1].isdigit()
    return int(words[1][:3]) if answers else 0


def _contacts(message: SipMessage) -> tuple[str, ...]:
    """The URIs of all Contact fields; an exchange may put several into one."""
    return tuple(uri for field in message.fields.get("contact", ()) for uri in _IN_BRACKETS.findall(field))
