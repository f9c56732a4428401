"""Where exactly a pip begins: a least-squares fit at fractions of a sample.

Comparing correlations at whole samples slips by a cycle of the carrier (1.1 ms at 880 Hz) in one pip of ten: between two cycles
the fit differs by 0.6 %, while sampling the correlation off its crest costs up to 6 %. So the exact pip, shifted in steps of an
eighth of a sample, is fitted to one fixed window that holds silence and tone, and the crests of the fit are interpolated.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from audio.levels import Samples
from audio.pips import Pip

SHIFTS_PER_SAMPLE = 8

_SPAN_S = 0.004
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a pip fits at each shift; all arrays run over the same shifts, an eighth of a sample apart."""

    positions: Samples
    """In samples of the recording."""
    upright: Samples
    """Energy that the pip explains; with `inverted`, the pip of the other polarity; with `free`, any carrier phase."""
    inverted: Samples
    free: Samples
    pip_energy: Samples
    """Of the part of the pip within the window."""
    window_energy: float


@dataclass(frozen=True, slots=True)
class Crest:
    """The best shift of a fit."""

    position: float
    """In samples of the recording, interpolated."""
    explained: float
    """0 to 1: the share of the window's energy that is the pip."""
    gain: float
    """The pip's amplitude in the recording over its amplitude as sent."""


@dataclass(frozen=True, slots=True)
class _Bank:
    """The pip and its quadrature at eight fractional delays (rows), with running sums of their products."""

    in_phase: Samples
    quadrature: Samples
    energy: Samples
    quadrature_energy: Samples
    cross_energy: Samples


@lru_cache(maxsize=64)
def _bank(pip: Pip, rate_hz: float, length: int) -> _Bank:
    delays = np.arange(SHIFTS_PER_SAMPLE)[:, None] / SHIFTS_PER_SAMPLE
    time_s = (np.arange(length)[None, :] - delays) / rate_hz
    i, q = pip.at(time_s), pip.at(time_s, quadrature=True)
    return _Bank(i, q, np.cumsum(i * i, 1), np.cumsum(q * q, 1), np.cumsum(i * q, 1))


def fit(samples: Samples, rate_hz: float, pip: Pip, near: int, tail_s: float, guard_s: float) -> Fit:
    """Fits the pip at every shift within 4 ms of sample `near`.

    The window is the same for all shifts: `guard_s` seconds that should be silent, the span, and `tail_s` seconds of tone.
    """
    span, guard, tail = (round(seconds * rate_hz) for seconds in (_SPAN_S, guard_s, tail_s))
    first = max(0, near - span)
    window = samples[max(0, first - guard) : near + span + tail]
    heard = samples[first : near + span + tail]
    length = len(heard)
    bank = _bank(pip, rate_hz, length)
    padded = np.concatenate([heard, np.zeros(2 * span)])
    last = (
        length - 1 - np.arange(2 * span + 1)
    )  # of the pip's samples, shifted by so many, the last one in the window

    def correlate(shifted: Samples) -> Samples:
        return np.array([np.correlate(padded, row, "valid") for row in shifted]).T

    with_i, with_q = correlate(bank.in_phase), correlate(bank.quadrature)
    energy, other, cross = (
        sums[:, last].T + _TINY for sums in (bank.energy, bank.quadrature_energy, bank.cross_energy)
    )
    determinant = np.maximum(energy * other - cross * cross, _TINY**1.5)
    free = (with_i**2 * other - 2 * with_i * with_q * cross + with_q**2 * energy) / determinant
    shifts = np.arange(2 * span + 1)[:, None] + np.arange(SHIFTS_PER_SAMPLE)[None, :] / SHIFTS_PER_SAMPLE
    return Fit(
        positions=(first + shifts).ravel(),
        upright=(np.maximum(with_i, 0) ** 2 / energy).ravel(),
        inverted=(np.maximum(-with_i, 0) ** 2 / energy).ravel(),
        free=free.ravel(),
        pip_energy=energy.ravel(),
        window_energy=float(np.sum(window * window)) + _TINY,
    )


def crest(found: Fit, curve: NDArray[np.float64]) -> Crest | None:
    """The highest crest of one of the fit's curves, compared at interpolated heights; None if it only rises or falls."""
    middle = curve[1:-1]
    at = np.flatnonzero((middle >= curve[:-2]) & (middle > curve[2:])) + 1
    if not len(at):
        return None
    left, top, right = curve[at - 1], curve[at], curve[at + 1]
    offset = 0.5 * (left - right) / np.minimum(left - 2 * top + right, -1e-30)
    best = int(np.argmax(top - 0.25 * (left - right) * offset))
    index = at[best]
    return Crest(
        position=float(found.positions[index] + offset[best] / SHIFTS_PER_SAMPLE),
        explained=float(curve[index] / found.window_energy),
        gain=float(np.sqrt(curve[index] / found.pip_energy[index])),
    )
