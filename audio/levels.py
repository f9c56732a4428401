"""Levels and bandwidth of telephone speech. Samples are floats, 1.0 = full scale of 16 bits; the rate is 8000 Hz.

0 dBm0 is a sine 3.17 dB below full scale (mu-law; A-law's 3.14 dB is the same to the ear).
"""

import math

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 8000
FULL_SCALE_DBM0 = 3.17
SPEECH_DBM0 = -16.0
PEAK = 0.98

Samples = NDArray[np.float64]


def amplitude(dbm0: float) -> float:
    """Peak amplitude of a sine of that level."""
    return float(10 ** ((dbm0 - FULL_SCALE_DBM0) / 20))


def level_dbm0(samples: Samples) -> float:
    """Level of the whole, from its mean power; minus infinity for silence."""
    power = float(np.mean(np.square(samples))) if len(samples) else 0.0
    return 10 * math.log10(2 * power) + FULL_SCALE_DBM0 if power > 0 else -math.inf


def to_pcm(samples: Samples) -> NDArray[np.int16]:
    """16-bit samples, clipped at full scale."""
    return np.clip(np.rint(np.asarray(samples) * 32768), -32768, 32767).astype(np.int16)


def from_pcm(pcm: NDArray[np.int16]) -> Samples:
    """Floats of 16-bit samples."""
    return np.asarray(pcm, np.float64) / 32768


# ITU-T P.56 method B: smoothing 30 ms, hangover 200 ms, activity threshold 15.9 dB below the active level.
_SMOOTHING_S = 0.03
_HANGOVER_S = 0.2
_MARGIN_DB = 15.9


def active_level_dbm0(samples: Samples) -> float:
    """Level of speech without its pauses (after ITU-T P.56, method B); minus infinity for silence.

    A sample is active while the envelope is above a threshold, and 200 ms longer; the level is the one that lies 15.9 dB
    above the threshold that gives it.
    """
    energy = float(np.sum(np.square(samples)))
    if energy == 0:
        return -math.inf
    envelope = _envelope(samples)
    hangover = round(_HANGOVER_S * RATE_HZ)
    before: tuple[float, float] | None = None
    for threshold_db in np.arange(0, -96, -1.5).tolist():
        active = _active_count(envelope >= 10 ** (threshold_db / 20), hangover)
        if not active:
            continue
        level_db = 10 * math.log10(energy / active)
        excess_db = level_db - threshold_db - _MARGIN_DB
        if excess_db >= 0:
            if before is not None:
                excess_before_db, level_before_db = before
                share = excess_before_db / (excess_before_db - excess_db)
                level_db = level_before_db + share * (level_db - level_before_db)
            return level_db + 10 * math.log10(2) + FULL_SCALE_DBM0
        before = excess_db, level_db
    return level_dbm0(samples)


def _envelope(samples: Samples) -> Samples:
    """The magnitude through two equal one-pole smoothers."""
    keep = math.exp(-1 / (_SMOOTHING_S * RATE_HZ))
    envelope = np.empty(len(samples))
    once = twice = 0.0
    for i, magnitude in enumerate(np.abs(samples).tolist()):
        once = keep * once + (1 - keep) * magnitude
        twice = keep * twice + (1 - keep) * once
        envelope[i] = twice
    return envelope


def _active_count(above: NDArray[np.bool_], hangover: int) -> int:
    """How many samples are above, or at most `hangover` samples after one that is."""
    index = np.arange(len(above))
    last_above = np.maximum.accumulate(np.where(above, index, -hangover - 1))
    return int(np.count_nonzero(index - last_above <= hangover))


def normalise(samples: Samples, dbm0: float = SPEECH_DBM0) -> Samples:
    """Speech at the given active level; less where a peak would pass 0.98 of full scale. Silence stays as it is."""
    level = active_level_dbm0(samples)
    if math.isinf(level):
        return samples
    gain = 10 ** ((dbm0 - level) / 20)
    return samples * min(gain, PEAK / float(np.max(np.abs(samples))))


def _band_filter(low_hz: float, high_hz: float, taps: int) -> Samples:
    """Windowed-sinc band pass of linear phase (Hamming), 6 dB down at the two frequencies."""
    n = np.arange(taps) - (taps - 1) / 2
    high, low = (2 * hz / RATE_HZ * np.sinc(2 * hz / RATE_HZ * n) for hz in (high_hz, low_hz))
    return np.asarray((high - low) * np.hamming(taps))


_TELEPHONE_BAND = _band_filter(250, 3550, 255)


def band_limit(samples: Samples) -> Samples:
    """The telephone's band: flat from 300 to 3400 Hz, more than 40 dB down below 190 and above 3620 Hz. No delay."""
    half = len(_TELEPHONE_BAND) // 2
    return np.convolve(samples, _TELEPHONE_BAND)[half : half + len(samples)]
