"""The typed answers of this room; `trust.words` puts them into words."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Purpose(StrEnum):
    """What a telephone is rung for."""

    PROVING = "proving"
    """To speak the code by which its number is proved."""
    CONSENT = "consent"
    """To speak the code by which it consents to be rung for what another telephone booked."""
    WANTED = "wanted"
    """For what somebody asked us for: an alarm, a fax, an escalation."""


class Reason(StrEnum):
    """Why not."""

    WITHHELD = "withheld"
    """The caller's number is withheld."""
    CLAIM = "claim"
    """Nobody we know stands behind the caller's number."""
    UNKNOWN_TRUNK = "unknown trunk"
    """It leads through a trunk that the configuration does not have."""
    NUMBER_LOST = "number lost"
    """The trunk brings something that is no number: its account's name."""
    NO_RETURN_PREFIX = "no return prefix"
    """The exchange does not put the trunk's prefix before the number."""
    NO_EXCHANGE = "no exchange"
    """The configuration does not have the exchange any more."""
    NOT_A_NUMBER = "not a number"
    OWN_NUMBER = "own number"
    """It is one of ours: a service would ring a service."""
    EMERGENCY = "emergency"
    DENIED = "denied"
    """The operator wrote it down among those that are never rung."""
    NOT_ALLOWED = "not allowed"
    """It is neither a telephone of the exchange nor behind a prefix that is allowed."""
    TOO_FAR = "too far"
    """It leads through more exchanges than are allowed."""
    CIRCLE = "circle"
    """It leads through one exchange twice, or back to ours."""
    OPTED_OUT = "opted out"
    UNPROVED = "unproved"
    """Nobody has shown yet that the telephone of this number wants to be rung."""
    NO_CONSENT = "no consent"
    """Another telephone named it, and it has not said that it wants to be rung for that one's alarms."""
    PROVED_ALREADY = "proved already"
    PROVING_LATELY = "proving lately"
    """It was rung for a proof within a day, it is night, or a telephone's other trunk has waited longer."""
    SOURCE_QUOTA = "source quota"
    TARGET_QUOTA = "target quota"
    TRUNK_QUOTA = "trunk quota"
    TOTAL_QUOTA = "total quota"
    NO_CODE = "no code"
    """There is no code that this telephone might confirm."""
    WRONG_CODE = "wrong code"
    CODE_LOCKED = "code locked"
    """Too many wrong codes were dialled; pressed in our own call the right one still counts."""


@dataclass(frozen=True, slots=True)
class Refused:
    """No, and why.

    Attributes:
        reason: why.
        retry_after_utc: when it may be granted, if time alone mends it.
        exchange: the exchange that it is about, where its operator has something to do.
        trunk: the trunk that it is about, likewise.
    """

    reason: Reason
    retry_after_utc: datetime | None = None
    exchange: str = ""
    trunk: str = ""


@dataclass(frozen=True, slots=True)
class Granted:
    """Yes.

    Attributes:
        needs_proof: for a booking, that the number must be proved before it can ring.
        consents: for a code, that it was one of consent.
    """

    needs_proof: bool = False
    consents: bool = False


Answer = Granted | Refused
