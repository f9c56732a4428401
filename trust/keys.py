"""By what a telephone is known in the rows: its number at an exchange, or where that leads whichever way is taken."""

from collections.abc import Sequence

from trust.allowed import UNMARKED
from trust.settings import TrustSettings
from trust.target import Target


def exact(target: Target) -> str:
    """This number at this exchange."""
    return f"{target.exchange} {target.number}"


def destinations(settings: TrustSettings, target: Target) -> Sequence[str]:
    """The telephone, the same for all numbers that lead to it; several where its number can be read in several ways.

    Whoever forges callers' numbers can name one telephone by every way that leads to it.
    """
    rules = settings.exchanges.get(target.exchange)
    if rules is None or target.trunk in {"", UNMARKED}:
        return [exact(target)]
    return sorted(rules.destinations(target.number))
