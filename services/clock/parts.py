"""The parts of which the programme consists: words and tones at their samples."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Self

import numpy as np
from numpy.typing import NDArray

from audio.tones import rise

Pcm = NDArray[np.int16]
"""16-bit linear samples at 8000 Hz."""

FADE_SAMPLES = 80
"""Ten milliseconds: cut words end without a click."""


class Kind(Enum):
    """What a part is to the listener."""

    WORDS = "words"
    PRE_PIP = "pre-pip"
    MARK = "mark"


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A sound from `first_sample` on."""

    kind: Kind
    first_sample: int
    pcm: Pcm

    @property
    def end_sample(self) -> int:
        """The first sample after it."""
        return self.first_sample + len(self.pcm)

    def moved(self, by_samples: int) -> Self:
        """The same sound at another place."""
        return replace(self, first_sample=self.first_sample + by_samples)

    def cut_at(self, sample: int) -> Self:
        """The same, unchanged up to `sample`, then faded out."""
        whole = sample - self.first_sample
        kept = self.pcm[: whole + FADE_SAMPLES].copy()
        fading = kept[whole:]
        fading[:] = np.rint(fading * rise(FADE_SAMPLES)[::-1][: len(fading)])
        return replace(self, pcm=kept)


@dataclass(frozen=True, slots=True, eq=False)
class Cycle:
    """The parts that belong to one mark, in order of time; the last is the mark, unless it was broken off."""

    mark_utc_s: int
    mark_sample: int
    parts: tuple[Part, ...]

    @property
    def first_sample(self) -> int:
        """Where it begins."""
        return self.parts[0].first_sample

    @property
    def end_sample(self) -> int:
        """The first sample after it."""
        return self.parts[-1].end_sample

    @property
    def gives_mark(self) -> bool:
        """Whether it leads to its mark."""
        return self.parts[-1].kind is Kind.MARK

    def divided(self, sample: int) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
        """The parts that begin before `sample`, and the rest."""
        begun = sum(part.first_sample < sample for part in self.parts)
        return self.parts[:begun], self.parts[begun:]

    def ahead_moved(self, sample: int, by_samples: int) -> Self:
        """The same, with the parts that begin at `sample` or later moved; the mark must be among them."""
        begun, ahead = self.divided(sample)
        moved = tuple(part.moved(by_samples) for part in ahead)
        return replace(self, mark_sample=self.mark_sample + by_samples, parts=begun + moved)

    def broken_off(self, sample: int, *, finish_tone: bool) -> Self:
        """Only what has begun before `sample`; words are cut there, a tone only unless `finish_tone`."""
        begun, _ = self.divided(sample)
        last = begun[-1]
        if last.end_sample > sample and (last.kind is Kind.WORDS or not finish_tone):
            begun = (*begun[:-1], last.cut_at(sample))
        return replace(self, parts=begun)


def mix(cycles: Iterable[Cycle], first_sample: int, end_sample: int) -> Pcm:
    """What is heard from `first_sample` up to `end_sample` (exclusive): the parts, and silence between them."""
    heard = np.zeros(end_sample - first_sample, np.int16)
    for part in (part for cycle in cycles for part in cycle.parts):
        begin, end = max(part.first_sample, first_sample), min(part.end_sample, end_sample)
        if begin < end:
            sound = part.pcm[begin - part.first_sample : end - part.first_sample]
            heard[begin - first_sample : end - first_sample] = sound
    return heard
