"""Writes `table.h`, the cadences that are recognised: `python -m audio.hearing.table`.

Equal sounds of several countries become one row, Japan's first, then those of most countries. Two frequencies less than
70 Hz apart are one at their mean, as the spectrum sees them. Left out is what is no row of bursts of one sound: SIT, which
`cadence.c` knows by itself, and steady tones.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from audio.hearing.countries import CountryTone, Part, country_tones
from audio.hearing.heard import HeardKind

TABLE = Path(__file__).with_name("table.h")
APART_HZ = 70
SAME_HZ = 12
LONGEST_PARTS = 8

Sound = tuple[int, ...]
"""Frequencies in Hz, as clusters of a spectrum; none for a pause."""
Row = tuple[HeardKind, Sound, tuple[int, ...]]
"""What a cadence means, its sound, and the milliseconds of its bursts and pauses."""


def sound(part: Part) -> Sound:
    """The clusters of a part: a modulated tone is its carrier."""
    frequencies = sorted(part.frequencies_hz)
    if len(frequencies) == 2 and frequencies[1] - frequencies[0] < APART_HZ:
        return (round(sum(frequencies) / 2),)
    return tuple(frequencies)


def shortest(cadence: tuple[int, ...]) -> tuple[int, ...]:
    """A cadence without its own repetitions."""
    half = len(cadence) // 2
    while half and half % 2 == 0 and cadence[:half] == cadence[half:]:
        cadence, half = cadence[:half], half // 2
    return cadence


def row(tone: CountryTone) -> Row | None:
    """The row of a tone; None where it is none."""
    bursts = [sound(part) for part in tone.parts[::2]]
    pauses = [sound(part) for part in tone.parts[1::2]]
    if len(bursts) != len(pauses) or any(pauses):
        return None
    if any(abs(burst[0] - bursts[0][0]) > SAME_HZ for burst in bursts):
        return None
    return tone.kind, bursts[0], shortest(tuple(part.ms or 0 for part in tone.parts))


def rows(tones: Sequence[CountryTone]) -> dict[Row, list[str]]:
    """All rows with the countries that have them."""
    found: dict[Row, list[str]] = {}
    for tone in tones:
        if (this := row(tone)) is not None:
            found.setdefault(this, []).append(tone.country)
    return found


def render() -> str:
    """The header's text."""
    lines = [
        "/* table.h - cadences of all countries: written by `python -m audio.hearing.table` from countries.csv. */",
        "#ifndef DENWA_HEARING_TABLE_H",
        "#define DENWA_HEARING_TABLE_H",
        "",
        '#include "hearing.h"',
        "",
        "static const struct tone_row {",
        "    int kind; /* enum heard_kind */",
        "    int hz1, hz2; /* hz2 is 0 for one frequency */",
        "    int parts;",
        f"    int ms[{LONGEST_PARTS}]; /* burst, pause, burst, pause ... */",
        "} tone_rows[] = {",
    ]
    found = rows(country_tones())
    for (kind, frequencies, cadence), countries in sorted(
        found.items(), key=lambda item: ("jp" not in item[1], -len(item[1]))
    ):
        hz1, hz2 = (*frequencies, 0)[:2]
        named = " ".join(sorted(set(countries), key=lambda country: (country != "jp", country)))
        lengths = ", ".join(map(str, cadence))
        lines.append(f"    {{HEARD_{kind.name}, {hz1}, {hz2}, {len(cadence)}, {{{lengths}}}}}, /* {named} */")
    return "\n".join([*lines, "};", "", "#endif", ""])


def main() -> int:
    """Write the header."""
    TABLE.write_text(render())
    return 0


if __name__ == "__main__":
    sys.exit(main())
