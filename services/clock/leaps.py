"""Which leap seconds are still to come, seen from a clock that makes them by a step, late or never."""

from audio.levels import RATE_HZ
from services.clock.timeline import LeapAhead, Timeline
from timekeeping.leap import LeapTable

OVERDUE_S = 2
"""A host that has not made a leap second by then will not make it: its NTP server smears, or it knows of none."""

_EARLY_SAMPLES = RATE_HZ // 100
_NS = 10**9


class LeapLedger:
    """Keeps account of the leap seconds that the host's clock has made."""

    def __init__(self, table: LeapTable) -> None:
        self._table = table
        self._made: set[int] = set()

    def account(self, timeline: Timeline, now_sample: int, stepped_by_ns: int) -> None:
        """Enter what was made by now: by this step of UTC (0: there was none), or given up as overdue."""
        for leap in timeline.leaps:
            is_its_step = abs(stepped_by_ns + leap.change * _NS) < _NS // 2
            since_samples = now_sample - timeline.leap_sample(leap)
            if (is_its_step and since_samples >= -_EARLY_SAMPLES) or since_samples >= OVERDUE_S * RATE_HZ:
                self._made.add(leap.from_utc_s)

    def ahead(self, now_utc_s: int) -> tuple[LeapAhead, ...]:
        """The leap seconds to reckon with, the host's clock showing `now_utc_s`.

        One that is due but not yet made is among them; one that was made is not, though POSIX time shows the second
        before it again; if the clock was since set further back, it will come again.
        """
        self._made = {from_utc_s for from_utc_s in self._made if now_utc_s >= from_utc_s - OVERDUE_S}
        return tuple(
            LeapAhead(entry.from_utc_s, change)
            for entry in self._table.entries
            if entry.from_utc_s > now_utc_s - OVERDUE_S
            and entry.from_utc_s not in self._made
            and (change := self._table.change_at(entry.from_utc_s))
        )
