"""The offset between UTC and the monotonic clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.simulated_clock import SimulatedClock

from timekeeping.clocks import KernelClock
from timekeeping.offset import Offset, Reading, measure, offset_from

pytestmark = pytest.mark.unit

OFFSET_NS = 1_800_000_000 * 10**9

gaps = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=12)


def readings_of(gaps_ns: list[tuple[int, int]], offset_ns: int, start_monotonic_ns: int = 0) -> list[Reading]:
    """Readings by a reader who is held up so long before and after UTC is taken."""
    readings = []
    monotonic_ns = start_monotonic_ns
    for before_ns, after_ns in gaps_ns:
        utc_ns = monotonic_ns + before_ns + offset_ns
        readings.append(Reading(monotonic_ns, utc_ns, monotonic_ns + before_ns + after_ns))
        monotonic_ns += before_ns + after_ns
    return readings


@given(gaps)
def test_the_truth_lies_within_the_uncertainty(gaps_ns):
    found = offset_from(readings_of(gaps_ns, OFFSET_NS))
    assert abs(found.offset_ns - OFFSET_NS) <= found.uncertainty_ns


@given(gaps)
def test_more_readings_never_make_it_worse(gaps_ns):
    readings = readings_of(gaps_ns, OFFSET_NS)
    every_width = [(r.after_monotonic_ns - r.before_monotonic_ns) for r in readings]
    assert 2 * offset_from(readings).uncertainty_ns <= min(every_width) + 1


@given(gaps, gaps, st.integers(3 * 10**6, 3600 * 10**9), st.sampled_from([-1, 1]))
def test_a_step_between_the_readings_leaves_the_newer_ones(earlier, later, size_ns, sign):
    """Where the clock was stepped during the measurement, the offset after the step is what counts."""
    before = readings_of(earlier, OFFSET_NS)
    stepped_ns = OFFSET_NS + sign * size_ns
    after = readings_of(later, stepped_ns, before[-1].after_monotonic_ns)
    assert offset_from(before + after) == offset_from(after)


def test_one_slow_reading_does_not_spoil_the_rest():
    slow = Reading(0, OFFSET_NS + 5_000_000, 9_000_000)
    quick = Reading(9_000_000, OFFSET_NS + 9_000_050, 9_000_100)
    assert offset_from([slow, quick]) == offset_from([quick, slow]) == Offset(OFFSET_NS, 50)


def test_an_exact_reading_has_no_uncertainty():
    assert offset_from([Reading(7, 107, 7)]) == Offset(100, 0)


def test_no_reading_is_an_error():
    with pytest.raises(ValueError, match="at least one reading"):
        offset_from([])


@given(st.integers(0, 2000), st.integers(1, 20))
def test_measuring_a_simulated_clock_finds_its_offset(reading_takes_ns, readings):
    clock = SimulatedClock(utc_ns=OFFSET_NS, reading_takes_ns=reading_takes_ns)
    found = measure(clock, readings)
    assert abs(found.offset_ns - clock.offset_ns) <= found.uncertainty_ns <= reading_takes_ns + 1


def test_measuring_this_machine_is_tight_and_repeats():
    """Well under the tenth of a millisecond that a sample lasts, even on a busy machine."""
    found = [measure(KernelClock()) for _ in range(20)]
    best = min(found, key=lambda offset: offset.uncertainty_ns)
    assert best.uncertainty_ns < 20_000
    assert all(
        abs(one.offset_ns - best.offset_ns) <= one.uncertainty_ns + best.uncertainty_ns for one in found
    )
