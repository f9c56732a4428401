"""Who calls, and how far that may be believed."""

from dataclasses import dataclass
from enum import StrEnum

from exchange.sip.message import NameAddress, SipMessage, uri_host, uri_user

LONGEST_NUMBER = 64
LONGEST_NAME = 80
WITHHELD = {"id", "user", "header"}
"""Values of Privacy (RFC 3323 4.2, RFC 3325 9.3) by which a caller asks that nobody be told who calls."""


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
    """The caller's number and display name ("" when withheld), the trunk it came by, and the trust in it.

    `peer` is the neighbour's trunk and `did` the digits that it dialled, both "" for a telephone of our own
    exchange.
    """

    number: str
    name: str = ""
    peer: str = ""
    did: str = ""
    trust: CallerTrust = CallerTrust.CLAIM


def read_caller(message: SipMessage, *, from_registrar: bool) -> Caller:
    """Read an INVITE's caller: P-Asserted-Identity (RFC 3325) and X-From-* count only from the registrar."""
    sender = NameAddress.parse(message.header("from"))
    asserted = message.header("p-asserted-identity") if from_registrar else ""
    address = NameAddress.parse(asserted) if asserted else sender
    number = name = ""
    if not (_anonymous(sender) or _anonymous(address) or _asks_privacy(message)):
        number = _printable(uri_user(address.uri), LONGEST_NUMBER)
        name = _printable(address.display or sender.display, LONGEST_NAME)
    if not from_registrar:
        return Caller(number, name)
    peer = _printable(message.header("x-from-peer"), LONGEST_NAME)
    did = _printable(message.header("x-from-did"), LONGEST_NUMBER)
    trust = CallerTrust.NEIGHBOUR if peer or did else CallerTrust.OWN_EXCHANGE
    return Caller(number, name, peer, did, trust)


def _anonymous(address: NameAddress) -> bool:
    user = uri_user(address.uri).lower()
    return "anonymous" in {user, address.display.lower()} or uri_host(address.uri) == "anonymous.invalid"


def _asks_privacy(message: SipMessage) -> bool:
    values = message.header("privacy").lower().split(";")
    return not WITHHELD.isdisjoint(value.strip() for value in values)


def _printable(text: str, longest: int) -> str:
    text = text[:longest]
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
