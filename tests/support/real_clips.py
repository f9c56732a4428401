"""The clips that are really spoken, found by their very samples in what came over the wire."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray
from support.marked_clips import Spoken

from audio.clip import Clip


class RealClips:
    """Reads the words of a prompt's clips, which are G.711 already and so come over the wire as they are."""

    def __init__(self, clips: Mapping[str, Clip]) -> None:
        self._pcm = {name: clip.pcm for name, clip in clips.items()}

    def __call__(self, name: str) -> NDArray[np.int16]:
        return self._pcm[name]

    def spoken(self, heard: NDArray[np.int16]) -> list[Spoken]:
        """The clips heard whole, in order; of two that begin alike, the longer one."""
        octets = heard.tobytes()
        found: dict[int, Spoken] = {}
        for name, pcm in self._pcm.items():
            for first in _places(octets, pcm.tobytes()):
                spoken = Spoken(name, first, first + len(pcm))
                known = found.get(first)
                if known is None or known.end < spoken.end:
                    found[first] = spoken
        return [found[first] for first in sorted(found)]


def _places(octets: bytes, wanted: bytes) -> Iterator[int]:
    """The samples (of two octets) at which the wanted ones begin."""
    at = octets.find(wanted)
    while at >= 0:
        if at % 2 == 0:
            yield at // 2
        at = octets.find(wanted, at + 1)
