"""Trials of the recogniser of tones and voices: random sounds on worn lines, and what was heard of them.

Each kind of trial is a function of a seed and the trial's number. All countries; half of the trials are of six.
"""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np
from support.call_progress import SIX, sent, tone_of
from support.listener import heard_in
from support.speakers import GREETING_S, SYLLABLE_S, announcement, phrase
from support.worn_line import NOISES, Noise, Wear, rms, through, worn

from audio.clip import Clip
from audio.hearing.countries import CountryTone, country_tones
from audio.hearing.heard import Heard, HeardKind
from audio.levels import RATE_HZ, Samples, to_pcm

SENT_S = 14.0
"""How long a tone is sent: more than two cycles of the longest."""
QUIET_S = 8.0
NOT_TRIED = "us-old"
"""Its busy is modulated by 100 Hz; no exchange that we know of sends it any more."""
SHARES = {HeardKind.RINGBACK: 0.5, HeardKind.BUSY: 0.25, HeardKind.CONGESTION: 0.15, HeardKind.SIT: 0.1}
TONES = {*SHARES, HeardKind.TONE}
UNREACHED = {HeardKind.BUSY, HeardKind.CONGESTION}
"""Two that mean the same to who calls, and are the same sound in some countries."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What was sent and heard; `began_samples`: when what counts began; `cycle_samples` of its cadence."""

    name: str
    wanted: HeardKind
    noise: Noise
    began_samples: int
    heard: tuple[Heard, ...]
    cycle_samples: int = 0
    is_joined: bool = False
    """The tone had been going on before."""

    @property
    def tone(self) -> Heard | None:
        """The first tone that was told from where it began."""
        return self.first(*TONES)

    @property
    def is_right(self) -> bool:
        """The first tone told is the one that was sent; busy may be called congestion."""
        told = self.tone
        return told is not None and (told.kind == self.wanted or {told.kind, self.wanted} == UNREACHED)

    def first(self, *kinds: HeardKind) -> Heard | None:
        """The first of these kinds from where it began."""
        return next((h for h in self.heard if h.kind in kinds and h.at_samples >= self.began_samples), None)

    def has(self, kind: HeardKind) -> bool:
        """Whether it was heard at any time."""
        return any(heard.kind == kind for heard in self.heard)

    def after_ms(self, *kinds: HeardKind) -> float:
        """How long after it began the first of these kinds was told; infinity if it was not."""
        told = self.first(*kinds)
        return (told.at_samples - self.began_samples) / RATE_HZ * 1000 if told else float("inf")


T = TypeVar("T")
TrialOf = Callable[[int, int], Trial]


def tone_trial(seed: int, number: int) -> Trial:
    """A tone that begins at once or in a while, or was joined anywhere in its cadence."""
    random = np.random.default_rng([seed, 1, number])
    tone = _some_tone(random, tuple(SHARES)[random.choice(len(SHARES), p=list(SHARES.values()))])
    lead = np.zeros(round(random.choice([0, random.uniform(0, 1.5)]) * RATE_HZ))
    joined_s = 0.0 if tone.kind is HeardKind.SIT else random.choice([0, random.uniform(0, 5)])
    samples = sent(
        tone, SENT_S, from_s=joined_s, offset=random.uniform(-0.015, 0.015), ppm=random.uniform(-200, 200)
    )
    wear = _wear(random, -35, -5, 10, 30, NOISES)
    return Trial(
        f"{tone.country} {tone.name}",
        tone.kind,
        wear.noise,
        len(lead),
        tuple(heard_in(worn(np.concatenate([lead, samples]), wear, random))),
        tone.cycle_ms * RATE_HZ // 1000,
        is_joined=joined_s > 0,
    )


