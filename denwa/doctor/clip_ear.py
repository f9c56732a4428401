"""Hears a prompt of the echo in what comes back, whatever the way did to its level and its G.711."""

import numpy as np

from audio.levels import Samples, from_pcm
from audio.prompts import load
from denwa.language import Language

LIKE = 0.48
"""Normalised correlation from which on a prompt is taken for heard.

Any other prompt of ours reaches 0.43; this one with a gap of 20 ms in its middle, from a late packet, still 0.51.
"""
PAUSE_S = 0.15
"""What services/echo puts behind each clip."""


def named_key(language: Language, digit: str) -> Samples:
    """What the echo says of a key, sample for sample as it says it."""
    say = load(language)
    clips = (say["you_pressed"].followed_by_silence(PAUSE_S), say[f"digit_{digit}"])
    return np.concatenate([from_pcm(clip.pcm) for clip in clips])


def count_clip(heard: Samples, clip: Samples) -> int:
    """How often a prompt is in what was heard."""
    places = len(heard) - len(clip) + 1
    if places < 1:
        return 0
    size = len(heard) + len(clip)
    product = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(clip, size))
    likeness = np.fft.irfft(product, size)[:places] / np.sqrt(
        np.maximum(_energies(heard, len(clip)) * float(np.square(clip).sum()), 1e-9)
    )
    times, place = 0, 0
    for found in np.flatnonzero(likeness > LIKE):
        if found >= place:
            times += 1
            place = int(found) + len(clip) // 2
    return times


def _energies(heard: Samples, length: int) -> Samples:
    """The energy of each stretch of that length."""
    sums = np.concatenate([[0.0], np.cumsum(np.square(heard))])
    return np.asarray(sums[length:] - sums[:-length])
