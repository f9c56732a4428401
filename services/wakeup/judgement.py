"""What an answered call is taken for, by what is heard of it. An answer proves nothing: a hop exchange answers first.

The rule (docs/tones.md): VOICE and TURN may start our words, no more. A call-progress tone takes back all that was
concluded. A digit that was asked for acknowledges. Where none can come: a person, who listens to our words, and after our
question, within six seconds and not at once, speaks once and is quiet again, and no tone since, is probably awake. A machine
speaks over our words, or goes on. Our ears hear little while we speak, so that it takes all of this to know one.
"""

from audio.hearing.heard import HeardKind
from schedules.outcomes import Outcome

ANSWERED_WITHIN_S = 6.0
"""How soon after the question's end a voice must come to count as its answer."""
ANSWERED_AFTER_S = 0.5
"""A voice is told a third of a second after it began: what is told sooner than that did not wait for the question's end."""
OVER_TOLD_S = 0.3
"""What is told to speak over our words began so long ago at least: sooner after the question's end it began before it."""

_ENDS = {
    HeardKind.BUSY: Outcome.BUSY,
    HeardKind.CONGESTION: Outcome.UNREACHABLE,
    HeardKind.SIT: Outcome.UNREACHABLE,
    HeardKind.TONE: Outcome.TONE,
    HeardKind.MACHINE: Outcome.MACHINE,
}
_MOST_FALSE_BURSTS = 2
"""After so many bursts of a tone that became none, on a noisy line, the next ones stop our words no more."""
_MOST_SPOKEN_OVER = 2
"""Who speaks over our words that often does not listen to them: no answer of his counts any more."""


class Judgement:
    """Fed with what is heard and said; seconds are of one monotonic clock, whichever.

    Attributes:
        outcome: by what the attempt is to end now, if by anything.
        rings_on: a ring-back was heard, and neither a voice nor its end since.
        may_ring: a burst of a tone came, and it is not known yet what it is.
        voice: somebody or something spoke, and no tone came since.
        speaks: he is not heard to have finished.
        quiet: some seconds of silence where no tone was due, and neither a voice nor a tone since.
    """

    def __init__(self) -> None:
        self.outcome: Outcome | None = None
        self.rings_on = False
        self.may_ring = False
        self.voice = False
        self.speaks = False
        self.quiet = False
        self._told: list[HeardKind] = []
        self._person = False
        self._listens = False
        self._spoken_over = 0
        self._false_bursts = 0
        self._asked_monotonic_s: float | None = None
        self._voice_answers = False
        self._turn_answers = False

    def hear(self, kind: HeardKind, now_monotonic_s: float) -> None:
        """Take what was heard."""
        self._told.append(kind)
        if kind in _ENDS:
            self._forget()
            self.outcome = _ENDS[kind]
        elif kind is HeardKind.RINGBACK:
            self._forget()
            self.rings_on = True
        elif kind is HeardKind.BURST:
            self._take_burst()
        elif kind is HeardKind.SILENCE:
            self.burst_was_none()
            self.rings_on = self.speaks = False
            self.quiet = True
        elif kind is HeardKind.OVER:
            self._speaks_over(now_monotonic_s)
        else:
            self.burst_was_none()
            self.rings_on = self.quiet = False
            self.voice = True
            self.speaks = kind is HeardKind.VOICE
            self._person |= kind is HeardKind.PERSON
            self._answer(kind, now_monotonic_s)

    def speak(self) -> None:
        """Our words begin; who speaks from now until the question's end does not listen."""
        self._listens = True
        self._withdraw()

    def asked(self, now_monotonic_s: float) -> None:
        """Our question has been said; who is not taken for a person by then, or spoke over it, cannot answer it."""
        self._withdraw()
        may_answer = self._person and self._listens and self._spoken_over < _MOST_SPOKEN_OVER
        self._listens = False
        self._asked_monotonic_s = now_monotonic_s if may_answer else None

    def burst_was_none(self) -> None:
        """It has been waited for what becomes of a burst, and no tone did."""
        self._false_bursts += self.may_ring
        self.may_ring = False

    @property
    def is_answering(self) -> bool:
        """A voice came in time after the question, and is not known to have finished."""
        return self._voice_answers and not self._turn_answers

    @property
    def has_answered(self) -> bool:
        """A person was heard, asked, answered, and has said nothing more: probably awake, if that stays so for a while."""
        return self._voice_answers and self._turn_answers

    @property
    def nothing_heard(self) -> bool:
        """All was one silence from the answer on: not even a receiver that was moved."""
        return self._told == [HeardKind.SILENCE]

    def hung_up(self, *, had_spoken: bool) -> Outcome:
        """What it means that the far end hung up before the end.

        Where neither a voice was heard nor our words had begun, nobody need have been there: a hop that answers first
        ends so when the telephone behind it is busy. That is no snooze; it is tried again sooner.

        Args:
            had_spoken: whether our words had begun: whoever hung up had them in his ear.
        """
        if self.rings_on:
            return Outcome.NO_ANSWER
        if self.voice or had_spoken:
            return Outcome.SNOOZED
        return Outcome.UNACKNOWLEDGED

    def _take_burst(self) -> None:
        if self._false_bursts < _MOST_FALSE_BURSTS:
            self._forget()
            self.may_ring = True

    def _speaks_over(self, now_monotonic_s: float) -> None:
        self._interrupts()
        if self._asked_monotonic_s is not None and now_monotonic_s - self._asked_monotonic_s < OVER_TOLD_S:
            self._withdraw()

    def _answer(self, kind: HeardKind, now_monotonic_s: float) -> None:
        if kind is HeardKind.VOICE:
            self._interrupts()
        if self._asked_monotonic_s is None:
            return
        waited_s = now_monotonic_s - self._asked_monotonic_s
        if kind is HeardKind.TURN and self._voice_answers:
            self._turn_answers = True
        elif kind is HeardKind.VOICE and not self._voice_answers and waited_s >= ANSWERED_AFTER_S:
            self._voice_answers = waited_s <= ANSWERED_WITHIN_S
        elif kind is HeardKind.VOICE:
            self._withdraw()

    def _interrupts(self) -> None:
        """A voice came; over our words, if they are going on."""
        self._spoken_over += self._listens
        self._listens = False

    def _withdraw(self) -> None:
        """There is no question that could still be answered."""
        self._asked_monotonic_s = None
        self._voice_answers = self._turn_answers = False

    def _forget(self) -> None:
        self.rings_on = self.may_ring = self.voice = self.speaks = self.quiet = False
        self._person = self._listens = False
        self._withdraw()
