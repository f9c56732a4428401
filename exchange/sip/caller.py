"""Who calls, and how far that may be believed."""

from dataclasses import dataclass
from enum import StrEnum

from exchange.sip.message import NameAddress, SipMessage, uri_user

LONGEST_NUMBER = 64
LONGEST_NAME = 80


class CallerTrust(StrEnum):
    """What stands behind a caller's number."""

    OWN_EXCHANGE = "own exchange"
    """Our exchange forced this number on one of its own telephones."""
    NEIGHBOUR = "neighbour"
    """A neighbour's trunk brought it: which exchange is proved, which telephone is not."""
    CLAIM = "claim"
    """Nobody we know stands behind it."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller's number ("" when withheld), display name, the trunk it came by, and the trust in it."""

    number: str
    name: str = ""
    peer: str = ""
    did: str = ""
    trust: CallerTrust = CallerTrust.CLAIM


def read_caller(message: SipMessage, *, from_registrar: bool) -> Caller:
    """Read an INVITE's caller: P-Asserted-Identity (RFC 3325) and X-From-* count only from the registrar."""
    asserted = message.header("p-asserted-identity") if from_registrar else ""
    address = NameAddress.parse(asserted or message.header("from"))
    number = _printable(uri_user(address.uri), LONGEST_NUMBER)
    if "anonymous" in {number.lower(), address.display.lower()}:
        number = ""
    peer = _printable(message.header("x-from-peer"), LONGEST_NAME) if from_registrar else ""
    did = _printable(message.header("x-from-did"), LONGEST_NUMBER) if from_registrar else ""
    if not from_registrar:
        trust = CallerTrust.CLAIM
    else:
        trust = CallerTrust.NEIGHBOUR if did else CallerTrust.OWN_EXCHANGE
    return Caller(number, _printable(address.display, LONGEST_NAME), peer, did, trust)


def _printable(text: str, longest: int) -> str:
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)[:longest]
