"""The call-progress tones of 41 countries, as data: `countries.csv` ("us-old" counts as one).

Each line is one tone: how many times its cadence comes (0: until the end), and its parts as frequencies in Hz and
milliseconds; 0 Hz is a pause, `400+450` two frequencies at once, `400*16` one that another modulates, and no length means
for ever. The figures and the names of countries are those of Asterisk 22's indications.conf, which takes them from the
countries' own papers and ITU-T E.180, supplement 2; but Japan's ring-back is 400 Hz modulated by 16 Hz, not added to it.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

from audio.hearing.heard import HeardKind

SOURCE = Path(__file__).with_name("countries.csv")

TONES = {
    "ringback": HeardKind.RINGBACK,
    "ringback_mobile": HeardKind.RINGBACK,
    "busy": HeardKind.BUSY,
    "congestion": HeardKind.CONGESTION,
    "sit": HeardKind.SIT,
    "unobtainable": HeardKind.SIT,
}
"""What each tone of the file is to be heard as."""


@dataclass(frozen=True, slots=True)
class Part:
    """A burst or a pause: frequencies in Hz (none: a pause), what modulates the one, and milliseconds (None: for ever)."""

    frequencies_hz: tuple[int, ...]
    modulation_hz: int | None
    ms: int | None

    @classmethod
    def parse(cls, text: str) -> Self:
        """A part such as `440+480:2000`."""
        sound, _, ms = text.partition(":")
        carrier, _, modulation = sound.partition("*")
        frequencies = tuple(int(hz) for hz in carrier.split("+") if hz != "0")
        return cls(frequencies, int(modulation) if modulation else None, int(ms) if ms else None)


@dataclass(frozen=True, slots=True)
class CountryTone:
    """One tone of one country; `times` its cadence comes, 0: until the end."""

    country: str
    name: str
    times: int
    parts: tuple[Part, ...]

    @property
    def kind(self) -> HeardKind:
        """What it is to be heard as."""
        return TONES[self.name]

    @property
    def cycle_ms(self) -> int:
        """Length of its cadence; 0 for a steady tone."""
        return sum(part.ms or 0 for part in self.parts)


@cache
def country_tones() -> tuple[CountryTone, ...]:
    """All tones, in the order of the file."""
    with SOURCE.open(newline="") as file:
        return tuple(
            CountryTone(
                row["country"],
                row["tone"],
                int(row["times"]),
                tuple(Part.parse(part) for part in row["cadence"].split()),
            )
            for row in csv.DictReader(file)
        )
