"""What an answered call is taken for, by what is heard of it. An answer proves nothing: a hop exchange answers first.

The rule (docs/tones.md): VOICE and TURN may start our words, no more. A call-progress tone takes back all that was
concluded. A digit that was asked for acknowledges. Where none can come: a person, then our question, then a voice that
takes its turn within six seconds, and no tone since, is probably awake.
"""

from audio.hearing.heard import HeardKind
from schedules.outcomes import Outcome

ANSWERED_WITHIN_S = 6.0
"""How soon after the question's end a voice must come to count as its answer."""

_ENDS = {
    HeardKind.BUSY: Outcome.BUSY,
    HeardKind.CONGESTION: Outcome.UNREACHABLE,
    HeardKind.SIT: Outcome.UNREACHABLE,
    HeardKind.TONE: Outcome.TONE,
    HeardKind.MACHINE: Outcome.MACHINE,
}


class Judgement:
    """Fed with what is heard and said; seconds are of one monotonic clock, whichever.

    Attributes:
        outcome: by what the attempt is to end now, if by anything.
        rings_on: a ring-back was heard, and nobody since.
        voice: somebody or something spoke, and no tone came since.
    """

    def __init__(self) -> None:
        self.outcome: Outcome | None = None
        self.rings_on = False
        self.voice = False
        self._person = False
        self._asked_monotonic_s: float | None = None
        self._voice_answers = False
        self._turn_answers = False

    def hear(self, kind: HeardKind, now_monotonic_s: float) -> None:
        """Take what was heard."""
        if kind in _ENDS:
            self._forget()
            self.outcome = _ENDS[kind]
        elif kind is HeardKind.RINGBACK:
            self._forget()
            self.rings_on = True
        elif kind in {HeardKind.VOICE, HeardKind.TURN, HeardKind.PERSON}:
            self.rings_on = False
            self.voice = True
            self._person |= kind is HeardKind.PERSON
            self._answer(kind, now_monotonic_s)

    def asked(self, now_monotonic_s: float) -> None:
        """Our question has been said to its end."""
        self._asked_monotonic_s = now_monotonic_s
        self._voice_answers = self._turn_answers = False

    @property
    def probably_awake(self) -> bool:
        """A person was heard, asked, and answered."""
        return self._person and self._voice_answers and self._turn_answers

    def hung_up(self, *, had_spoken: bool) -> Outcome:
        """What it means that the far end hung up before the end.

        Args:
            had_spoken: whether our words had begun: whoever hung up had them in his ear.
        """
        if self.rings_on:
            return Outcome.NO_ANSWER
        if self.voice or had_spoken:
            return Outcome.SNOOZED
        return Outcome.UNACKNOWLEDGED

    def _answer(self, kind: HeardKind, now_monotonic_s: float) -> None:
        asked_monotonic_s = self._asked_monotonic_s
        if asked_monotonic_s is None:
            return
        if kind is HeardKind.VOICE and now_monotonic_s <= asked_monotonic_s + ANSWERED_WITHIN_S:
            self._voice_answers = True
        elif kind is HeardKind.TURN and self._voice_answers:
            self._turn_answers = True

    def _forget(self) -> None:
        self.rings_on = self.voice = self._person = False
        self._asked_monotonic_s = None
        self._voice_answers = self._turn_answers = False
