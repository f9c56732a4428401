"""Trials of the whole judgement: the morning call speaks with random machines, hops and people on worn lines.

Each kind of trial is a function of a seed and the trial's number. Samples that a far end sends are worn before.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from support.hearing_trials import ringing
from support.machines import MACHINES, quiet
from support.rung_telephone import Does, RungTelephone, a_ring, rung
from support.speakers import GREETING_S, phrase
from support.worn_line import Wear, worn

from schedules.outcomes import Outcome

CLEAR_DB = (None, 30.0, 25.0)
"""How many dB lower a line gives back what we say, as the most do; nothing at all."""
ECHOING_DB = (20.0, 16.0, 12.0)
"""As a line without a canceller of echoes does. Whoever is softer than that is not heard over our words."""
LANGUAGES = ("ja", "en")


@dataclass(frozen=True, slots=True)
class Judged:
    """Who was there, how much the line gave back, and what he was taken for."""

    name: str
    echo_db: float | None
    outcome: Outcome

    @property
    def is_awake(self) -> bool:
        """The alarm may be over."""
        return self.outcome in {Outcome.PROBABLY_AWAKE, Outcome.ACKNOWLEDGED}


def machine_judged(seed: int, number: int, *, echoes: bool = False) -> Judged:
    """A machine or a hop, half of them after a ring-back."""
    random = np.random.default_rng([seed, 11 + echoes, number])
    name = list(MACHINES)[number // 2 % len(MACHINES)]
    before = [ringing(random, random.uniform(1, 12)), quiet(0.5)] if number % 2 else []
    sound = np.concatenate([*before, quiet(random.uniform(0.2, 2)), *MACHINES[name](random)])
    pcm = worn(sound, _wear(random, -10), random)

    async def does(telephone: RungTelephone) -> None:
        telephone.say(pcm)

    return _judged(name + (", after ring-back" if number % 2 else ""), does, random, echoes=echoes)


def person_judged(seed: int, number: int, *, echoes: bool = False) -> Judged:
    """Somebody who says who he is, half of them after a ring-back, listens, and answers 0.3 to 4 s after each question."""
    random = np.random.default_rng([seed, 13 + echoes, number])
    wear = _wear(random, -12)
    before = [ringing(random, random.uniform(2, 14))] if number % 2 else []
    hello = _said(random, wear, *before, quiet(random.uniform(0.15, 1.5)))
    yes = _said(random, wear, quiet(random.uniform(0.3, 4)))

    async def does(telephone: RungTelephone) -> None:
        telephone.say(hello)
        while True:
            await telephone.until_heard("say_yes")
            telephone.say(yes)

    return _judged("person" + (", after ring-back" if number % 2 else ""), does, random, echoes=echoes)


def _said(random: np.random.Generator, wear: Wear, *before: NDArray[np.float64]) -> NDArray[np.int16]:
    return worn(np.concatenate([*before, phrase(random, *GREETING_S), quiet(1)]), wear, random)


def _wear(random: np.random.Generator, most_dbm0: float) -> Wear:
    noise = "white" if random.random() < 0.6 else "none"
    return Wear(random.uniform(-32, most_dbm0), noise, random.uniform(15, 35))


def _judged(name: str, does: Does, random: np.random.Generator, *, echoes: bool) -> Judged:
    echo_db = (ECHOING_DB if echoes else CLEAR_DB)[random.integers(3)]
    ring = a_ring(language=LANGUAGES[random.integers(2)])
    return Judged(name, echo_db, rung(does, ring, echo_db=echo_db).report.outcome)
