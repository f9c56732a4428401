"""Which numbers two owners claim: our services on one side, the exchange's prefixes and its hop on the other."""

from dataclasses import dataclass

from exchange.network.dialplan.request import DialplanRequest, Flavour, ServiceNumber
from exchange.network.patterns import NumberPattern, Tail


@dataclass(frozen=True, slots=True)
class Shadow:
    """Numbers that a service and a prefix both claim.

    Attributes:
        number: the service's pattern.
        prefix: the neighbour's prefix, or the hop's.
        digits_after: how many digits follow the prefix in these numbers.
        or_more: longer ones are claimed too.
        service_wins: who gets them.
    """

    number: ServiceNumber
    prefix: str
    digits_after: int
    or_more: bool
    service_wins: bool


def shadows(request: DialplanRequest, flavour: Flavour) -> tuple[Shadow, ...]:
    """Every clash, in the order of the numbers, then of the prefixes; the hop's prefix comes last.

    MikoPBX tries its applications, where our numbers stand, before its routes out. In plain Asterisk all
    stand in one context, and the narrower pattern wins.
    """
    found = []
    for number in request.numbers:
        for prefix in (*request.prefixes, request.hop_prefix):
            beyond = NumberPattern.parse(f"{prefix}.")
            if not number.pattern.overlaps(beyond):
                continue
            routed_later = flavour is Flavour.MIKOPBX and prefix != request.hop_prefix
            found.append(
                Shadow(
                    number,
                    prefix,
                    digits_after=max(1, number.pattern.shortest - len(prefix)),
                    or_more=number.pattern.tail is not Tail.NOTHING,
                    service_wins=routed_later or number.pattern.outranks(beyond),
                )
            )
    return tuple(found)
