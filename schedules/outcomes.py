"""How an attempt to ring can end, each with its name in the history."""

from enum import StrEnum


class Purpose(StrEnum):
    """Why we ring."""

    WAKE = "wake"
    """To wake, for the first time or again."""
    CHECK = "check"
    """Somebody sounded awake: to hear it once more."""
    ESCALATION = "escalation"
    """Another number, since the first one's owner did not wake."""


class Outcome(StrEnum):
    """What came of one attempt."""

    ACKNOWLEDGED = "acknowledged"
    """A digit that we asked for, or a call back from that telephone."""
    PROBABLY_AWAKE = "probably awake"
    """A person spoke, was asked, and spoke again; nothing but sound proves it."""
    SNOOZED = "snoozed"
    """Hung up after the answer, before the end."""
    UNACKNOWLEDGED = "answered but not acknowledged"
    """Listened to the end, and gave no sign."""
    NO_ANSWER = "no answer"
    """It rang until its time was over."""
    BUSY = "busy"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    """Unknown, absent, or no way there: a SIP answer, congestion or an information tone."""
    MACHINE = "answered by a machine"
    SILENCE = "answered by silence"
    TONE = "answered by a tone"
    UNKNOWN = "unknown"
    """We died, or were paused, while it rang."""
    FORBIDDEN = "forbidden"
    """Whoever keeps strangers from being rung said no."""
    CANCELLED = "cancelled"
    """The alarm was cancelled while it rang."""
