"""Clips whose every sample tells which clip it is, so that a test reads the words out of what it heard."""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.clock.announcement import Language

FIRST_NUMBER = 20_000
"""Louder than any tone of the time signal, so that no tone is taken for words."""


class MarkedClips:
    """One constant value for each clip of a language; lengths differ, about 0.7 s."""

    def __init__(self, language: Language) -> None:
        self._number = {name: FIRST_NUMBER + at for at, name in enumerate(sorted(language.texts))}
        self._name = {number: name for name, number in self._number.items()}

    def __call__(self, name: str) -> NDArray[np.int16]:
        number = self._number[name]
        return np.full(5000 + 13 * (number - FIRST_NUMBER), number, np.int16)

    def spoken(self, heard: NDArray[np.int16]) -> list["Spoken"]:
        """The clips heard whole, in order."""
        words = np.where(heard >= FIRST_NUMBER, heard, 0)
        changes = np.flatnonzero(np.diff(words, prepend=0, append=0))
        found = []
        for first, end in itertools.pairwise(changes):
            name = self._name.get(int(words[first])) if first < len(words) else None
            if name is not None and end - first == len(self(name)):
                found.append(Spoken(name, int(first), int(end)))
        return found


@dataclass(frozen=True, slots=True)
class Spoken:
    """A clip found in what was heard."""

    name: str
    first: int
    end: int
