"""The stream clock is the line under all arrivals."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timekeeping.stream_clock import SAMPLE_NS, WINDOW_NS, StreamClock

pytestmark = pytest.mark.unit
PACKET = 160
START_NS = 1_700_000_000_000_000_000


def test_before_the_first_packet_there_is_no_clock():
    """An instant cannot be had without an arrival."""
    with pytest.raises(LookupError):
        StreamClock().instant_ns(0)


@given(st.lists(st.integers(0, 50_000_000), min_size=1, max_size=300))
def test_jitter_never_makes_the_clock_early_nor_later_than_the_best_packet(jitter_ns):
    """The clock lies at the least delayed packet, whatever the others did."""
    clock = StreamClock()
    for k, late_ns in enumerate(jitter_ns):
        clock.arrived(k * PACKET, START_NS + k * PACKET * SAMPLE_NS + late_ns)
    assert clock.instant_ns(0) == START_NS + min(jitter_ns)
    assert clock.instant_ns(8000) == START_NS + min(jitter_ns) + 1_000_000_000


def test_a_fraction_of_a_sample_counts():
    """Half a sample is 62.5 microseconds."""
    clock = StreamClock()
    clock.arrived(0, START_NS)
    assert clock.instant_ns(0.5) == START_NS + 62_500


def test_what_is_older_than_the_window_is_forgotten():
    """After the path became longer for good, the clock follows within the window."""
    clock = StreamClock()
    packets = WINDOW_NS // (PACKET * SAMPLE_NS)
    for k in range(100):
        clock.arrived(k * PACKET, START_NS + k * PACKET * SAMPLE_NS)
    for k in range(100, 102 + packets):
        clock.arrived(k * PACKET, START_NS + k * PACKET * SAMPLE_NS + 5_000_000)
    assert clock.instant_ns(0) == START_NS + 5_000_000


def test_a_fast_crystal_is_followed():
    """A sender 100 ppm fast drifts 2 ms in a window of 20 s, and not more."""
    clock = StreamClock()
    chance = random.Random(117)
    for k in range(6000):
        true_ns = START_NS + round(k * PACKET * SAMPLE_NS * (1 - 100e-6))
        clock.arrived(k * PACKET, true_ns + chance.randrange(3_000_000))
    true_ns = START_NS + round(5999 * PACKET * SAMPLE_NS * (1 - 100e-6))
    assert abs(clock.instant_ns(5999 * PACKET) - true_ns) <= 2_100_000
