"""Tones with soft edges. Samples are floats, 1.0 = full scale; the rate is 8000 Hz."""

import numpy as np

from audio.levels import RATE_HZ, Samples, amplitude

DTMF_ROWS_HZ = (697, 770, 852, 941)
DTMF_COLUMNS_HZ = (1209, 1336, 1477, 1633)
DTMF_KEYS = "123A456B789C*0#D"

_RAMP_S = 0.002


def silence(seconds: float) -> Samples:
    """Zeros."""
    return np.zeros(round(seconds * RATE_HZ))


def rise(samples: int) -> Samples:
    """A raised-cosine ramp from 0 to 1, for an edge that does not click."""
    return 0.5 - 0.5 * np.cos(np.pi * (np.arange(samples) + 0.5) / samples)


def soften(samples: Samples, ramp_s: float = _RAMP_S) -> Samples:
    """The same with raised-cosine edges, no longer than half of it each."""
    edge = rise(min(round(ramp_s * RATE_HZ), len(samples) // 2))
    softened = samples.copy()
    softened[: len(edge)] *= edge
    softened[len(samples) - len(edge) :] *= edge[::-1]
    return softened


def tone(frequency_hz: float, seconds: float, dbm0: float, ramp_s: float = _RAMP_S) -> Samples:
    """A sine that begins at phase 0."""
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return soften(amplitude(dbm0) * np.sin(2 * np.pi * frequency_hz * time_s), ramp_s)


def dtmf(
    digits: str,
    *,
    dbm0: float = -10.0,
    twist_db: float = 0.0,
    on_s: float = 0.08,
    off_s: float = 0.08,
) -> Samples:
    """Digits as ITU-T Q.23 has them, each followed by a pause.

    Args:
        digits: of 0-9, *, #, A-D.
        dbm0: level of the low tone.
        twist_db: how much louder the high tone is.
        on_s: length of a digit.
        off_s: length of the pause.

    Raises:
        ValueError: a character is no DTMF digit.
    """
    parts = [silence(0)]
    for digit in digits:
        if digit not in DTMF_KEYS:
            raise ValueError(f"{digit!r} is no DTMF digit")
        row, column = divmod(DTMF_KEYS.index(digit), 4)
        low = tone(DTMF_ROWS_HZ[row], on_s, dbm0)
        high = tone(DTMF_COLUMNS_HZ[column], on_s, dbm0 + twist_db)
        parts += [low + high, silence(off_s)]
    return np.concatenate(parts)
