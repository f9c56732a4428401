"""Dialled digits, and how this network composes them into numbers that lead through several exchanges."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

DIALLED_DIGITS = frozenset("0123456789*#")
"""What a telephone of this network can dial."""

COMMUNITY_HOP_PREFIX = "0"
"""What one dials at an exchange to be passed on to its neighbours (東京広域電話網, TC9)."""

LONGEST_NUMBER = 79
"""Asterisk's limit of an extension (AST_MAX_EXTENSION less its end)."""

_SEPARATORS = frozenset(" -‐‑‒–—−ー()./・\t")


class NumberError(ValueError):
    """What was written is no number or no number pattern; the message says why, in English.

    Attributes:
        template: the message with named places, by which it can be said in another language.
        values: what fills the places; without any, the template is the message.
    """

    def __init__(self, template: str, **values: object) -> None:
        super().__init__(template.format_map(values) if values else template)
        self.template = template
        self.values = values


@dataclass(frozen=True, slots=True)
class Hop:
    """One exchange on the way of a call.

    Attributes:
        prefix: what leads from the exchange before to this one.
        hop_prefix: what this exchange wants dialled to pass a call on to a third one.
    """

    prefix: str
    hop_prefix: str = COMMUNITY_HOP_PREFIX

    def __post_init__(self) -> None:
        require_digits(self.prefix)
        require_digits(self.hop_prefix)


def normalise(written: str) -> str:
    """The digits in a number as people write it: full-width digits, spaces, hyphens and brackets allowed.

    Raises:
        NumberError: nothing to dial is left, or something cannot be dialled.
    """
    narrow = unicodedata.normalize("NFKC", written)
    return require_digits("".join(character for character in narrow if character not in _SEPARATORS))


def require_digits(digits: str) -> str:
    """Hand `digits` back if a telephone can dial them all.

    Raises:
        NumberError: empty, too long, or something else than 0-9, * and #.
    """
    if not digits:
        raise NumberError("a number needs at least one digit")
    if len(digits) > LONGEST_NUMBER:
        raise NumberError(
            "a number has at most {longest} digits, this one has {count}",
            longest=LONGEST_NUMBER,
            count=len(digits),
        )
    strange = sorted(set(digits) - DIALLED_DIGITS)
    if strange:
        raise NumberError(
            "cannot be dialled: {strange} (use 0-9, * and #)", strange=" ".join(map(repr, strange))
        )
    return digits


def route_number(way: Sequence[Hop], extension: str) -> str:
    """What to dial to reach `extension` of the last exchange of `way`; the way begins at one's neighbour.

    The first exchange costs its prefix; every further one the hop prefix of the exchange before it, then
    its own: through 510 to 242's extension 177 is `510 0 242 177`.

    Raises:
        NumberError: the extension has no digits, or the whole is too long to dial.
    """
    digits = ""
    for position, hop in enumerate(way):
        passed_on = position > 0
        digits += (way[position - 1].hop_prefix if passed_on else "") + hop.prefix
    return require_digits(digits + require_digits(extension))


def behind_trunk(caller: str, neighbour_prefix: str) -> str:
    """A caller's number as an exchange must show it to be dialled back: it came in by this neighbour's trunk."""
    return neighbour_prefix + caller


def behind_hop(caller: str, hop_prefix: str = COMMUNITY_HOP_PREFIX) -> str:
    """A caller's number as an exchange that passes the call on must hand it to the next one."""
    return hop_prefix + caller
