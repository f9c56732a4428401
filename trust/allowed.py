"""Which numbers may be rung at all, by one exchange: rules without any memory."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from exchange.network.numbers import COMMUNITY_HOP_PREFIX, LONGEST_NUMBER
from exchange.network.patterns import NumberPattern
from trust.answers import Reason
from trust.ways import Way, bare, ways

EMERGENCY_NUMBERS = frozenset({"110", "118", "119"})
"""Police, coast guard, fire and ambulance in Japan."""
OWN_DIGITS = (3, 4)
"""How many digits the exchange's own telephones have."""
HOP_DEPTH = 4
UNMARKED = "?"
"""In the place of a trunk: the exchange has trunks, but does not say by which way the call came."""

_DIGITS = frozenset("0123456789")


@dataclass(frozen=True, slots=True)
class NumberRules:
    """What may be rung at one exchange; numbers are as dialled there.

    Attributes:
        trunks: its trunks and their prefixes; whatever lies behind one may be rung.
        own_numbers: our services' numbers and our extensions, never rung.
        hop_prefix: what is dialled there to be passed on; other exchanges are taken to have the usual one.
        known_prefixes: prefixes of exchanges, of whatever length.
        own_prefixes: by which neighbours dial our exchanges; a number that leads back by one is a circle.
        allow: further prefixes, as the operator wrote them down: whatever is behind one may be rung.
        deny: prefixes that are never rung, unless a longer one is in `allow`.
        emergency: further emergency numbers.
        hop_depth: through how many exchanges a number may lead, the neighbour counted.
    """

    trunks: Mapping[str, str] = field(default_factory=dict)
    own_numbers: tuple[NumberPattern, ...] = ()
    hop_prefix: str = COMMUNITY_HOP_PREFIX
    known_prefixes: tuple[str, ...] = ()
    own_prefixes: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    emergency: frozenset[str] = frozenset()
    hop_depth: int = HOP_DEPTH

    def barred(self, number: str, trunk: str) -> Reason | None:
        """Why a number may never be rung; None where it may. `trunk` is the one by which it leads, see `Target`."""
        if not number or len(number) > LONGEST_NUMBER or not _DIGITS.issuperset(number):
            return Reason.NOT_A_NUMBER
        if any(pattern.matches(number) for pattern in self.own_numbers):
            return Reason.OWN_NUMBER
        allowed = _longest(self.allow, number)
        if (denied := _longest(self.deny, number)) and len(denied) >= len(allowed):
            return Reason.DENIED
        if self._is_emergency(number, allowed):
            return Reason.EMERGENCY
        if trunk in {"", UNMARKED}:
            return None if allowed or self._is_own_telephone(number, trunk) else Reason.NOT_ALLOWED
        return self._barred_way(number, trunk, allowed)

    def trunk_of(self, number: str) -> str:
        """The trunk by which a number leads: that of the longest prefix; "" for a telephone of the exchange."""
        prefix = _longest(self.trunks.values(), number)
        return next((trunk for trunk, its in self.trunks.items() if prefix and its == prefix), "")

    def ways(self, number: str) -> list[Way]:
        """The readings of a number behind a trunk."""
        prefix = _longest(self.trunks.values(), number)
        if not prefix:
            return []
        known = (*self.trunks.values(), *self.known_prefixes, *self.own_prefixes)
        behind = number[len(prefix) :]
        return list(ways(prefix, behind, known=known, most=self.hop_depth))

    def destinations(self, number: str) -> frozenset[str]:
        """Which telephone a number behind a trunk leads to, the same by whatever way; several where that is open."""
        found = frozenset(way.destination for way in self.ways(number) if way.extension)
        return found or frozenset({number})

    def _is_emergency(self, number: str, allowed: str) -> bool:
        if allowed == number:
            return False
        emergency = EMERGENCY_NUMBERS | self.emergency
        # a public network takes the first digits that it knows
        behind = bool(allowed) and number[len(allowed) :].startswith(tuple(emergency))
        return behind or number in emergency or any(way.extension in emergency for way in self.ways(number))

    def _is_own_telephone(self, number: str, trunk: str) -> bool:
        if len(number) not in OWN_DIGITS or number.startswith(self.hop_prefix):
            return False
        return trunk == "" or not self.trunk_of(number)

    def _barred_way(self, number: str, trunk: str, allowed: str) -> Reason | None:
        if trunk not in self.trunks:
            return Reason.UNKNOWN_TRUNK
        if self.trunk_of(number) != trunk:
            return Reason.NO_RETURN_PREFIX
        readings = self.ways(number)
        if any(len(way.prefixes) > self.hop_depth for way in readings):
            return Reason.TOO_FAR
        ours = {bare(prefix) for prefix in self.own_prefixes}
        if any(way.is_circle or not ours.isdisjoint(way.prefixes) for way in readings):
            return Reason.CIRCLE
        is_way = any(way.extension and way.is_usual for way in readings)
        return None if allowed or is_way else Reason.NOT_ALLOWED


def _longest(prefixes: Iterable[str], number: str) -> str:
    return max((prefix for prefix in prefixes if number.startswith(prefix)), key=len, default="")
