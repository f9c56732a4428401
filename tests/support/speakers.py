"""Speakers made of the rendered prompts, Japanese and English, faster and higher or slower and lower than they were said.

Samples have unit power where they are not silent. No human speaks here.
"""

from functools import cache

import numpy as np

from audio.levels import RATE_HZ, Samples, from_pcm
from audio.prompts import LANGUAGES, load

SYLLABLE_S = 0.3, 0.4
"""How long one syllable lasts."""
GREETING_S = 0.4, 2.4
"""How long that lasts which one says who picks up; more is for machines."""
_BLOCK = 80


@cache
def phrases() -> tuple[Samples, ...]:
    """All prompts without the silence around them."""
    clips = [clip for language in LANGUAGES for clip in load(language).values()]
    return tuple(_bare(from_pcm(clip.pcm)) for clip in clips)


def _bare(samples: Samples) -> Samples:
    powers = np.square(samples[: len(samples) // _BLOCK * _BLOCK]).reshape(-1, _BLOCK).mean(axis=1)
    loud = np.flatnonzero(powers > powers.max() * 1e-3)
    bare = samples[loud[0] * _BLOCK : (loud[-1] + 1) * _BLOCK]
    return bare / np.sqrt(powers[powers > powers.max() * 10**-2.5].mean())


def spoken(phrase: Samples, pace: float) -> Samples:
    """A phrase said `pace` times as fast and as high."""
    return np.interp(np.arange(0, len(phrase) - 1, pace), np.arange(len(phrase)), phrase)


def phrase(random: np.random.Generator, shortest_s: float, longest_s: float) -> Samples:
    """Any phrase of a length, by any speaker."""
    while True:
        found = spoken(phrases()[random.integers(len(phrases()))], random.uniform(0.8, 1.25))
        if shortest_s <= len(found) / RATE_HZ < longest_s:
            return found


def announcement(random: np.random.Generator) -> Samples:
    """What a machine says: four seconds and more by one speaker, without a pause of a second."""
    pace = random.uniform(0.8, 1.25)
    samples = random.uniform(4, 10) * RATE_HZ
    parts: list[Samples] = []
    while sum(map(len, parts)) < samples:
        parts.append(spoken(phrases()[random.integers(len(phrases()))], pace))
        parts.append(np.zeros(round(random.uniform(0.05, 0.8) * RATE_HZ)))
    return np.concatenate(parts[:-1])


def babble(count: int, random: np.random.Generator) -> Samples:
    """Four to eight speakers at once, of unit power together."""
    total = np.zeros(count)
    for _ in range(random.integers(4, 9)):
        gain = 10 ** (random.uniform(-4, 4) / 20)
        at = 0
        while at < count:
            phrase = phrases()[random.integers(len(phrases()))][: count - at]
            total[at : at + len(phrase)] += gain * phrase
            at += len(phrase) + int(random.integers(0, 2400))
    return total / np.sqrt(np.square(total).mean() + 1e-12)
