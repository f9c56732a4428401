"""What is heard of a call's far end besides digits."""

from dataclasses import dataclass
from enum import IntEnum


class HeardKind(IntEnum):
    """The kinds of `heard.h`, where each is explained."""

    RINGBACK = 1
    BUSY = 2
    CONGESTION = 3
    SIT = 4
    TONE = 5
    VOICE = 6
    TURN = 7
    PERSON = 8
    MACHINE = 9
    SILENCE = 10
    OVER = 11
    BURST = 12


@dataclass(frozen=True, slots=True)
class Heard:
    """A kind of sound, and how many samples had been heard since the listening began when it was told (1/8000 s)."""

    kind: HeardKind
    at_samples: int
