"""Which service an incoming call is for, and whether there is room for it.

Each extension's Contact carries a token of its own; the exchange sends it back in the request URI, whatever
number was dialled, and so tells which registration the call came by. Without one, the number decides alone.
"""

import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from exchange.network.patterns import NumberPattern

TOKEN_PARAMETER = "x-denwa"  # noqa: S105 - a URI parameter's name
NOT_FOUND = 404
BUSY = 486
_TOKEN_CHARACTERS = 20
_TOKEN = re.compile(rf";{TOKEN_PARAMETER}=([0-9a-z]{{{_TOKEN_CHARACTERS}}})(?=[;?]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Numbers:
    """A number or pattern that leads to a service."""

    pattern: NumberPattern
    service: str


@dataclass(frozen=True, slots=True)
class ExtensionNumbers:
    """What an extension answers; `token` is the one in its Contact."""

    extension: str
    token: str
    numbers: tuple[Numbers, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """A call that has its place: give it back by `RouteTable.release`. `extension` is "" without a registrar."""

    service: str
    extension: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A call that is refused before anything rings."""

    status: int
    reason: str


@dataclass(slots=True)
class CallCounts:
    """The calls now up by service; shared by successive route tables."""

    by_service: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """All calls that hold a place."""
        return self.by_service.total()


@dataclass(frozen=True, slots=True)
class RouteTable:
    """Extensions, numbers and caps. Belongs to one thread; only `counts` changes.

    Attributes:
        extensions: those registered at an exchange, in the configuration's order.
        local: numbers answered without a registrar.
        caps: most calls at once, by service; a service not named has no cap of its own.
        total_cap: most calls at once in all, None: no cap.
    """

    extensions: tuple[ExtensionNumbers, ...] = ()
    local: tuple[Numbers, ...] = ()
    caps: Mapping[str, int] = field(default_factory=dict)
    total_cap: int | None = None
    counts: CallCounts = field(default_factory=CallCounts)

    def route(self, token: str | None, dialled: str) -> Route | Refusal:
        """Give a call its place: 404 for a number or token that is not ours, 486 where the cap is reached."""
        route = self.find(token, dialled)
        if route is None:
            return Refusal(NOT_FOUND, "Not Found")
        if self._full(route.service):
            return Refusal(BUSY, "Busy Here")
        self.counts.by_service[route.service] += 1
        return route

    def find(self, token: str | None, dialled: str) -> Route | None:
        """The route of a number, however many calls are up; the closest pattern wins, then the first."""
        if token is not None:
            ours = [extension for extension in self.extensions if extension.token == token]
        else:
            ours = [*self.extensions, ExtensionNumbers("", "", self.local)]
        best: tuple[NumberPattern, Route] | None = None
        for extension in ours:
            for entry in _matching(extension.numbers, dialled):
                if best is None or entry.pattern.outranks(best[0]):
                    best = entry.pattern, Route(entry.service, extension.extension)
        return best[1] if best else None

    def release(self, route: Route) -> None:
        """The call of a route is over: its place is free. Raises ValueError where no call held one."""
        if self.counts.by_service[route.service] <= 0:
            raise ValueError(f"no call of {route.service} holds a place")
        self.counts.by_service[route.service] -= 1

    def _full(self, service: str) -> bool:
        cap = self.caps.get(service)
        return (cap is not None and self.counts.by_service[service] >= cap) or (
            self.total_cap is not None and self.counts.total >= self.total_cap
        )


def _matching(numbers: Iterable[Numbers], dialled: str) -> Iterable[Numbers]:
    return (entry for entry in numbers if entry.pattern.matches(dialled))


def make_token(password: str, exchange: str, extension: str) -> str:
    """The token for an extension's Contact: unguessable without its password, and the same after a restart.

    A token that changed would be a second binding beside the one that a killed process left behind.
    """
    message = f"denwa contact\0{exchange}\0{extension}".encode()
    digest = hmac.new(password.encode("utf-8", "surrogateescape"), message, hashlib.sha256)
    return digest.hexdigest()[:_TOKEN_CHARACTERS]


def contact_token(request_uri: str) -> str | None:
    """The token among a SIP URI's own parameters (not its user's), None where there is none."""
    match = _TOKEN.search(request_uri.rpartition("@")[2])
    return match[1].lower() if match else None
