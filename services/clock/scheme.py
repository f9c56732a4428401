"""The manner in which the time is given, as data: which tones, and when the words may be spoken."""

from dataclasses import dataclass

from audio.levels import RATE_HZ
from audio.pips import PERIOD_S, SCHEME, Scheme


@dataclass(frozen=True, slots=True)
class Manner:
    """What is heard around each mark; all times in seconds relative to the mark."""

    period_s: int
    """Marks are given at the UTC seconds that this divides."""
    pips: Scheme
    """The tones; the one with an onset at 0 is the mark itself."""
    words_from_s: float
    words_until_s: float

    @property
    def first_sample(self) -> int:
        """Where the words for a mark begin at the earliest, in samples from the mark."""
        return round(self.words_from_s * RATE_HZ)

    @property
    def words_last_sample(self) -> int:
        """Where they must have ended, in samples from the mark."""
        return round(self.words_until_s * RATE_HZ)


TEN_SECONDS = Manner(period_s=round(PERIOD_S), pips=SCHEME, words_from_s=-8.7, words_until_s=-3.3)
"""Every ten seconds: the words, three pre-pips, the mark. The words begin when the last mark's tone has died away, and
leave a pause before the first pre-pip."""
