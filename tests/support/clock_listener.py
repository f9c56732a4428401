"""Listens to the talking clock in what was heard, and understands it without the code that planned it."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from support.marked_clips import MarkedClips, Spoken

from audio.levels import to_pcm
from audio.pips import MARK, PRE_PIP, Pip
from services.clock.announcement import Language
from services.clock.composer import Composer
from services.clock.scheme import TEN_SECONDS
from timekeeping.civil import CivilTime, zone_named

ONSET_SAMPLES = 700
"""So much of a pip is compared: what makes it out."""
COUNTDOWN_SAMPLES = 25_600

TOKYO = zone_named("Asia/Tokyo")

TimeOfDay = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class HeardMark:
    """A mark, and what was heard before it."""

    at: int
    named: TimeOfDay | None
    """What the last words before it say, if they were whole."""
    words_end: int
    pre_pips_at: tuple[int, ...]
    """Relative to the mark; those of the last 3.2 seconds."""


class Clips(Protocol):
    """Clips that can be told from each other when they are heard."""

    def __call__(self, name: str) -> NDArray[np.int16]:
        """The samples of one."""

    def spoken(self, heard: NDArray[np.int16]) -> list[Spoken]:
        """Those heard whole, in order."""


class Listener:
    """Knows a language's sentences and clips, and who speaks with them."""

    def __init__(
        self,
        language: Language,
        clips: Clips | None = None,
        as_heard: Callable[[NDArray[np.int16]], NDArray[np.int16]] = lambda pcm: pcm,
    ) -> None:
        """Take marked clips unless told otherwise; `as_heard` is what the way of the sound makes of a tone."""
        self.clips = clips or MarkedClips(language)
        self._as_heard = as_heard
        self.composer = Composer(TEN_SECONDS, language, TOKYO, self.clips)
        self._times: dict[tuple[str, ...], TimeOfDay] = {
            language.announce(CivilTime(2026, 1, 1, *time, 0)).clips: time
            for time in itertools.product(range(24), range(60), range(0, 60, 10))
        }
        self._openings = {clips[0] for clips in self._times}

    def marks(self, heard: NDArray[np.int16]) -> list[HeardMark]:
        """All marks in what was heard."""
        spoken = self.clips.spoken(heard)
        pre_pips = self._onsets(heard, PRE_PIP)
        marks = []
        for at in self._onsets(heard, MARK):
            before = [clip for clip in spoken if clip.end <= at]
            words: list[str] = []
            for clip in reversed(before):
                words.insert(0, clip.name)
                if clip.name in self._openings:
                    break
            pips = tuple(pip - at for pip in pre_pips if at - COUNTDOWN_SAMPLES < pip < at)
            words_end = before[-1].end - at if before else -at
            marks.append(HeardMark(at, self._times.get(tuple(words)), words_end, pips))
        return marks

    def _onsets(self, heard: NDArray[np.int16], pip: Pip) -> list[int]:
        """Where the pip begins out of silence, exactly as it was made."""
        wanted = self._as_heard(to_pcm(pip.samples()))[:ONSET_SAMPLES]
        loudest = int(np.argmax(wanted))
        candidates = np.flatnonzero(heard == wanted[loudest]) - loudest
        return [
            int(at)
            for at in candidates
            if at > 0 and heard[at - 1] == 0 and np.array_equal(heard[at : at + len(wanted)], wanted)
        ]
