"""The producer with the line's own clock and ring, and the simulated clock of the other tests beside them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.clock_listener import Listener
from support.clock_world import NO_LEAPS, S_NS
from support.simulated_clock import SimulatedClock
from support.simulated_media import SAMPLE_NS, SimulatedMediaClock

from audio import g711
from exchange.media.broadcast import Broadcast, MediaClock
from services.clock.japanese import JAPANESE
from services.clock.producer import Producer
from services.clock.programme import Programme
from timekeeping.clocks import KernelClock
from timekeeping.steps import Change

pytestmark = pytest.mark.native

LISTENER = Listener(JAPANESE)
MARK_S = 1_798_754_400

offsets = st.integers(-(10**19) // 2, 10**19 // 6) | st.integers(-SAMPLE_NS * 2, SAMPLE_NS * 2)


@pytest.fixture
def media_clock():
    """The line's clock, at this machine's UTC again afterwards."""
    yield MediaClock()
    clock = KernelClock()
    MediaClock().set_utc_offset_ns(clock.utc_ns() - clock.monotonic_ns())


@given(offset_ns=offsets, utc_ns=st.integers(0, 4 * 10**18))
def test_the_simulated_media_clock_has_the_grid_of_the_real_one(offset_ns, utc_ns):
    """What virtual time shows holds for the line: the same sample for the same instant, whatever the offset."""
    real, simulated = MediaClock(), SimulatedMediaClock(SimulatedClock(utc_ns=0))
    before_ns = KernelClock().utc_ns() - KernelClock().monotonic_ns()
    try:
        for clock in (real, simulated):
            clock.set_utc_offset_ns(offset_ns)
        assert real.sample_at_utc_ns(utc_ns) == simulated.sample_at_utc_ns(utc_ns)
    finally:
        real.set_utc_offset_ns(before_ns)


def words_in(broadcast: Broadcast, media_clock: MediaClock, mark_utc_s: int) -> np.ndarray:
    """Half a second of the ring, from where the words for the mark should begin."""
    first = media_clock.sample_at_utc_ns(mark_utc_s * S_NS) - 69_600
    return g711.decode(broadcast.read(first, 4000), "ulaw")


def as_heard(pcm: np.ndarray) -> np.ndarray:
    return g711.decode(g711.encode(pcm, "ulaw").tobytes(), "ulaw")


def test_the_words_are_in_the_ring_at_their_sample_and_after_a_step_at_their_new_one(media_clock):
    """UTC is set so that a mark is 10 s away, and then stepped to 9 s before another hour's mark."""
    monotonic_ns = KernelClock().monotonic_ns()
    clip = LISTENER.clips("hour_07")[:4000]
    with Broadcast() as broadcast:
        producer = Producer(Programme(LISTENER.composer), broadcast, media_clock, NO_LEAPS)
        offset_ns = (MARK_S - 10) * S_NS - monotonic_ns
        producer.begin(offset_ns)
        assert np.array_equal(words_in(broadcast, media_clock, MARK_S), as_heard(clip))

        stepped_ns = (MARK_S + 3600 - 10) * S_NS + 654_321 - monotonic_ns
        old_sample = media_clock.sample_at_utc_ns(MARK_S * S_NS) - 69_600
        producer.offset_changed(Change(offset_ns, stepped_ns))
        later_clip = LISTENER.clips("hour_08")[:4000]
        assert np.array_equal(words_in(broadcast, media_clock, MARK_S + 3600), as_heard(later_clip))
        assert abs(media_clock.sample_at_utc_ns((MARK_S + 3600) * S_NS) - 69_600 - old_sample) <= 8
