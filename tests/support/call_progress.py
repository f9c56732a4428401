"""Call-progress tones as exchanges send them, synthesised from `audio/hearing/countries.csv`. Samples have unit power."""

import math

import numpy as np

from audio.hearing.countries import CountryTone, Part, country_tones
from audio.levels import RATE_HZ, Samples

SIX = ("jp", "us", "uk", "de", "fr", "au")
"""Countries whose tones half of all trials are of."""


def tone_of(country: str, name: str) -> CountryTone:
    """A tone by the names of the file."""
    return next(tone for tone in country_tones() if (tone.country, tone.name) == (country, name))


def sent(
    tone: CountryTone, seconds: float, *, from_s: float = 0.0, offset: float = 0.0, ppm: float = 0.0
) -> Samples:
    """So many seconds of a tone.

    Args:
        tone: which.
        seconds: how long.
        from_s: how far into its cadence it begins.
        offset: relative error of its frequencies.
        ppm: how much faster than ours the exchange's clock is.
    """
    time_s = np.arange(round((from_s + seconds) * RATE_HZ)) / RATE_HZ * (1 + ppm * 1e-6)
    samples = np.zeros(len(time_s))
    began_s = 0.0
    cycles = tone.times or math.ceil((from_s + seconds) * 1000 / max(tone.cycle_ms, 1))
    for part in tone.parts * cycles if tone.cycle_ms else tone.parts:
        until_s = began_s + part.ms / 1000 if part.ms is not None else math.inf
        now = slice(*np.searchsorted(time_s, [began_s - 1e-9, until_s - 1e-9]))
        samples[now] = _wave(part, time_s[now], offset)
        began_s = until_s
        if now.stop == len(time_s):
            break
    return samples[round(from_s * RATE_HZ) :]


def _wave(part: Part, time_s: Samples, offset: float) -> Samples:
    frequencies_hz = [hz * (1 + offset) for hz in part.frequencies_hz]
    waves = [np.sin(2 * np.pi * hz * time_s + i) for i, hz in enumerate(frequencies_hz)]
    total = np.sum(waves, axis=0) * math.sqrt(2 / len(waves)) if waves else np.zeros(len(time_s))
    if part.modulation_hz is not None:
        total = total * (1 + np.sin(2 * np.pi * part.modulation_hz * time_s + 1)) / math.sqrt(1.5)
    return total
