"""What the dialplan text is made from: one connection of denwa to one exchange."""

import re
from dataclasses import dataclass
from enum import Enum

from exchange.network.numbers import COMMUNITY_HOP_PREFIX, NumberError, require_digits
from exchange.network.patterns import NumberPattern

_SECTION_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_SERVICE_NAME = re.compile(r"[A-Za-z0-9_-]+")


class Flavour(Enum):
    """The kinds of exchange that we know where to paste for."""

    MIKOPBX = "mikopbx"
    ASTERISK = "asterisk"


class Language(Enum):
    """The languages of the explanations."""

    JAPANESE = "ja"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class ServiceNumber:
    """A number or range of numbers, and the service that it reaches.

    Raises:
        NumberError: the service's name could break a line of the dialplan.
    """

    pattern: NumberPattern
    service: str

    def __post_init__(self) -> None:
        if not _SERVICE_NAME.fullmatch(self.service):
            raise NumberError(f"{self.service!r} is no name of a service (letters, digits, - and _)")


@dataclass(frozen=True, slots=True)
class Trunk:
    """A trunk of the exchange: the name of its endpoint, and the prefix one dials there to use it.

    Raises:
        NumberError: a name that Asterisk cannot take, or a prefix that cannot be dialled.
    """

    endpoint: str
    prefix: str

    def __post_init__(self) -> None:
        require_section_name(self.endpoint)
        require_digits(self.prefix)


@dataclass(frozen=True, slots=True)
class DialplanRequest:
    """One extension of an exchange that denwa registers as, and what is to reach it.

    Attributes:
        extension: the SIP user.
        numbers: what is to be dialled for which service.
        max_calls: calls at once on this extension.
        trunks: the exchange's trunks whose callers shall be given a number that leads back.
        known_prefixes: further prefixes that one can dial at this exchange.
        hop_prefix: what one dials at this exchange to be passed on.

    Raises:
        NumberError: something in it cannot be dialled or written into a dialplan.
    """

    extension: str
    numbers: tuple[ServiceNumber, ...]
    max_calls: int
    trunks: tuple[Trunk, ...] = ()
    known_prefixes: tuple[str, ...] = ()
    hop_prefix: str = COMMUNITY_HOP_PREFIX

    def __post_init__(self) -> None:
        require_section_name(self.extension)
        if not self.numbers:
            raise NumberError(f"the extension {self.extension} has no numbers: name at least one")
        if self.max_calls < 1:
            raise NumberError(
                f"the extension {self.extension} must take at least one call, not {self.max_calls}"
            )
        for prefix in (*self.known_prefixes, self.hop_prefix):
            require_digits(prefix)

    @property
    def prefixes(self) -> tuple[str, ...]:
        """Every prefix of a neighbour that is known, each once."""
        return tuple(dict.fromkeys((*(trunk.prefix for trunk in self.trunks), *self.known_prefixes)))


def require_section_name(name: str) -> str:
    """Hand `name` back if it may name a section of Asterisk's configuration and a context of its dialplan.

    Raises:
        NumberError: it may not.
    """
    if not _SECTION_NAME.fullmatch(name):
        raise NumberError(f"{name!r} is no name for an extension or trunk (letters, digits, _, - and .)")
    return name
