"""A broadcast's ring and the media clock, without any call."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.g711 import encode
from exchange.media.broadcast import RING_SAMPLES, Broadcast, MediaClock, NoBroadcastLeft

pytestmark = pytest.mark.native

SILENCE = b"\xff"
NS_PER_SAMPLE = 125_000


@pytest.fixture
def broadcast():
    with Broadcast() as opened:
        yield opened


def tone(first_sample, count):
    return ((np.arange(first_sample, first_sample + count) % 4096 - 2048) * 16).astype(np.int16)


@pytest.mark.parametrize(("a_law", "law"), [(False, "ulaw"), (True, "alaw")])
def test_all_linear_samples_are_encoded_as_the_recommendation_says(broadcast, a_law, law):
    """The C tables against audio.g711, which is tried against G.711 itself: every 16-bit sample, both laws."""
    pcm = np.arange(-32768, 32768).astype(np.int16)
    broadcast.write(1000, pcm)
    assert broadcast.read(1000, pcm.size, a_law=a_law) == bytes(encode(pcm, law))


def test_what_was_not_written_is_silence(broadcast):
    """Before, between, behind; and an empty ring."""
    assert broadcast.read(5, 3) == SILENCE * 3
    broadcast.write(100, tone(100, 10))
    broadcast.write(130, tone(130, 10))
    heard = broadcast.read(90, 60)
    assert heard[:10] == SILENCE * 10
    assert heard[10:20] == bytes(encode(tone(100, 10), "ulaw"))
    assert heard[20:40] == SILENCE * 20
    assert heard[50:] == SILENCE * 10


def test_what_is_written_again_is_heard_anew(broadcast):
    """After a step of the clock the next words replace those that were already there."""
    broadcast.write(0, tone(0, 1000))
    broadcast.write(200, tone(900, 50))
    expected = np.concatenate([tone(0, 200), tone(900, 50), tone(250, 750)])
    assert broadcast.read(0, 1000) == bytes(encode(expected, "ulaw"))


@given(st.lists(st.tuples(st.integers(0, 2 * RING_SAMPLES), st.integers(1, 2000)), min_size=1, max_size=12))
def test_any_order_of_writing_reads_as_an_array_would(writes):
    """Against a plain array: the newest words count, up to the ring's length before the newest sample."""
    model = np.zeros(2 * RING_SAMPLES + 4000, np.int16)
    end = 0
    with Broadcast() as broadcast:
        for first, count in writes:
            broadcast.write(first, tone(first, count))
            for begin in range(first, first + count, 160):
                length = min(160, first + count - begin)
                if begin > end - RING_SAMPLES:
                    model[begin : begin + length] = tone(begin, length)
                    end = max(end, begin + length)
        readable = max(0, end - RING_SAMPLES + 1)
        heard = b"".join(broadcast.read(begin, 4000) for begin in range(readable, end, 4000))
    assert heard[: end - readable] == bytes(encode(model[readable:end], "ulaw"))


def test_there_are_eight_and_a_closed_one_makes_room():
    """The ninth is refused; an id is not used twice, so a listener that stayed behind hears silence."""
    opened = [Broadcast() for _ in range(8)]
    with pytest.raises(NoBroadcastLeft):
        Broadcast()
    first = opened[0]
    first.write(0, tone(0, 100))
    first.close()
    first.close()
    again = Broadcast()
    again.write(0, tone(0, 100))
    assert again.id != first.id
    assert first.read(0, 100) == SILENCE * 100
    with pytest.raises(ValueError, match="closed"):
        first.write(0, tone(0, 10))
    for broadcast in (*opened, again):
        broadcast.close()


def test_programmes_do_not_hear_each_other():
    """Two rings, two programmes: what one says is silence in the other."""
    with Broadcast() as one, Broadcast() as other:
        one.write(0, tone(0, 100))
        other.write(50, tone(500, 100))
        assert one.read(0, 150) == bytes(encode(tone(0, 100), "ulaw")) + SILENCE * 50
        assert other.read(0, 150) == SILENCE * 50 + bytes(encode(tone(500, 100), "ulaw"))


def test_only_flat_16_bit_samples_are_taken(broadcast):
    """Anything else would be noise."""
    for wrong in (np.zeros(10), np.zeros((2, 5), np.int16)):
        with pytest.raises(ValueError, match="flat int16"):
            broadcast.write(0, wrong)
    broadcast.write(0, tone(0, 20)[::2])
    assert broadcast.read(0, 10) == bytes(encode(tone(0, 20)[::2], "ulaw"))


@given(st.integers(-(10**18), 10**18), st.integers(0, 10**15))
def test_a_sample_s_instant_lies_on_utc_s_grid(offset_ns, monotonic_ns):
    """Whatever the offset: the sample found for an instant of UTC on the 125-us grid is exactly there."""
    clock = MediaClock()
    clock.set_utc_offset_ns(offset_ns)
    utc_ns = (monotonic_ns + offset_ns) // NS_PER_SAMPLE * NS_PER_SAMPLE
    sample = clock.sample_at_utc_ns(utc_ns)
    phase_ns = -offset_ns % NS_PER_SAMPLE
    assert sample * NS_PER_SAMPLE + phase_ns + offset_ns == utc_ns
    assert clock.sample_at_utc_ns(utc_ns + NS_PER_SAMPLE) == sample + 1


def test_now_is_the_sample_of_the_monotonic_clock():
    """8000 a second, and it is the one that sample_at_utc_ns gives for this instant."""
    clock = MediaClock()
    offset_ns = time.time_ns() - time.monotonic_ns()
    clock.set_utc_offset_ns(offset_ns)
    before_ns = time.monotonic_ns()
    now = clock.now_samples()
    after_ns = time.monotonic_ns()
    assert before_ns // NS_PER_SAMPLE - 1 <= now <= after_ns // NS_PER_SAMPLE + 1
    assert (
        abs(clock.sample_at_utc_ns(before_ns + offset_ns) - now)
        <= 1 + (after_ns - before_ns) // NS_PER_SAMPLE
    )
