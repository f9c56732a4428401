"""The calls in a capture of SIP: each INVITE that was sent over a wire, once."""

from dataclasses import dataclass

from lab.capture import Capture
from support.sip_message import SipMessage


@dataclass(frozen=True, slots=True)
class Invite:
    """The first INVITE of a call over one wire.

    Attributes:
        utc_ns: when, by the host's clock.
        source: the address that it came from.
        destination: the address that it went to.
        user: of its request URI: what is dialled.
    """

    utc_ns: int
    source: str
    destination: str
    user: str


def invites(wire: Capture) -> list[Invite]:
    """All of them, in order; what is sent again, with credentials too, is the same call. The capture ends."""
    found: dict[tuple[str, str, str], Invite] = {}
    for datagram in wire.datagrams():
        if datagram.payload.startswith(b"INVITE "):
            message = SipMessage.parse(datagram.payload)
            ends = (datagram.source[0], datagram.destination[0])
            user = message.uri.removeprefix("sip:").partition("@")[0]
            found.setdefault((*ends, message.one("Call-ID")), Invite(datagram.utc_ns, *ends, user))
    return list(found.values())
