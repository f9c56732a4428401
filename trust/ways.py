"""How the digits behind a trunk's prefix may be read: through which exchanges they lead, and to which extension.

The network writes a way without marks between its parts (TC9): hop prefix, prefix, hop prefix, prefix, extension. Prefixes
have three or four digits (50 of 52 in the registry), extensions two to five. Where several readings are possible, whoever
asks takes the one that is worst for the number.

Exchanges lead by more numbers than the network writes. A hop prefix has what follows it dialled anew, so that further ones,
and one before the extension, change nothing; a prefix is known with and without a zero before it; and an exchange with one
context for all (asterisk-quickstart) passes on without any hop prefix. Such a number leads to the same telephone as its
usual one, so these readings are given too, and told apart.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from exchange.network.numbers import COMMUNITY_HOP_PREFIX

PREFIX_DIGITS = (3, 4)
EXTENSION_DIGITS = range(2, 6)


@dataclass(frozen=True, slots=True)
class Way:
    """One reading.

    Attributes:
        prefixes: of the exchanges in the order of the way, the neighbour's first, as `bare` gives them.
        extension: "" where nothing is left for one: such a way rings nobody, and may be a circle all the same.
        is_usual: it is written as the network writes it.
    """

    prefixes: tuple[str, ...]
    extension: str
    is_usual: bool = True

    @property
    def is_circle(self) -> bool:
        """It leads through one exchange twice."""
        return len(set(self.prefixes)) < len(self.prefixes)

    @property
    def destination(self) -> str:
        """What the number's end is whichever way leads to it: the last exchange's prefix and the extension."""
        return self.prefixes[-1] + self.extension


def bare(prefix: str) -> str:
    """A prefix without the zeros before it, with which it is the same exchange's: 510 and 0510 are both written."""
    return prefix.lstrip(COMMUNITY_HOP_PREFIX) or prefix


def ways(first_prefix: str, behind: str, *, known: Collection[str], most: int) -> Iterator[Way]:
    """All readings of the digits behind a trunk's prefix.

    Of those through more than `most` exchanges only the beginning is given: `most` + 1 prefixes, and the rest as extension.

    Args:
        first_prefix: the trunk's.
        behind: the digits.
        known: prefixes of exchanges, of whatever length.
        most: through how many exchanges a way is read.
    """
    yield from _read(Way((bare(first_prefix),), behind), known, most)


def _read(begun: Way, known: Collection[str], most: int) -> Iterator[Way]:
    """The readings of a way whose extension is all that has not been read yet."""
    rest = begun.extension
    if len(begun.prefixes) > most or not rest:
        yield begun
        return
    after = rest.lstrip(COMMUNITY_HOP_PREFIX)
    hops = len(rest) - len(after)
    if len(after) in EXTENSION_DIGITS:
        yield Way(begun.prefixes, after, begun.is_usual and not hops)
    lengths = {length for length in PREFIX_DIGITS if length <= len(after)}
    lengths |= {len(bare(prefix)) for prefix in known if after.startswith(bare(prefix))}
    for length in sorted(lengths):
        prefix, behind = after[:length], after[length:]
        if hops:
            usual = hops == 1 or (hops == 2 and _has_zero(prefix, known))
            onward = Way((*begun.prefixes, prefix), behind, begun.is_usual and usual)
            yield from _read(onward, known, most)
        elif len(behind) in EXTENSION_DIGITS:
            yield Way((*begun.prefixes, prefix), behind, is_usual=False)


def _has_zero(prefix: str, known: Collection[str]) -> bool:
    """Whether it is usual to write this prefix with a zero before it."""
    with_zero = COMMUNITY_HOP_PREFIX + prefix
    return len(with_zero) in PREFIX_DIGITS or with_zero in known
