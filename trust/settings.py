"""What an operator can set of this room."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from timekeeping.civil import DEFAULT_ZONE, zone_named
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
        proving_hours: from which hour of the day and before which one proving calls may come; (0, 24): always.
        zone: whose hours these are, an IANA zone.
        per_source: bookings by one telephone.
        per_target: calls to one telephone.
        per_trunk: calls by one trunk; bookings and proving calls for unproved numbers behind it are counted apart.
        in_all: likewise by all of denwa.
    """

    exchanges: Mapping[str, NumberRules] = field(default_factory=dict)
    proof_days: int = 180
    proving_hours: tuple[int, int] = (7, 22)
    zone: str = DEFAULT_ZONE
    per_source: Rate = Rate(20, 60)
    per_target: Rate = Rate(20, 100)
    per_trunk: Rate = Rate(60, 300)
    in_all: Rate = Rate(600, 5000)

    @property
    def proof_life(self) -> timedelta:
        """How long a proof lasts."""
        return timedelta(days=self.proof_days)

    @property
    def renewable(self) -> timedelta:
        """So long before its end a proof, or a consent, may be renewed by another call."""
        return min(timedelta(days=14), self.proof_life / 4)

    def next_proving_utc(self, from_utc: datetime) -> datetime:
        """The first instant from this one on at whose hour a proving call may come."""
        first, end = self.proving_hours
        zone = zone_named(self.zone)
        local = from_utc.astimezone(zone)
        if first <= local.hour < end:
            return from_utc
        day = local.date() + timedelta(days=local.hour >= end)
        return datetime.combine(day, time(first), zone).astimezone(UTC)
