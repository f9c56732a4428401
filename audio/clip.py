"""A piece of sound as it goes over the line: G.711 mu-law, 8000 Hz."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from audio import g711

SAMPLES_PER_SECOND = 8000


@dataclass(frozen=True, slots=True)
class Clip:
    """A named clip; `ulaw` is one octet a sample."""

    name: str
    ulaw: bytes

    @classmethod
    def from_pcm(cls, name: str, pcm: NDArray[np.int16]) -> Self:
        """A clip from 16-bit linear samples at 8000 Hz."""
        return cls(name, g711.encode(pcm, "ulaw").tobytes())

    def followed_by_silence(self, seconds: float) -> Self:
        """The same with a pause after it."""
        pause = bytes([g711.SILENCE["ulaw"]]) * round(seconds * SAMPLES_PER_SECOND)
        return replace(self, ulaw=self.ulaw + pause)

    @property
    def pcm(self) -> NDArray[np.int16]:
        """The samples, 16-bit linear."""
        return g711.decode(self.ulaw, "ulaw")

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return len(self.ulaw) / SAMPLES_PER_SECOND
