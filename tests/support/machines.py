"""Machines and hops at the far end of an answered call, whose sound is random: none of them is a person.

Each is a function of a generator of random numbers; it gives parts of unit power, one after the other. What is 90 s long goes on
for longer than a call.
"""

from collections.abc import Callable

import numpy as np
from support.call_progress import sent, tone_of
from support.speakers import phrases, spoken

from audio.hearing.countries import country_tones
from audio.levels import RATE_HZ, Samples

Parts = list[Samples]
Machine = Callable[[np.random.Generator], Parts]
LONG_S = 90.0


def quiet(seconds: float) -> Samples:
    """Nothing."""
    return np.zeros(round(seconds * RATE_HZ))


def sine(hz: float, seconds: float) -> Samples:
    """A steady tone."""
    return np.sqrt(2) * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)


def sentence(random: np.random.Generator, shortest_s: float, longest_s: float, pace: float = 1.0) -> Samples:
    """Any phrase of a length."""
    while True:
        found = spoken(phrases()[random.integers(len(phrases()))], pace)
        if shortest_s <= len(found) / RATE_HZ < longest_s:
            return found


def greeting(random: np.random.Generator) -> Parts:
    """Two to eight sentences with pauses of up to four seconds, half of them with a beep in the end."""
    pace = random.uniform(0.8, 1.25)
    parts: Parts = []
    for _ in range(random.integers(2, 9)):
        parts += [sentence(random, 0.8, 3.5, pace), quiet(random.uniform(0.3, 4))]
    return parts + [_beep(random)] * random.integers(2)


def hesitant(random: np.random.Generator) -> Parts:
    """Short sentences with about three seconds between them."""
    pace = random.uniform(0.8, 1.25)
    ends_s = random.uniform(12, 60)
    parts: Parts = []
    while _seconds(parts) < ends_s:
        parts += [sentence(random, 0.8, 2.7, pace), quiet(random.uniform(2.5, 3.5))]
    return parts


def late_beep(random: np.random.Generator) -> Parts:
    """One sentence, and a beep 3 to 30 s later."""
    return [sentence(random, 0.8, 2.7), quiet(random.uniform(3, 30)), _beep(random)]


def menu(random: np.random.Generator) -> Parts:
    """What may be pressed, again and again, with two to eight seconds between."""
    pace = random.uniform(0.8, 1.25)
    block: Parts = []
    for _ in range(random.integers(1, 5)):
        block += [sentence(random, 0.8, 2.7, pace), quiet(random.uniform(0.3, 1.2))]
    return _again([*block, quiet(random.uniform(2, 8))])


def announcement(random: np.random.Generator) -> Parts:
    """That the number is not in service: the same sentence for ever."""
    return _again([sentence(random, 1.2, 4), quiet(random.uniform(1, 5))])


def after_sit(random: np.random.Generator) -> Parts:
    """The same with a special information tone before it."""
    sit = sent(tone_of("de", "sit"), 1.6)
    return _again([sit, quiet(0.2), sentence(random, 1.2, 4), quiet(random.uniform(1, 4))])


def music(random: np.random.Generator, seconds: float = LONG_S) -> Parts:
    """Chords that die away, and a drum; six of ten with rests."""
    parts: Parts = []
    scale_hz = 220 * random.choice([1, 1.5, 2]) * 2 ** (np.array([0, 2, 4, 5, 7, 9, 11, 12, 14, 16]) / 12)
    beat_s = random.uniform(0.2, 0.7)
    phrase_s, rest_s = random.uniform(2, 8), random.choice([0, random.uniform(0.8, 4)], p=[0.4, 0.6])
    next_rest_s = phrase_s
    while (at_s := _seconds(parts)) < seconds:
        time_s = np.arange(round(beat_s * random.choice([0.5, 1, 1, 2]) * RATE_HZ)) / RATE_HZ
        chord = sum(
            np.sin(2 * np.pi * hz * part * time_s) / part**1.3
            for hz in scale_hz[random.integers(0, len(scale_hz), random.integers(1, 4))]
            for part in (1, 2, 3)
        ) * np.exp(-time_s * random.uniform(1, 6))
        drum = random.standard_normal(len(time_s)) * np.exp(-time_s * 50) * random.integers(2)
        parts.append(chord + drum)
        if at_s > next_rest_s:
            parts.append(quiet(rest_s))
            next_rest_s = at_s + rest_s + phrase_s
    return parts


