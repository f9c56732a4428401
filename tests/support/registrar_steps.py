"""What a scripted registrar may do with a REGISTER."""

from dataclasses import dataclass
from threading import Event


@dataclass(frozen=True, slots=True)
class Accept:
    """As a real registrar does: challenge, check the digest, bind for what is asked, or for `expires_s`."""

    expires_s: int | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """As `Accept`, but not before it is released."""

    released: Event


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


Step = Accept | Held | Status | TooBrief | Silence | NewNonce | TwoChallenges | WrongPassword
