"""What a simulated sleeper does when his telephone rings."""

import random
from dataclasses import dataclass
from enum import StrEnum


class Deed(StrEnum):
    """What becomes of one call to a telephone."""

    BUSY = "busy"
    REFUSED = "refused"
    ABSENT = "absent"
    UNKNOWN = "unknown"
    NOT_LIFTED = "not lifted"
    DROPPED = "dropped at once"
    HANGS_UP = "hangs up early"
    PRESSES = "presses"
    DIALS_BACK = "hangs up and dials back"


REFUSALS = {
    Deed.BUSY: (486, "Busy Here"),
    Deed.REFUSED: (603, "Decline"),
    Deed.ABSENT: (480, "Temporarily Unavailable"),
    Deed.UNKNOWN: (404, "Not Found"),
}
"""What an exchange says in place of the telephone."""

_WEIGHTS = {
    "deaf": {
        Deed.BUSY: 3,
        Deed.REFUSED: 1,
        Deed.ABSENT: 2,
        Deed.UNKNOWN: 2,
        Deed.NOT_LIFTED: 6,
        Deed.DROPPED: 2,
    },
    "sleepy": {Deed.NOT_LIFTED: 3, Deed.BUSY: 1, Deed.HANGS_UP: 4, Deed.PRESSES: 2, Deed.DIALS_BACK: 2},
    "lively": {Deed.PRESSES: 6, Deed.DIALS_BACK: 2, Deed.BUSY: 1, Deed.HANGS_UP: 1},
}
CANNOT_WAKE = "deaf"
"""A telephone whose sleeper never shows that he is awake."""


@dataclass(frozen=True, slots=True)
class Sleeper:
    """Whoever has a number; his deeds follow from the seed, the number and how often it has rung."""

    seed: int
    number: str

    @property
    def manner(self) -> str:
        """One of three, for always."""
        rng = random.Random(f"{self.seed} {self.number}")
        return rng.choices(list(_WEIGHTS), [2, 4, 3])[0]

    def deed(self, time_rung: int) -> Deed:
        """What he does when it rings for the n-th time."""
        weights = _WEIGHTS[self.manner]
        rng = random.Random(f"{self.seed} {self.number} {time_rung}")
        return rng.choices(list(weights), list(weights.values()))[0]
