"""Whether a far end that sends no RTP is still there: asked by OPTIONS in the dialog (RFC 3261, 11), not guessed.

A telephone may be mute, hold, or suppress silence for as long as it likes; one whose exchange was killed is
silent too, and never sends a BYE.
"""

from dataclasses import dataclass, field

GONE = frozenset({408, 481})
"""Answers that end a dialog whatever was asked (RFC 5057, 5.1); any other comes from one who lives."""
NO_ANSWER = 0


@dataclass(frozen=True, slots=True)
class Patience:
    """A far end is asked after `silent_s` seconds without a sign of life; whether that is so is looked at every `look_s`."""

    silent_s: float = 60.0
    look_s: float = 5.0


@dataclass(slots=True)
class Presence:
    """One far end's signs of life; `since_monotonic_s`: when its call came up."""

    patience: Patience
    since_monotonic_s: float
    _asking: bool = field(default=False, init=False)

    def must_ask(self, now_monotonic_s: float, rtp_age_s: float) -> bool:
        """Whether to ask it now; True once until `answered`. `rtp_age_s`: the age of its last packet."""
        silent_s = min(rtp_age_s, now_monotonic_s - self.since_monotonic_s)
        if self._asking or silent_s < self.patience.silent_s:
            return False
        self._asking = True
        return True

    def answered(self, status: int, now_monotonic_s: float) -> bool:
        """Take the answer, `NO_ANSWER` for none; whether the far end is still there. What was not asked says nothing."""
        if not self._asking:
            return True
        self._asking = False
        if status == NO_ANSWER or status in GONE:
            return False
        self.since_monotonic_s = now_monotonic_s
        return True
