"""The time signal: which tones at which instants around a mark. Samples are floats, 1.0 = full scale."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from audio.levels import RATE_HZ, Samples, amplitude


@dataclass(frozen=True, slots=True)
class Pip:
    """A tone that begins at phase 0 with a raised-cosine rise, holds, and falls by a raised cosine."""

    name: str
    frequency_hz: float
    rise_s: float
    hold_s: float
    """From the onset, the rise included."""
    fall_s: float
    level_dbm0: float
    """Of the held part."""
    offsets_s: tuple[float, ...]
    """Its onsets, relative to the mark."""

    @property
    def length_s(self) -> float:
        """From the onset to the end of the fall."""
        return self.hold_s + self.fall_s

    def at(self, since_onset_s: ArrayLike, *, quadrature: bool = False) -> Samples:
        """Values at any times since the onset, between samples too; `quadrature`: the carrier 90 degrees later."""
        time_s = np.asarray(since_onset_s, float)
        rising = 0.5 - 0.5 * np.cos(np.pi * np.clip(time_s / self.rise_s, 0, 1))
        falling = 0.5 + 0.5 * np.cos(np.pi * np.clip((time_s - self.hold_s) / self.fall_s, 0, 1))
        envelope = np.where((time_s >= 0) & (time_s <= self.length_s), rising * falling, 0.0)
        phase = 2 * np.pi * self.frequency_hz * time_s
        carrier = -np.cos(phase) if quadrature else np.sin(phase)
        return np.asarray(amplitude(self.level_dbm0) * envelope * carrier)

    def samples(self) -> Samples:
        """The whole pip at 8000 Hz; the first sample is the onset."""
        return self.at(np.arange(round(self.length_s * RATE_HZ) + 1) / RATE_HZ)


Scheme = tuple[Pip, ...]

PERIOD_S = 10.0
"""Between marks."""

PRE_PIP = Pip("pre", 440.0, 0.002, 0.095, 0.005, -13.0, (-3.0, -2.0, -1.0))
MARK = Pip("mark", 880.0, 0.002, 0.3, 0.7, -10.0, (0.0,))
SCHEME: Scheme = (PRE_PIP, MARK)
"""Three short low pips, and a long high tone whose first sample is the mark. 440 and 880 Hz do not divide 8000 Hz, so that
quantising noise spreads; they are apart from DTMF, the Japanese 400 Hz tones, and the 1100 and 2100 Hz of fax."""


def signal(
    duration_s: float,
    marks_s: Sequence[float],
    *,
    rate_hz: float = RATE_HZ,
    scheme: Scheme = SCHEME,
) -> Samples:
    """The pips of the given marks (seconds from the first sample, any fraction) in `duration_s` seconds of silence."""
    count = round(duration_s * rate_hz)
    out = np.zeros(count)
    for mark_s in marks_s:
        for pip in scheme:
            for offset_s in pip.offsets_s:
                onset_s = mark_s + offset_s
                first = max(0, int(np.floor(onset_s * rate_hz)))
                last = min(count, int(np.ceil((onset_s + pip.length_s) * rate_hz)) + 1)
                if first < last:
                    out[first:last] += pip.at(np.arange(first, last) / rate_hz - onset_s)
    return out
