"""What is said when: the programme, as a plan over sample numbers; reads no clock.

The rules when UTC is stepped while the programme is being heard, in the order in which a listener would want them:

1. A mark is given only whole: all its words and all its pre-pips, and at the sample that the offset in force gives it.
2. Words that are being spoken, or were, stay good if the mark that they name is still the next one to come, its pre-pips
   have not begun, and there is time enough before them; these and the mark then move to their new place. Otherwise the
   words are faded out within ten milliseconds and the mark is not given.
3. Once the pre-pips have begun, a step of more than five milliseconds forgoes the mark: they led to another second.
4. A tone that has begun is finished.
5. No second is marked twice in succession: where the clock went back over the mark just given, that mark is passed over.
   Where it went back further, the marks that come again are given again: they were wrong before.
"""

from services.clock.composer import Composer
from services.clock.parts import Cycle, Kind, Pcm, mix
from services.clock.timeline import Timeline

UNNOTICED_SAMPLES = 40
"""Five milliseconds: by so little a mark may stray from its pre-pips."""


class Programme:
    """The cycles to be heard, planned ahead mark by mark; no two overlap."""

    def __init__(self, composer: Composer) -> None:
        self._composer = composer
        self._period_s = composer.manner.period_s
        self._cycles: list[Cycle] = []
        self._next_mark_utc_s: int | None = None
        self._free_from = 0
        self._last_given_utc_s: int | None = None

    def extend(self, heard_until: int, until_sample: int, timeline: Timeline) -> None:
        """Plan all of which something is heard before `until_sample`; forget what ended before `heard_until`.

        Raises:
            ValueError: `replan` was never called.
        """
        if self._next_mark_utc_s is None:
            raise ValueError("a programme begins with replan()")
        self._note_given(heard_until)
        self._cycles = [cycle for cycle in self._cycles if cycle.end_sample > heard_until]
        while True:
            mark_utc_s = self._next_mark_utc_s
            mark_sample = timeline.sample_of(mark_utc_s)
            if mark_sample + self._composer.manner.first_sample >= until_sample:
                return
            self._next_mark_utc_s += self._period_s
            cycle = self._composer.compose(mark_utc_s, mark_sample, self._free_from)
            if cycle is not None and mark_utc_s != self._last_given_utc_s:
                self._cycles.append(cycle)
                self._free_from = cycle.end_sample

    def replan(self, heard_until: int, free_from: int, timeline: Timeline) -> None:
        """Plan anew what follows, on the timeline now in force.

        Args:
            heard_until: what lies before this sample has been heard as planned.
            free_from: what lies from here on can still be changed. Between the two nothing was heard, since the
                producer was late; when it was in time they are equal.
            timeline: under which the programme goes on.
        """
        self._note_given(heard_until)
        self._next_mark_utc_s = timeline.next_mark(free_from, self._period_s)
        begun = [cycle for cycle in self._cycles if cycle.first_sample < heard_until]
        self._cycles = []
        self._free_from = free_from
        if begun:
            cycle = self._going_on(begun[-1], heard_until, free_from, timeline) or begun[-1].broken_off(
                heard_until, finish_tone=heard_until == free_from
            )
            self._cycles.append(cycle)
            self._free_from = max(free_from, cycle.end_sample)

    def pcm(self, first_sample: int, end_sample: int) -> Pcm:
        """What is heard from `first_sample` up to `end_sample` (exclusive), as far as it was planned."""
        return mix(self._cycles, first_sample, end_sample)

    def _going_on(self, cycle: Cycle, heard_until: int, free_from: int, timeline: Timeline) -> Cycle | None:
        """The cycle that has begun, with what is left of it in its new place; None when it is no longer good."""
        begun, ahead = cycle.divided(heard_until)
        lost_in_a_hole = heard_until < free_from and begun[-1].end_sample > heard_until
        if not ahead or lost_in_a_hole or cycle.mark_utc_s != self._next_mark_utc_s:
            return None
        by_samples = timeline.sample_of(cycle.mark_utc_s) - cycle.mark_sample
        counting_down = any(part.kind is Kind.PRE_PIP for part in begun)
        if counting_down and abs(by_samples) > UNNOTICED_SAMPLES:
            return None
        too_close = begun[-1].kind is Kind.WORDS and by_samples < self._least_move(cycle)
        if too_close or ahead[0].first_sample + by_samples < free_from:
            return None
        return cycle.ahead_moved(heard_until, by_samples)

    def _least_move(self, cycle: Cycle) -> int:
        """How far the pips may move towards the words: they keep their pause."""
        words_last_sample = cycle.mark_sample + self._composer.manner.words_last_sample
        return cycle.parts[0].end_sample - words_last_sample - UNNOTICED_SAMPLES

    def _note_given(self, heard_until: int) -> None:
        for cycle in self._cycles:
            if cycle.gives_mark and cycle.mark_sample < heard_until:
                self._last_given_utc_s = cycle.mark_utc_s
