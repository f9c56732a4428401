"""What is heard besides words: the soft tone of a call that may not speak yet, and the sign that a booking is kept."""

from functools import cache

import numpy as np

from audio.clip import Clip
from audio.levels import to_pcm
from audio.tones import silence, tone

SOFT_DBM0 = -34.0
"""Soft enough for an ear that is just waking, and for our own: 12 dB lower, as a line may give it back, it counts as silence."""
_SOFT_HZ = (523.25, 659.26), (587.33, 739.99), (659.26, 880.0)
"""Two at once: what our ears would take for a call-progress tone or a machine's beep is one frequency, or 480 and 620 Hz."""


@cache
def soft_tone() -> Clip:
    """One second: three soft chords that rise, and a rest."""
    chords = [sum(tone(hz, 0.22, SOFT_DBM0 - 3, ramp_s=0.06) for hz in chord) for chord in _SOFT_HZ]
    return Clip.from_pcm("soft tone", to_pcm(np.concatenate([*chords, silence(0.34)])))


@cache
def kept_sign() -> Clip:
    """Two short notes: it is written down."""
    notes = [tone(880.0, 0.09, -18.0), silence(0.04), tone(1174.66, 0.16, -18.0), silence(0.25)]
    return Clip.from_pcm("kept", to_pcm(np.concatenate(notes)))
