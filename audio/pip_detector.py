"""Finds the pips of a time signal in a recording, to a hundredth of a millisecond. Needs numpy alone; any sampling rate.

A template, 60 ms of silence and the first 100 ms of the pip, is correlated with the recording together with its twin a quarter
of a cycle later: their joint, normalised height is a score from 0 to 1 whatever the carrier's phase. Each local maximum is then
fitted (`audio.pip_fit`).
"""

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from audio.levels import RATE_HZ, Samples
from audio.pip_fit import Fit, crest, fit
from audio.pips import SCHEME, Pip, Scheme

Path = Literal["waveform", "envelope"]
"""What the way of the sound keeps: the waveform (G.711, possibly inverted), or the envelope alone (an analogue gateway)."""

_THRESHOLD = 0.6
_TEMPLATE_S = 0.1
_GUARD_S = 0.06
_END_S = 0.005
"""So much more than the template must be there of a pip."""
_TOGETHER_S = 0.02


@dataclass(frozen=True, slots=True)
class Onset:
    """A pip found."""

    pip: Pip
    sample: float
    """Of its onset, from the recording's first sample."""
    time_s: float
    """The same in seconds of the recording."""
    score: float
    """0 to 1: how much of what is there is the pip."""
    level_dbm0: float
    inverted: bool
    """The way of the sound turned its polarity."""
    complete: bool = False
    """All pips of its mark were found."""


def find_onsets(
    samples: Samples, rate_hz: float = RATE_HZ, *, scheme: Scheme = SCHEME, path: Path = "waveform"
) -> list[Onset]:
    """All pips in a recording (floats, 1.0 = full scale), in order of time."""
    fits = [
        (pip, fit(samples, rate_hz, pip, near, min(_TEMPLATE_S, pip.length_s), _GUARD_S))
        for pip in scheme
        for near in _candidates(samples, rate_hz, pip)
    ]
    # one polarity for all
    inverted = sum(float(np.max(f.inverted)) for _, f in fits) > sum(
        float(np.max(f.upright)) for _, f in fits
    )
    found = []
    for pip, fitted in fits:
        onset = _onset(samples, rate_hz, pip, fitted, inverted=bool(inverted), path=path)
        if onset is not None:
            found.append(onset)
    return _mark_complete(sorted(found, key=lambda onset: onset.sample), scheme)


def _onset(
    samples: Samples, rate_hz: float, pip: Pip, fitted: Fit, *, inverted: bool, path: Path
) -> Onset | None:
    upright_or_inverted = fitted.inverted if inverted else fitted.upright
    best = crest(fitted, fitted.free if path == "envelope" else upright_or_inverted)
    if best is None or best.explained < _THRESHOLD**2 or not _begins(samples, rate_hz, pip, best.position):
        return None
    return Onset(
        pip=pip,
        sample=best.position,
        time_s=best.position / rate_hz,
        score=math.sqrt(min(1.0, best.explained)),
        level_dbm0=pip.level_dbm0 + 20 * math.log10(max(best.gain, 1e-6)),
        inverted=inverted,
    )


def _candidates(samples: Samples, rate_hz: float, pip: Pip) -> list[int]:
    """Whole samples near which the pip may begin."""
    length = round(min(_TEMPLATE_S, pip.length_s) * rate_hz)
    guard = round(_GUARD_S * rate_hz)
    if len(samples) < length + guard:
        return []
    time_s = np.arange(length) / rate_hz
    height = np.hypot(
        _correlate(samples, pip.at(time_s)), _correlate(samples, pip.at(time_s, quadrature=True))
    )
    energy = np.concatenate([[0.0], np.cumsum(samples * samples)])
    around = energy[guard + length :] - energy[: -guard - length]
    score = np.zeros(len(samples))
    score[guard : guard + len(around)] = height[guard:] / np.sqrt(around + (guard + length) * 1e-9)
    # a pip that the end cuts short fits best there, whole cycles of its carrier too early
    last = len(samples) - length - round(_END_S * rate_hz)
    return [place for place in _peaks(score, round((pip.length_s + 0.2) * rate_hz)) if place <= last]


def _correlate(samples: Samples, template: Samples) -> Samples:
    """Correlation with the template scaled to unit energy, at every place where all of it fits."""
    size = 1 << (len(samples) + len(template)).bit_length()
    spectrum = np.fft.rfft(samples, size) * np.conj(np.fft.rfft(template, size))
    return np.fft.irfft(spectrum, size)[: len(samples) - len(template) + 1] / np.linalg.norm(template)


def _peaks(score: Samples, apart: int) -> list[int]:
    """Local maxima above the threshold, the higher one where two are closer than `apart` samples."""
    middle = score[1:-1]
    places = np.flatnonzero((middle >= score[:-2]) & (middle > score[2:]) & (middle >= _THRESHOLD)) + 1
    free = np.ones(len(places), bool)
    kept = []
    for i in np.argsort(-score[places], kind="stable"):
        if free[i]:
            kept.append(int(places[i]))
            free &= np.abs(places - places[i]) >= apart
    return sorted(kept)


def _begins(samples: Samples, rate_hz: float, pip: Pip, position: float) -> bool:
    """Whether the power at the pip's frequency rises by 6 dB there: the inside of a longer tone is no onset."""
    at, rise, look = round(position), round(pip.rise_s * rate_hz), round(0.03 * rate_hz)
    before = samples[max(0, at - look) : at]
    after = samples[at + rise : at + rise + look]
    if min(len(before), len(after)) < 8:
        return False
    return _power(after, pip.frequency_hz / rate_hz) > 4 * _power(before, pip.frequency_hz / rate_hz)


def _power(samples: Samples, cycles_per_sample: float) -> float:
    carrier = np.exp(-2j * np.pi * cycles_per_sample * np.arange(len(samples)))
    return float(abs(np.mean(samples * carrier)) ** 2)


def _mark_complete(found: list[Onset], scheme: Scheme) -> list[Onset]:
    """Flags the pips of each mark of which every pip was found."""
    complete: set[int] = set()
    for mark in (onset for onset in found if 0.0 in onset.pip.offsets_s):
        members = []
        for pip in scheme:
            for offset_s in pip.offsets_s:
                due_s = mark.time_s + offset_s
                near = [
                    i
                    for i, onset in enumerate(found)
                    if onset.pip == pip and abs(onset.time_s - due_s) <= _TOGETHER_S
                ]
                members.append(near[:1])
        if all(members):
            complete.update(i for member in members for i in member)
    return [replace(onset, complete=i in complete) for i, onset in enumerate(found)]
