"""How far UTC lies from CLOCK_MONOTONIC: one number that is constant until the clock is stepped.

NTP's slewing moves both clocks alike, so only a step (or an inserted leap second) changes the offset.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from timekeeping.clocks import Clock


@dataclass(frozen=True, slots=True)
class Reading:
    """UTC read between two readings of the monotonic clock; all in nanoseconds."""

    before_monotonic_ns: int
    utc_ns: int
    after_monotonic_ns: int

    @property
    def lowest_offset_ns(self) -> int:
        """The smallest UTC minus monotonic that this reading allows."""
        return self.utc_ns - self.after_monotonic_ns

    @property
    def highest_offset_ns(self) -> int:
        """The largest UTC minus monotonic that this reading allows."""
        return self.utc_ns - self.before_monotonic_ns


@dataclass(frozen=True, slots=True)
class Offset:
    """UTC minus CLOCK_MONOTONIC; the truth is within `uncertainty_ns` on either side."""

    offset_ns: int
    uncertainty_ns: int


def offset_from(readings: Sequence[Reading]) -> Offset:
    """The offset on which the newest readings agree.

    Each reading bounds the offset; the bounds are intersected from the newest back to the first one that
    contradicts the rest, for there the clock was stepped.

    Raises:
        ValueError: there is no reading.
    """
    if not readings:
        raise ValueError("an offset needs at least one reading of the clocks")
    lowest_ns, highest_ns = readings[-1].lowest_offset_ns, readings[-1].highest_offset_ns
    for reading in reversed(readings[:-1]):
        lower_ns = max(lowest_ns, reading.lowest_offset_ns)
        upper_ns = min(highest_ns, reading.highest_offset_ns)
        if lower_ns > upper_ns:
            break
        lowest_ns, highest_ns = lower_ns, upper_ns
    width_ns = highest_ns - lowest_ns
    return Offset(lowest_ns + width_ns // 2, width_ns - width_ns // 2)


def measure(clock: Clock, readings: int = 9) -> Offset:
    """Read `clock` several times, each UTC bracketed by monotonic time: about 10 us, good to about 0.1 us."""
    taken = []
    before_monotonic_ns = clock.monotonic_ns()
    for _ in range(readings):
        utc_ns = clock.utc_ns()
        after_monotonic_ns = clock.monotonic_ns()
        taken.append(Reading(before_monotonic_ns, utc_ns, after_monotonic_ns))
        before_monotonic_ns = after_monotonic_ns
    return offset_from(taken)
