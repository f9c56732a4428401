"""Steps and slews of UTC, told once, and at once."""

import asyncio
import ctypes
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.simulated_clock import SimulatedClock
from support.waiting import until

from timekeeping.clocks import KernelClock
from timekeeping.steps import SMALLEST_SLEW_NS, SMALLEST_STEP_NS, Change, Kind, OffsetWatch, watching

pytestmark = pytest.mark.native

UTC_NS = 1_800_000_000 * 10**9


def watched() -> tuple[SimulatedClock, list[Change], OffsetWatch]:
    clock = SimulatedClock(utc_ns=UTC_NS, reading_takes_ns=100)
    changes: list[Change] = []
    return clock, changes, OffsetWatch(clock, changes.append)


def test_nothing_is_told_while_utc_goes_on_evenly():
    clock, changes, watch = watched()
    for _ in range(100):
        clock.pass_time(10**9)
        watch.check()
    assert changes == []


@given(st.integers(SMALLEST_STEP_NS + 1000, 3600 * 10**9), st.sampled_from([-1, 1]))
def test_a_step_is_told_once_with_old_and_new_offset(size_ns, sign):
    clock, changes, watch = watched()
    before_ns = watch.offset_ns
    clock.step(sign * size_ns)
    watch.check()
    watch.check()
    [change] = changes
    assert change.kind is Kind.STEP
    assert (change.old_offset_ns, change.new_offset_ns) == (before_ns, watch.offset_ns)
    assert abs(change.by_ns - sign * size_ns) <= 200


@pytest.mark.parametrize(
    ("by_ns", "kind"),
    [
        (-SMALLEST_SLEW_NS, Kind.SLEW),
        (SMALLEST_STEP_NS - 1, Kind.SLEW),
        (SMALLEST_STEP_NS, Kind.STEP),
        (-90_000_000, Kind.STEP),
    ],
)
def test_size_tells_a_step_from_a_slew(by_ns, kind):
    assert Change(UTC_NS, UTC_NS + by_ns).kind is kind


@pytest.mark.parametrize(("by_ns", "told"), [(1_900, 0), (-1_900, 0), (2_200, 1), (-2_200, 1)])
def test_scatter_is_not_told(by_ns, told):
    clock, changes, watch = watched()
    clock.step(by_ns)
    watch.check()
    assert len(changes) == told


@given(st.integers(1_000, 10**6), st.floats(-0.45, 0.45))
def test_a_change_within_the_uncertainty_of_a_slow_reading_is_not_told(reading_takes_ns, share):
    """A busy machine that reads its clocks slowly does not move the marks about."""
    clock = SimulatedClock(utc_ns=UTC_NS, reading_takes_ns=reading_takes_ns)
    changes: list[Change] = []
    watch = OffsetWatch(clock, changes.append)
    clock.step(round(share * reading_takes_ns))
    watch.check()
    assert changes == []


def test_many_small_slews_are_followed_without_drifting_away():
    """Changes below the scatter are not dropped for ever: they add up until they are told."""
    clock, changes, watch = watched()
    for _ in range(1000):
        clock.step(500)
        watch.check()
    assert all(change.kind is Kind.SLEW for change in changes)
    assert abs(watch.offset_ns - clock.offset_ns) < SMALLEST_SLEW_NS + 200


def test_the_callback_may_already_read_the_new_offset():
    clock = SimulatedClock(utc_ns=UTC_NS)
    seen: list[bool] = []
    watch = OffsetWatch(clock, lambda change: seen.append(watch.offset_ns == change.new_offset_ns))
    clock.step(10**9)
    watch.check()
    assert seen == [True]


def test_the_slow_check_finds_a_step_that_the_kernel_did_not_tell_of():
    """A simulated clock is stepped behind the kernel's back: the check every few milliseconds tells it."""
    clock, changes, watch = watched()

    async def scenario() -> None:
        with watching(watch, check_every_s=0.005):
            clock.step(-(10**9))
            await until(lambda: changes, 2)
        clock.step(10**9)
        await asyncio.sleep(0.02)

    asyncio.run(scenario())
    assert [round(change.by_ns, -6) for change in changes] == [-(10**9)], "and nothing after the watch ended"


def test_a_step_before_the_timer_was_armed_is_found_on_entering():
    clock, changes, watch = watched()
    clock.step(90_000_000)

    async def scenario() -> None:
        with watching(watch, check_every_s=60):
            assert len(changes) == 1

    asyncio.run(scenario())


def open_descriptors() -> set[str]:
    return {descriptor.name for descriptor in Path("/proc/self/fd").iterdir() if descriptor.exists()}


def test_watching_leaves_no_descriptor_behind():
    async def scenario() -> None:
        descriptors = open_descriptors()
        for _ in range(5):
            with watching(watched()[2]):
                pass
        assert open_descriptors() <= descriptors  # one of an earlier test's may be closed meanwhile

    asyncio.run(scenario())


class Timex(ctypes.Structure):
    """The head of `struct timex`, as far as ADJ_SETOFFSET reads it, and room for the rest."""

    _fields_ = [
        ("modes", ctypes.c_uint),
        ("words", ctypes.c_long * 8),
        ("time_s", ctypes.c_long),
        ("time_ns", ctypes.c_long),
        ("rest", ctypes.c_long * 24),
    ]


def set_this_machines_clock_by(nanoseconds: int) -> bool:
    """Really set CLOCK_REALTIME, by so little that nobody can tell; False without the privilege."""
    adj_setoffset_nano = 0x0100 | 0x2000
    timex = Timex(modes=adj_setoffset_nano, time_s=nanoseconds // 10**9, time_ns=nanoseconds % 10**9)
    return int(ctypes.CDLL(None).adjtimex(ctypes.byref(timex))) >= 0


def test_setting_this_machines_clock_is_noticed_at_once():
    """The kernel tells of each of several settings; the clock is set by a nanosecond and back."""
    checked_monotonic_s: list[float] = []

    class Noted(OffsetWatch):
        def check(self) -> None:
            checked_monotonic_s.append(time.monotonic())
            super().check()

    async def scenario() -> None:
        with watching(Noted(KernelClock(), lambda _: None), check_every_s=60):
            for nanoseconds in (1, -1, 1, -1):
                checked_monotonic_s.clear()
                set_monotonic_s = time.monotonic()
                if not set_this_machines_clock_by(nanoseconds):
                    pytest.skip("setting the clock needs CAP_SYS_TIME")
                await until(lambda: checked_monotonic_s, 2)
                assert checked_monotonic_s[0] - set_monotonic_s < 0.5

    asyncio.run(scenario())
