"""The seam to the host's clocks: whoever must read a clock takes one of these."""

import time
from typing import Protocol


class Clock(Protocol):
    """A source of UTC and of monotonic time; tests bring a simulated one."""

    def utc_ns(self) -> int:
        """POSIX time in nanoseconds (CLOCK_REALTIME): every day has 86,400 s, a leap second is repeated."""
        ...

    def monotonic_ns(self) -> int:
        """CLOCK_MONOTONIC in nanoseconds: never stepped, slewed together with CLOCK_REALTIME."""
        ...


class KernelClock:
    """The clocks of the kernel that we run on."""

    def utc_ns(self) -> int:
        """POSIX time in nanoseconds."""
        return time.clock_gettime_ns(time.CLOCK_REALTIME)

    def monotonic_ns(self) -> int:
        """CLOCK_MONOTONIC in nanoseconds."""
        return time.clock_gettime_ns(time.CLOCK_MONOTONIC)


def boottime_s() -> float:
    """CLOCK_BOOTTIME in seconds: goes on while the machine sleeps and while this program is stopped."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
