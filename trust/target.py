"""A telephone that can be rung, and how one is made of a caller."""

from dataclasses import dataclass, replace

from exchange.sip.caller import Caller, CallerTrust
from trust.allowed import UNMARKED, NumberRules
from trust.answers import Reason, Refused


@dataclass(frozen=True, slots=True)
class Target:
    """A telephone that can be rung.

    Attributes:
        exchange: the configured exchange's name.
        extension: ours to ring it by.
        number: as dialled at the exchange.
        trunk: the trunk by which its way leads, as X-From-Peer names it; "" for a telephone of the exchange itself;
            `UNMARKED` for what may be either, so that it is to be proved.
    """

    exchange: str
    extension: str
    number: str
    trunk: str = ""

    @property
    def is_own(self) -> bool:
        """A telephone of the exchange itself, which forces its number on it: that needs no proof."""
        return self.trunk == ""

    @property
    def facts(self) -> dict[str, str]:
        """What an event tells of it."""
        return {"exchange": self.exchange, "number": self.number, "trunk": self.trunk}

    def other(self, number: str, rules: NumberRules) -> "Target":
        """Another number of the same exchange, whose rules say by which trunk it leads."""
        return replace(self, number=number, trunk=rules.trunk_of(number))

    def is_same(self, other: "Target") -> bool:
        """The same number by the same way, by whichever of our extensions."""
        return (self.exchange, self.number, self.trunk) == (other.exchange, other.number, other.trunk)


def target_of(caller: Caller, *, exchange: str, extension: str, rules: NumberRules) -> Target | Refused:
    """The telephone that a caller called from, so far as it can be rung; it may have to be proved first.

    Args:
        caller: who called.
        exchange: the exchange that he called by.
        extension: our extension there.
        rules: that exchange's.
    """
    if caller.trust is CallerTrust.CLAIM:
        return Refused(Reason.CLAIM, exchange=exchange)
    if not caller.number:
        return Refused(Reason.WITHHELD, exchange=exchange)
    trunk = _trunk(caller, rules)
    if trunk is None:
        return Refused(Reason.UNKNOWN_TRUNK, exchange=exchange, trunk=caller.peer)
    reason = rules.barred(caller.number, trunk)
    if reason is Reason.NOT_A_NUMBER and trunk in rules.trunks:
        reason = Reason.NUMBER_LOST
    if reason is not None:
        return Refused(reason, exchange=exchange, trunk=trunk)
    return Target(exchange, extension, caller.number, trunk)


def _trunk(caller: Caller, rules: NumberRules) -> str | None:
    """The trunk that a call came by, "" for the exchange's own telephone; None for a trunk that is not known.

    Our dialplan lines name the endpoint of every call: for a telephone that is its own number.
    """
    if caller.peer in rules.trunks:
        return caller.peer
    if caller.peer == caller.number and caller.peer.isascii() and caller.peer.isdigit():
        return ""
    if caller.peer or caller.did:
        return None
    return UNMARKED if rules.trunks else ""
