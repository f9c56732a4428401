"""Leap seconds: which UTC seconds exist, and UTC against TAI.

POSIX time, which the kernel counts, gives every day 86,400 seconds: it has no number for an inserted second.
Linux repeats one instead: at the end of 23:59:59 the clock is set back by one second, so the inserted second
23:59:60 carries POSIX numbers of 23:59:59 (and timers with TFD_TIMER_CANCEL_ON_SET are told). A removed second
is skipped. Hosts whose NTP server smears know no leap second at all, and are up to a second off for hours.

An instant is therefore a POSIX second plus the word whether it is the inserted one.
"""

from bisect import bisect_right
from dataclasses import dataclass

DAY_S = 86_400
MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class UtcSecond:
    """A second of UTC: its POSIX number; an inserted second has that of the second before it."""

    posix_s: int
    inserted: bool = False

    @property
    def second_of_minute(self) -> int:
        """0 to 60."""
        return self.posix_s % MINUTE_S + self.inserted


@dataclass(frozen=True, slots=True)
class LeapSecond:
    """From this UTC midnight on, TAI is so many seconds ahead of UTC."""

    from_utc_s: int
    tai_minus_utc_s: int


@dataclass(frozen=True, slots=True)
class LeapTable:
    """The leap seconds known, oldest first; complete until `expires_utc_s` (None: the list does not say)."""

    entries: tuple[LeapSecond, ...]
    expires_utc_s: int | None

    def expired(self, now_utc_s: int) -> bool:
        """Whether a leap second may have been decreed that this table lacks."""
        return self.expires_utc_s is not None and now_utc_s >= self.expires_utc_s

    def change_at(self, utc_s: int) -> int:
        """What happens just before this second begins: 1 one was inserted, -1 one was removed, else 0."""
        at = bisect_right(self.entries, utc_s, key=_begins)
        if at < 2 or self.entries[at - 1].from_utc_s != utc_s:
            return 0
        return self.entries[at - 1].tai_minus_utc_s - self.entries[at - 2].tai_minus_utc_s

    def seconds_in_minute(self, utc_s: int) -> int:
        """59, 60 or 61: the length of the UTC minute that this second is in."""
        return MINUTE_S + self.change_at(utc_s - utc_s % MINUTE_S + MINUTE_S)

    def exists(self, second: UtcSecond) -> bool:
        """Whether UTC has this second: 23:59:60 only where it was inserted, 23:59:59 unless removed."""
        change = self.change_at(second.posix_s + 1)
        return change == 1 if second.inserted else change != -1

    def tai_minus_utc_s(self, utc_s: int) -> int:
        """TAI minus UTC during this second (for an inserted second: give the POSIX number of 23:59:59).

        Raises:
            ValueError: before 1972, when UTC was not a whole number of seconds from TAI.
        """
        at = bisect_right(self.entries, utc_s, key=_begins)
        if at == 0:
            raise ValueError(f"UTC had no whole-second offset from TAI at POSIX second {utc_s}")
        return self.entries[at - 1].tai_minus_utc_s

    def tai_s(self, second: UtcSecond) -> int:
        """The TAI second, counted as POSIX counts from 1970-01-01 00:00:00.

        Raises:
            ValueError: before 1972, or a second that UTC does not have.
        """
        if not self.exists(second):
            raise ValueError(f"{second} does not exist in UTC")
        return second.posix_s + second.inserted + self.tai_minus_utc_s(second.posix_s)

    def utc_second(self, tai_s: int) -> UtcSecond:
        """The UTC second of a TAI second.

        Raises:
            ValueError: before 1972.
        """
        at = bisect_right(self.entries, tai_s, key=_begins_tai)
        if at == 0:
            raise ValueError(f"UTC had no whole-second offset from TAI at TAI second {tai_s}")
        posix_s = tai_s - self.entries[at - 1].tai_minus_utc_s
        if at < len(self.entries) and posix_s == self.entries[at].from_utc_s:
            return UtcSecond(posix_s - 1, inserted=True)
        return UtcSecond(posix_s)


def _begins(entry: LeapSecond) -> int:
    return entry.from_utc_s


def _begins_tai(entry: LeapSecond) -> int:
    return entry.from_utc_s + entry.tai_minus_utc_s