def recorded_trial(tone: CountryTone, samples: Samples, seed: int, number: int) -> Trial:
    """A tone that was recorded on a clean line."""
    random = np.random.default_rng([seed, 8, number])
    blocks = np.square(samples[: len(samples) // 80 * 80]).reshape(-1, 80).mean(axis=1)
    unit = samples / np.sqrt(blocks[blocks > 0.1 * blocks.max()].mean())
    wear = _wear(random, -35, -5, 10, 30, NOISES)
    heard = tuple(heard_in(worn(unit, wear, random)))
    return Trial(f"{tone.country} {tone.name}", tone.kind, wear.noise, 0, heard, tone.cycle_ms * 8)


def change_trial(seed: int, number: int) -> Trial:
    """Ring-back that becomes busy or congestion at any moment."""
    random = np.random.default_rng([seed, 2, number])
    country = _some_tone(random, HeardKind.BUSY).country
    offset = random.uniform(-0.015, 0.015)
    name = random.choice(["busy", "congestion"])
    before = np.concatenate(
        [
            sent(tone_of(country, "ringback"), random.uniform(1, 14), offset=offset),
            np.zeros(round(random.uniform(0, 1.5) * RATE_HZ)),
        ]
    )
    samples = np.concatenate([before, sent(tone_of(country, name), 10, offset=offset)])
    wear = _wear(random, -35, -5, 10, 30, NOISES)
    heard = tuple(heard_in(worn(samples, wear, random)))
    return Trial(f"{country} ringback, {name}", HeardKind[name.upper()], wear.noise, len(before), heard)


def cut_trial(seed: int, number: int) -> Trial:
    """Ring-back that stops, and nothing after it."""
    random = np.random.default_rng([seed, 3, number])
    tone = _some_tone(random, HeardKind.RINGBACK)
    before = sent(tone, random.uniform(1, 12), offset=random.uniform(-0.015, 0.015))
    wear = _wear(random, -35, -5, 10, 30, ("none", "white"))
    samples = np.concatenate([before, np.zeros(round(QUIET_S * RATE_HZ))])
    heard = tuple(heard_in(worn(samples, wear, random)))
    return Trial(f"{tone.country}, cut", HeardKind.SILENCE, wear.noise, len(before), heard)


def person_trial(
    seed: int, number: int, *, rings: bool = False, length_s: tuple[float, float] = GREETING_S
) -> Trial:
    """One who picks up, says a word or two, and waits; after a ring-back, or with nothing before."""
    random = np.random.default_rng([seed, 4 + rings, number])
    before = [np.zeros(round(random.uniform(0.15, 1.5) * RATE_HZ))]
    if rings:
        before.insert(0, ringing(random, random.uniform(1, 14)) * 10 ** (random.uniform(-6, 10) / 20))
    samples = np.concatenate([*before, phrase(random, *length_s), np.zeros(round(QUIET_S * RATE_HZ))])
    wear = _wear(random, -32, -12, 15, 35, ("none", "white"))
    heard = tuple(heard_in(worn(samples, wear, random)))
    return Trial("person", HeardKind.PERSON, wear.noise, sum(map(len, before)), heard)


def machine_trial(seed: int, number: int) -> Trial:
    """An announcement of four seconds and more, and a beep: at once, after a ring-back, or after a SIT."""
    random = np.random.default_rng([seed, 6, number])
    name = ("", "after ring-back", "after SIT")[number % 3]
    before = np.zeros(RATE_HZ)
    if name == "after ring-back":
        pause = np.zeros(round(random.uniform(0.2, 1.2) * RATE_HZ))
        before = np.concatenate([ringing(random, random.uniform(1, 9)), pause])
    elif name == "after SIT":
        before = sent(tone_of("de", "sit"), 1.6)
    beep = np.sqrt(2) * np.sin(2 * np.pi * 1000 * np.arange(round(0.4 * RATE_HZ)) / RATE_HZ)
    parts = [before, announcement(random), np.zeros(4000), beep, np.zeros(2 * RATE_HZ)]
    wear = Wear(random.uniform(-30, -12), "white", 25)
    heard = tuple(heard_in(worn(np.concatenate(parts), wear, random)))
    return Trial(f"machine {name}".rstrip(), HeardKind.MACHINE, wear.noise, len(before), heard)


def echo_trial(seed: int, number: int) -> Trial:
    """Our own announcement comes back, 8 to 35 dB lower and up to 300 ms later, and nobody speaks."""
    random = np.random.default_rng([seed, 7, number])
    said = Clip.from_pcm("said", to_pcm(announcement(random) * rms(-16)))
    samples = np.concatenate([said.pcm, np.zeros(2 * RATE_HZ)]) / 32768
    delay = round(random.uniform(0, 0.3) * RATE_HZ)
    echo = np.concatenate([np.zeros(delay), samples]) * 10 ** (-random.uniform(8, 35) / 20)
    pcm = through("ulaw", to_pcm(echo + random.standard_normal(len(echo)) * rms(-70)))
    heard = tuple(heard_in(pcm, while_playing=said))
    return Trial("echo", HeardKind.SILENCE, "white", 0, heard)


after_ringing: TrialOf = partial(person_trial, rings=True)
one_syllable: TrialOf = partial(person_trial, length_s=SYLLABLE_S)


def run_trials(trial: Callable[[int, int], T], seed: int, count: int, *, processes: int = 1) -> list[T]:
    """So many trials, in order."""
    if processes == 1:
        return [trial(seed, number) for number in range(count)]
    with ProcessPoolExecutor(processes) as pool:
        return list(pool.map(partial(trial, seed), range(count), chunksize=20))


def _some_tone(random: np.random.Generator, kind: HeardKind) -> CountryTone:
    tones = [tone for tone in country_tones() if tone.kind is kind and tone.country != NOT_TRIED]
    if random.random() < 0.5:
        tones = [tone for tone in tones if tone.country in SIX]
    return tones[random.integers(len(tones))]


def ringing(random: np.random.Generator, seconds: float) -> Samples:
    """So much of any country's ring-back."""
    return sent(_some_tone(random, HeardKind.RINGBACK), seconds, offset=random.uniform(-0.015, 0.015))


def _wear(
    random: np.random.Generator,
    least_dbm0: float,
    most_dbm0: float,
    least_down_db: float,
    most_down_db: float,
    noises: tuple[Noise, ...],
) -> Wear:
    """A level and a noise below it; a fifth of the lines that may have any noise have none."""
    part = random.random()
    noise = noises[int(part * len(noises))] if len(noises) < 3 else _two_in_five(part)
    return Wear(random.uniform(least_dbm0, most_dbm0), noise, random.uniform(least_down_db, most_down_db))


def _two_in_five(part: float) -> Noise:
    if part < 0.2:
        return "none"
    return "white" if part < 0.6 else "babble"
