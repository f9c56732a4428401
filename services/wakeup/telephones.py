"""A telephone as alarms have it, and as trust has it: the same four words."""

from schedules.booking import Telephone
from trust.target import Target


def telephone_of(target: Target) -> Telephone:
    """Whom an alarm rings."""
    return Telephone(target.exchange, target.extension, target.number, target.trunk)


def target_of(telephone: Telephone) -> Target:
    """Whom trust is asked about."""
    return Target(telephone.exchange, telephone.extension, telephone.number, telephone.trunk)
