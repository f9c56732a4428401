"""Number patterns as an Asterisk dialplan writes them: which numbers they match, overlap, cover and outrank."""

from dataclasses import dataclass
from enum import Enum
from typing import Self

from exchange.network.numbers import DIALLED_DIGITS, LONGEST_NUMBER, NumberError

_DIGITS = frozenset("0123456789")
_CLASSES = {"X": _DIGITS, "Z": _DIGITS - {"0"}, "N": _DIGITS - {"0", "1"}}


class Tail(Enum):
    """What may follow the digits that a pattern spells out; the value is how it is written."""

    NOTHING = ""
    ONE_OR_MORE = "."
    ANY_NUMBER = "!"


_ENDS = {Tail.ONE_OR_MORE: 1000, Tail.ANY_NUMBER: 2000, Tail.NOTHING: 3000}
"""The ends' places among the numbers of choices, in Asterisk's order."""


@dataclass(frozen=True, slots=True)
class NumberPattern:
    """A number (`117`) or a set of numbers: X is 0-9, Z 1-9, N 2-9, [0-25] a choice.

    At its end `.` stands for one or more further digits, `!` for any number of them, none included.

    Attributes:
        text: the pattern in one spelling, without Asterisk's leading underscore.
        places: the digits possible at each place.
        tail: what may follow.
    """

    text: str
    places: tuple[frozenset[str], ...]
    tail: Tail = Tail.NOTHING

    @classmethod
    def parse(cls, written: str) -> Self:
        """Read a pattern; Asterisk's leading underscore and small letters are accepted.

        Raises:
            NumberError: what is wrong, and at which character.
        """
        text = written.strip().removeprefix("_").upper()
        tail = next(
            (tail for tail in (Tail.ONE_OR_MORE, Tail.ANY_NUMBER) if text.endswith(tail.value)), Tail.NOTHING
        )
        spelt_out = text[: len(text) - len(tail.value)]
        places = _read_places(spelt_out)
        if not places:
            raise NumberError(f"the pattern {written!r} must begin with a digit or one of X, Z, N, [")
        pattern = cls(text, places, tail)
        if pattern.shortest > LONGEST_NUMBER:
            raise NumberError(f"the pattern {written!r} is longer than {LONGEST_NUMBER} digits")
        return pattern

    @property
    def is_single_number(self) -> bool:
        """It is one number, not a range."""
        return self.tail is Tail.NOTHING and set(self.text) <= DIALLED_DIGITS

    @property
    def extension(self) -> str:
        """As `exten =>` wants it: ranges with a leading underscore."""
        return self.text if self.is_single_number else f"_{self.text}"

    @property
    def shortest(self) -> int:
        """How many digits the shortest matching number has."""
        return len(self.places) + (1 if self.tail is Tail.ONE_OR_MORE else 0)

    @property
    def longest(self) -> int:
        """How many digits the longest matching number has."""
        return len(self.places) if self.tail is Tail.NOTHING else LONGEST_NUMBER

    def matches(self, digits: str) -> bool:
        """Whether these dialled digits are one of its numbers."""
        return self.shortest <= len(digits) <= self.longest and all(
            digit in self.possible_at(place) for place, digit in enumerate(digits)
        )

    def overlaps(self, other: "NumberPattern") -> bool:
        """Whether some number matches both."""
        length = max(self.shortest, other.shortest)
        return length <= min(self.longest, other.longest) and all(
            self.possible_at(place) & other.possible_at(place) for place in range(length)
        )

    def covers(self, other: "NumberPattern") -> bool:
        """Whether each of the other's numbers is one of its own."""
        in_length = self.shortest <= other.shortest and other.longest <= self.longest
        spelt_out = max(len(self.places), len(other.places))
        return in_length and all(
            other.possible_at(place) <= self.possible_at(place)
            for place in range(min(spelt_out, other.longest))
        )

    def outranks(self, other: "NumberPattern") -> bool:
        """Whether Asterisk prefers it in one context, where both match: fewer choices at the first difference.

        Of as many choices those with the lower digits go first. A single number goes before any range; a place
        that is spelt out before `.`, that before `!`, and `!` before the pattern's end.
        """
        return self.precedence < other.precedence

    def possible_at(self, place: int) -> frozenset[str]:
        """The digits that a number of it may have at this place, counted from 0."""
        return self.places[place] if place < len(self.places) else DIALLED_DIGITS

    @property
    def specificity(self) -> tuple[bool, tuple[int, ...]]:
        """The part of the precedence that a reader sees: how many choices there are at each place."""
        return (not self.is_single_number, (*(len(place) for place in self.places), _ENDS[self.tail]))

    @property
    def precedence(self) -> tuple[bool, tuple[tuple[int, str], ...]]:
        """Sorts patterns that match the same number as Asterisk tries them, first one first."""
        choices = tuple((len(place), "".join(sorted(place))) for place in self.places)
        return (not self.is_single_number, (*choices, (_ENDS[self.tail], "")))


def _read_places(spelt_out: str) -> tuple[frozenset[str], ...]:
    places = []
    position = 0
    while position < len(spelt_out):
        character = spelt_out[position]
        if character == "[":
            end = spelt_out.find("]", position)
            if end < 0:
                raise NumberError(
                    f"the pattern {spelt_out!r} lacks a ']' for the '[' at character {position + 1}"
                )
            places.append(_read_choice(spelt_out[position + 1 : end]))
            position = end
        elif character in _CLASSES:
            places.append(_CLASSES[character])
        elif character in DIALLED_DIGITS:
            places.append(frozenset(character))
        elif character in ".!":
            raise NumberError(f"in the pattern {spelt_out!r}, '{character}' may stand at the end only")
        else:
            raise NumberError(
                f"in the pattern {spelt_out!r}, {character!r} at character {position + 1} means nothing"
            )
        position += 1
    return tuple(places)


def _read_choice(inside: str) -> frozenset[str]:
    """The digits of `0-25*`, the inside of a bracket."""
    digits: set[str] = set()
    position = 0
    while position < len(inside):
        first = inside[position]
        if inside[position + 1 : position + 2] == "-":
            last = inside[position + 2 : position + 3]
            if not (first in _DIGITS and last in _DIGITS and first <= last):
                raise NumberError(f"[{inside}] is no range of digits such as [0-4]")
            digits.update(chr(code) for code in range(ord(first), ord(last) + 1))
            position += 3
        else:
            if first not in DIALLED_DIGITS:
                raise NumberError(f"[{inside}] may hold digits, * and # only")
            digits.add(first)
            position += 1
    if not digits:
        raise NumberError("[] chooses from nothing")
    return frozenset(digits)
