"""Where the seconds of UTC lie among the samples, under the offset in force."""

from dataclasses import dataclass

from audio.levels import RATE_HZ


@dataclass(frozen=True, slots=True)
class LeapAhead:
    """A leap second to come: just before this UTC midnight a second is inserted (1) or removed (-1)."""

    from_utc_s: int
    change: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """A straight line through one instant known on both clocks, and the leap seconds that will bend it.

    POSIX time has no number for an inserted second, so each one still to come moves all later seconds by 8,000
    samples. When the kernel has made it (a step of one second), the line is anchored anew, without it, and runs where it
    ran before.
    """

    anchor_utc_s: int
    anchor_sample: int
    leaps: tuple[LeapAhead, ...] = ()

    def sample_of(self, utc_s: int) -> int:
        """The sample at which this UTC second begins."""
        bend_s = sum(leap.change for leap in self.leaps if leap.from_utc_s <= utc_s)
        return self.anchor_sample + (utc_s - self.anchor_utc_s + bend_s) * RATE_HZ

    def leap_sample(self, leap: LeapAhead) -> int:
        """Where the kernel makes this leap: an inserted second begins here, a removed one would have."""
        return self.sample_of(leap.from_utc_s) - max(leap.change, 0) * RATE_HZ

    def next_mark(self, sample: int, period_s: int) -> int:
        """The first UTC second divisible by `period_s` that begins after `sample`."""
        bends_s = sum(abs(leap.change) for leap in self.leaps)
        utc_s = self.anchor_utc_s + (sample - self.anchor_sample) // RATE_HZ - bends_s
        mark_utc_s = utc_s - utc_s % period_s
        while self.sample_of(mark_utc_s) <= sample:
            mark_utc_s += period_s
        return mark_utc_s
