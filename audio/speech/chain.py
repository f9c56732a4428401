"""From an engine's sound to the telephone's: 8000 Hz, band limited, trimmed, at speech level, in mu-law."""

import numpy as np

from audio import g711
from audio.levels import RATE_HZ, Samples, band_limit, normalise, to_pcm
from audio.speech.engine import Sound, load_module
from audio.tones import soften

CHAIN = "1: soxr VHQ, 250-3550 Hz, trimmed 42 dB below the loudest 10 ms, -16 dBm0, mu-law"
"""Part of every cache key and manifest: whoever changes a step changes this."""

LEAD_S = 0.02
"""Silence that is left before the first and after the last sound."""

_FRAME = 80
_TRIM_DB = 42.0


def to_telephone(sound: Sound) -> bytes:
    """G.711 mu-law octets of speech, -16 dBm0 (ITU-T P.56).

    Raises:
        EngineError: soxr, which resamples, is not installed.
        ValueError: there is nothing but silence.
    """
    soxr = load_module("soxr", "soxr")
    narrow = np.asarray(soxr.resample(sound.samples, sound.rate_hz, RATE_HZ, quality="VHQ"), np.float64)
    speech = soften(normalise(trim(band_limit(narrow))), LEAD_S / 2)
    return g711.encode(to_pcm(speech), "ulaw").tobytes()


def trim(samples: Samples) -> Samples:
    """Without the silence at both ends, but for 20 ms (zeros where there was less).

    Raises:
        ValueError: there is nothing but silence.
    """
    whole = np.concatenate([samples, np.zeros(-len(samples) % _FRAME)])
    power = np.mean(whole.reshape(-1, _FRAME) ** 2, axis=1)
    if not power.any():
        raise ValueError("nothing but silence")
    sounding = np.flatnonzero(power >= power.max() * 10 ** (-_TRIM_DB / 10))
    lead = round(LEAD_S * RATE_HZ)
    padded = np.concatenate([np.zeros(lead), whole, np.zeros(lead)])
    return padded[sounding[0] * _FRAME : (sounding[-1] + 1) * _FRAME + 2 * lead]
