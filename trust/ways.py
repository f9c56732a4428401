"""How the digits behind a trunk's prefix may be read: through which exchanges they lead, and to which extension.

The network writes a way without marks between its parts (TC9): hop prefix, prefix, hop prefix, prefix, extension. Prefixes
have three or four digits (50 of 52 in the registry), extensions two to five. Where several readings are possible, whoever
asks takes the one that is worst for the number.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from exchange.network.numbers import COMMUNITY_HOP_PREFIX

PREFIX_DIGITS = (3, 4)
EXTENSION_DIGITS = range(2, 6)


@dataclass(frozen=True, slots=True)
class Way:
    """One reading: the prefixes of the exchanges in the order of the way, the neighbour's first, and the extension.

    `extension` is "" where nothing is left for one: such a way rings nobody, and may be a circle all the same.
    """

    prefixes: tuple[str, ...]
    extension: str

    @property
    def is_circle(self) -> bool:
        """It leads through one exchange twice."""
        return len(set(self.prefixes)) < len(self.prefixes)

    @property
    def destination(self) -> str:
        """What the number's end is whichever way leads to it: the last exchange's prefix and the extension."""
        return self.prefixes[-1] + self.extension


def ways(first_prefix: str, behind: str, *, known: Collection[str], most: int) -> Iterator[Way]:
    """All readings of the digits behind a trunk's prefix.

    Of those through more than `most` exchanges only the beginning is given: `most` + 1 prefixes, and the rest as extension.

    Args:
        first_prefix: the trunk's.
        behind: the digits.
        known: prefixes of exchanges, of whatever length.
        most: through how many exchanges a way is read.
    """
    yield from _read((first_prefix,), behind, known, most)


def _read(prefixes: tuple[str, ...], rest: str, known: Collection[str], most: int) -> Iterator[Way]:
    if len(prefixes) > most:
        yield Way(prefixes, rest)
        return
    if not rest:
        yield Way(prefixes, "")
    if not rest.startswith(COMMUNITY_HOP_PREFIX):
        if len(rest) in EXTENSION_DIGITS:
            yield Way(prefixes, rest)
        return
    after = rest.removeprefix(COMMUNITY_HOP_PREFIX)
    lengths = {length for length in PREFIX_DIGITS if length <= len(after)}
    lengths |= {len(prefix) for prefix in known if after.startswith(prefix)}
    for length in sorted(lengths):
        yield from _read((*prefixes, after[:length]), after[length:], known, most)
