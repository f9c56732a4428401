"""Changes of UTC against the monotonic clock, noticed as they happen.

The kernel ends a timer armed with TFD_TIMER_CANCEL_ON_SET whenever CLOCK_REALTIME is set (timerfd_create(2)):
by hand, by NTP, by an inserted leap second, after a suspend. A slow check beside it finds what slips through.
"""

import asyncio
import ctypes
import errno
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum

from timekeeping.clocks import Clock
from timekeeping.offset import measure

SMALLEST_STEP_NS = 500_000
"""Below half a millisecond a change is followed without a word: no listener can tell."""

SMALLEST_SLEW_NS = 2_000
"""Up to two microseconds, beside the measurement's own uncertainty, a change is scatter."""


class Kind(Enum):
    """What a change of the offset is taken for."""

    SLEW = "slew"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class Change:
    """UTC moved against the monotonic clock; offsets are UTC minus monotonic, in nanoseconds."""

    old_offset_ns: int
    new_offset_ns: int

    @property
    def by_ns(self) -> int:
        """How far UTC jumped: positive when it went forward."""
        return self.new_offset_ns - self.old_offset_ns

    @property
    def kind(self) -> Kind:
        """Step or slew, by size alone: a clock set by a microsecond is no step."""
        return Kind.STEP if abs(self.by_ns) >= SMALLEST_STEP_NS else Kind.SLEW


class OffsetWatch:
    """Knows the offset in force and tells of each change once."""

    def __init__(self, clock: Clock, changed: Callable[[Change], None]) -> None:
        self._clock = clock
        self._changed = changed
        self.offset_ns = measure(clock).offset_ns

    def check(self) -> None:
        """Measure again; a slew or step is told to the callback, which may read `offset_ns` already."""
        measured = measure(self._clock)
        change = Change(self.offset_ns, measured.offset_ns)
        if abs(change.by_ns) > SMALLEST_SLEW_NS + measured.uncertainty_ns:
            self.offset_ns = measured.offset_ns
            self._changed(change)


@contextmanager
def watching(watch: OffsetWatch, *, check_every_s: float = 1.0) -> Iterator[None]:
    """Run `watch.check()` in the running event loop at each setting of the clock, and every `check_every_s`.

    Raises:
        OSError: the kernel gives no such timer.
    """
    loop = asyncio.get_running_loop()
    descriptor = _open_timer()
    slow_check: asyncio.TimerHandle

    def was_set() -> None:
        with suppress(OSError):  # ECANCELED is the news itself
            os.read(descriptor, 8)
        _arm(descriptor)  # first, so that a setting during the check is not missed
        watch.check()

    def check_again() -> None:
        nonlocal slow_check
        slow_check = loop.call_later(check_every_s, check_again)
        watch.check()

    try:
        _arm(descriptor)
        watch.check()  # the clock may have been set before the timer was armed
        slow_check = loop.call_later(check_every_s, check_again)
        loop.add_reader(descriptor, was_set)
        try:
            yield
        finally:
            loop.remove_reader(descriptor)
            slow_check.cancel()
    finally:
        os.close(descriptor)


# ---- timerfd: in Python's os only from 3.13 on ----

_TFD_TIMER_ABSTIME = 1
_TFD_TIMER_CANCEL_ON_SET = 2
_TFD_FLAGS = os.O_NONBLOCK | os.O_CLOEXEC
_A_DAY_S = 86_400

_libc = ctypes.CDLL(None, use_errno=True)


class _Timespec(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long)]


class _Itimerspec(ctypes.Structure):
    _fields_ = [("interval", _Timespec), ("value", _Timespec)]


def _open_timer() -> int:
    descriptor = int(_libc.timerfd_create(time.CLOCK_REALTIME, _TFD_FLAGS))
    if descriptor < 0:
        raise _error("timerfd_create")
    return descriptor


def _arm(descriptor: int) -> None:
    """Arm for tomorrow; what matters is that setting the clock cancels it."""
    tomorrow_utc_s = int(time.clock_gettime(time.CLOCK_REALTIME)) + _A_DAY_S
    value = _Itimerspec(_Timespec(0, 0), _Timespec(tomorrow_utc_s, 0))
    flags = _TFD_TIMER_ABSTIME | _TFD_TIMER_CANCEL_ON_SET
    # ECANCELED here: the clock was set since the last read; the timer is armed all the same
    if _libc.timerfd_settime(descriptor, flags, ctypes.byref(value), None) and (
        ctypes.get_errno() != errno.ECANCELED
    ):
        raise _error("timerfd_settime")


def _error(function: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, f"{function}: {os.strerror(number)}; steps of the clock cannot be noticed at once")
