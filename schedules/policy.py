"""How an alarm insists: how long it rings, how often, and what counts as awake."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from schedules.errors import ScheduleError

_RANGES = {
    "ring_s": (5, 300),
    "attempts": (1, 20),
    "gap_s": (15, 3600),
    "snooze_s": (60, 3600),
    "snoozes": (0, 10),
    "check_after_s": (60, 3600),
    "validity_s": (60, 86_400),
}


@dataclass(frozen=True, slots=True)
class Policy:
    """An alarm's manner; times in seconds.

    Attributes:
        ring_s: how long one attempt rings.
        attempts: how many attempts may fail before the alarm is escalated or missed.
        gap_s: from the beginning of one attempt to the next.
        snooze_s: from hanging up early to the next ring.
        snoozes: how often hanging up early is granted.
        check_after_s: from "probably awake" to the check call.
        validity_s: how late the first ring may come; later ones are not rung but reported.
        demands_acknowledgement: whether a voice alone is not enough.
        escalate_to: the number to ring after the last attempt, as dialled at the same exchange; "": none.
        escalate_trunk: the trunk that leads to it; "": none.
    """

    ring_s: int = 45
    attempts: int = 4
    gap_s: int = 180
    snooze_s: int = 300
    snoozes: int = 3
    check_after_s: int = 300
    validity_s: int = 1800
    demands_acknowledgement: bool = False
    escalate_to: str = ""
    escalate_trunk: str = ""

    def __post_init__(self) -> None:
        for name, (least, most) in _RANGES.items():
            value = getattr(self, name)
            if not least <= value <= most:
                raise ScheduleError(
                    "{name} is {value}; it must be {least} to {most}",
                    name=name,
                    value=value,
                    least=least,
                    most=most,
                )

    def to_row(self) -> dict[str, Any]:
        """What differs from the defaults, for the database."""
        return {name: value for name, value in asdict(self).items() if value != getattr(DEFAULT, name)}

    @classmethod
    def from_row(cls, values: Mapping[str, Any]) -> Self:
        """From the database; what another denwa allowed and this one does not is brought to the nearest that it does."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: _in_range(name, value) for name, value in values.items() if name in known})


def _in_range(name: str, value: Any) -> Any:
    least, most = _RANGES.get(name, (value, value))
    return min(max(value, least), most)


DEFAULT = Policy()