def on_hold(random: np.random.Generator) -> Parts:
    """Music, with words between."""
    parts: Parts = []
    while _seconds(parts) < LONG_S:
        parts += [sentence(random, 0.8, 2.7), quiet(random.uniform(0.3, 3))]
        parts += [*music(random, random.uniform(3, 25)), quiet(random.uniform(0.3, 3))]
    return parts


def calling_fax(random: np.random.Generator) -> Parts:
    """CNG (ITU-T T.30): half a second of 1100 Hz each three and a half."""
    return _again([sine(1100 * random.uniform(0.97, 1.03), 0.5), quiet(3)])


def fax(random: np.random.Generator) -> Parts:
    """CED, mostly, then flags and DIS in V.21 each three seconds or so (ITU-T T.30)."""
    parts = [sine(2100, random.uniform(2.6, 4)), quiet(0.075)] if random.random() < 0.8 else []
    ends_s = random.choice([35, LONG_S])
    while _seconds(parts) < ends_s:
        bits = np.concatenate(
            [np.tile([0, 1, 1, 1, 1, 1, 1, 0], 37), random.integers(0, 2, random.integers(120, 480))]
        )
        hz = np.repeat(np.where(bits, 1650, 1850), 27)  # 300 bit/s, nearly
        parts += [np.sqrt(2) * np.sin(2 * np.pi * np.cumsum(hz) / RATE_HZ), quiet(random.uniform(2.7, 3.3))]
    return parts


def modem(random: np.random.Generator) -> Parts:
    """ANS or ANSam (ITU-T V.25, V.8), or 2225 Hz, perhaps a carrier like noise, perhaps all of it again."""
    time_s = np.arange(round(random.uniform(3, 5) * RATE_HZ)) / RATE_HZ
    turned = np.pi * np.floor(time_s / 0.45) * random.integers(2)
    swing = 1 + 0.2 * np.sin(2 * np.pi * 15 * time_s) * random.integers(2)
    answer = np.sqrt(2) * np.sin(2 * np.pi * random.choice([2100, 2225]) * time_s + turned) * swing
    carrier = random.standard_normal(round(random.uniform(1, 20) * RATE_HZ)) * random.integers(2)
    return [answer, quiet(0.075), carrier, quiet(random.uniform(1, 5))] * random.choice([1, 4])


def connecting(random: np.random.Generator) -> Parts:
    """A hop that says that it connects, and rings, and is then engaged or has another machine."""
    countries = sorted({tone.country for tone in country_tones()} - {"us-old"})
    country = str(random.choice(countries))
    ringing = sent(tone_of(country, "ringback"), random.uniform(8, 40))
    after = sent(tone_of(country, str(random.choice(["busy", "congestion"]))), 20)
    end = [after] if random.random() < 0.5 else hesitant(random)
    said = [sentence(random, 0.8, 2.7)] * random.integers(2)
    return [*said, quiet(random.uniform(0.3, 8)), ringing, quiet(random.uniform(0.1, 2)), *end]


MACHINES: dict[str, Machine] = {
    "greeting": greeting,
    "hesitant": hesitant,
    "late beep": late_beep,
    "menu": menu,
    "announcement": announcement,
    "announcement after SIT": after_sit,
    "music": music,
    "music on hold": on_hold,
    "calling fax": calling_fax,
    "fax": fax,
    "modem": modem,
    "hop that connects": connecting,
}


def _beep(random: np.random.Generator) -> Samples:
    return sine(random.choice([800, 1000, 1400]), random.uniform(0.25, 1.0))


def _seconds(parts: Parts) -> float:
    return sum(map(len, parts)) / RATE_HZ


def _again(block: Parts) -> Parts:
    return block * int(1 + LONG_S / _seconds(block))
