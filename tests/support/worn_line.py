"""What a line does to a sound: noise, echo, a level, one law or two, lost packets. All of it simulated."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from support.speakers import babble

from audio.g711 import Law, decode, encode
from audio.levels import RATE_HZ, Samples, amplitude, to_pcm

FRAME_SAMPLES = 160
LAWS: tuple[Law, ...] = ("ulaw", "alaw")
Noise = Literal["none", "white", "babble"]
NOISES: tuple[Noise, ...] = ("none", "white", "babble")


@dataclass(frozen=True, slots=True)
class Wear:
    """How worn it is: the level of the sound in dBm0, and which noise lies how many dB below it."""

    level_dbm0: float
    noise: Noise = "none"
    noise_down_db: float = 99.0


def rms(dbm0: float) -> float:
    """By what a sound of unit power is multiplied for a level; 1.0 is full scale."""
    return amplitude(dbm0) / np.sqrt(2)


def through(law: Law, pcm: NDArray[np.int16]) -> NDArray[np.int16]:
    """Coded and decoded."""
    return decode(encode(pcm, law), law)


def worn(samples: Samples, wear: Wear, random: np.random.Generator) -> NDArray[np.int16]:
    """A sound of unit power as it comes: half of the lines have an echo, three of ten are transcoded, 0 to 3 % is lost."""
    samples = samples + noise(wear.noise, len(samples), random) * 10 ** (-wear.noise_down_db / 20)
    if random.random() < 0.5:
        delay = round(random.uniform(0.005, 0.25) * RATE_HZ)
        echo = samples[:-delay] * 10 ** (-random.uniform(12, 35) / 20)
        samples = samples + np.concatenate([np.zeros(delay), echo])
    pcm = to_pcm(samples * rms(wear.level_dbm0))
    for _ in range(2 if random.random() < 0.3 else 1):
        pcm = through(LAWS[random.integers(2)], pcm)
    return losing(pcm, random.choice([0, 0.005, 0.01, 0.03]), random)


def noise(kind: Noise, count: int, random: np.random.Generator) -> Samples:
    """Noise of unit power; none is silence."""
    if kind == "white":
        return random.standard_normal(count)
    return babble(count, random) if kind == "babble" else np.zeros(count)


def losing(pcm: NDArray[np.int16], part: float, random: np.random.Generator) -> NDArray[np.int16]:
    """Lose so many of the frames; the line repeats the last 20 ms for each."""
    pcm = pcm.copy()
    for start in range(FRAME_SAMPLES, len(pcm) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        if random.random() < part:
            pcm[start : start + FRAME_SAMPLES] = pcm[start - FRAME_SAMPLES : start]
    return pcm
