"""Puts together what is heard for one mark."""

from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from zoneinfo import ZoneInfo

import numpy as np

from audio.levels import RATE_HZ, to_pcm
from services.clock.announcement import Announcement, Language
from services.clock.parts import Cycle, Kind, Part, Pcm
from services.clock.scheme import Manner
from timekeeping.civil import CivilTime, civil_time
from timekeeping.leap import UtcSecond


class ClipsTooLongError(Exception):
    """The clips of a language do not fit into the time that the manner leaves for words."""


class Composer:
    """Composes the parts of a mark in one language, zone and manner."""

    def __init__(
        self, manner: Manner, language: Language, zone: ZoneInfo, clip: Callable[[str], Pcm]
    ) -> None:
        """Take all the clips of a day.

        Args:
            manner: tones and times.
            language: names and order of the clips.
            zone: whose civil time is said.
            clip: gives a clip's samples by its name.

        Raises:
            ClipsTooLongError: the longest announcement does not fit.
        """
        self.manner = manner
        self._language = language
        self._zone = zone
        day = [language.announce(mark) for mark in _marks_of_a_day(manner.period_s)]
        self._clips = {name: clip(name) for name in {name for words in day for name in words.clips}}
        self._gap = np.zeros(language.gap_ms * RATE_HZ // 1000, np.int16)
        self._tones = [
            (round(onset_s * RATE_HZ), Kind.PRE_PIP if onset_s else Kind.MARK, to_pcm(pip.samples()))
            for pip in manner.pips
            for onset_s in pip.offsets_s
        ]
        self._tones.sort(key=itemgetter(0))
        self._refuse_long_words(day)

    def compose(self, mark_utc_s: int, mark_sample: int, free_from: int) -> Cycle | None:
        """What leads to the mark at `mark_sample`; None when its words have no room after `free_from`."""
        words = self._words(civil_time(UtcSecond(mark_utc_s), self._zone))
        words_first = max(mark_sample + self.manner.first_sample, free_from)
        if words_first + len(words) > mark_sample + self.manner.words_last_sample:
            return None
        tones = [Part(kind, mark_sample + at, pcm) for at, kind, pcm in self._tones]
        return Cycle(mark_utc_s, mark_sample, (Part(Kind.WORDS, words_first, words), *tones))

    def _words(self, mark: CivilTime) -> Pcm:
        sounds: list[Pcm] = []
        for name in self._language.announce(mark).clips:
            sounds += [self._clips[name], self._gap]
        return np.concatenate(sounds[:-1])

    def _refuse_long_words(self, day: Iterable[Announcement]) -> None:
        room = self.manner.words_last_sample - self.manner.first_sample
        lengths = {name: len(pcm) for name, pcm in self._clips.items()}
        for announcement in day:
            gaps = (len(announcement.clips) - 1) * len(self._gap)
            length = sum(lengths[name] for name in announcement.clips) + gaps
            if length > room:
                raise ClipsTooLongError(
                    f"{announcement.text!r} lasts {length / RATE_HZ:.2f} s, and there is room for "
                    f"{room / RATE_HZ:.2f} s: render shorter clips, or trim their silence"
                )


def _marks_of_a_day(period_s: int) -> Iterator[CivilTime]:
    for since_midnight_s in range(0, 86_400, period_s):
        minutes, second = divmod(since_midnight_s, 60)
        yield CivilTime(2000, 1, 1, *divmod(minutes, 60), second, 0)
