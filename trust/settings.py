"""What an operator can set of this room."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from trust.allowed import NumberRules


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something may be in an hour and in a day, both of UTC."""

    per_hour: int
    per_day: int


@dataclass(frozen=True, slots=True)
class TrustSettings:
    """The rules of each exchange by its name, how long a proof lasts, and the quotas.

    Attributes:
        exchanges: which numbers may be rung.
        proof_days: how long a proof lasts, in days.
        per_source: bookings by one telephone.
        per_target: calls to one telephone.
        per_trunk: calls by one trunk; bookings and proving calls for unproved numbers behind it are counted apart.
        in_all: likewise by all of denwa.
    """

    exchanges: Mapping[str, NumberRules] = field(default_factory=dict)
    proof_days: int = 180
    per_source: Rate = Rate(20, 60)
    per_target: Rate = Rate(20, 100)
    per_trunk: Rate = Rate(60, 300)
    in_all: Rate = Rate(600, 5000)

    @property
    def proof_life(self) -> timedelta:
        """How long a proof lasts."""
        return timedelta(days=self.proof_days)
