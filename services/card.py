"""What a service tells whoever has its number before him: the lines of the card that hangs beside the telephone."""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class CardLine:
    """What one dials, or a scheme of it such as 7HHMM, and what one then gets, in a few words."""

    number: str
    en: str
    ja: str


Card = Callable[[tuple[str, ...], BaseModel], tuple[CardLine, ...]]
"""Makes a service's lines of what leads to it at one extension, and of its table of the configuration.

What leads to it: its numbers, then its ranges, shorter ones first.
"""


def each_number(en: str, ja: str) -> Card:
    """The card of a service that does the same whichever of its numbers is dialled."""

    def lines(numbers: tuple[str, ...], _: BaseModel) -> tuple[CardLine, ...]:
        return tuple(CardLine(number, en, ja) for number in numbers)

    return lines


NUMBERS_ALONE = each_number("", "")
"""The card of a service that says nothing of itself: its name stands there."""
