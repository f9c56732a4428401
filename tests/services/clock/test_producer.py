"""The producer when nothing is stepped: whoever joins, a busy event loop, and the real kernel's clock."""

import asyncio
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from structlog.testing import capture_logs
from support.clock_listener import ONSET_SAMPLES, Listener
from support.clock_world import NO_LEAPS, S_NS, ClockWorld
from support.waiting import until

from audio import pip_detector
from audio.levels import from_pcm, to_pcm
from audio.pips import MARK
from services.clock.japanese import JAPANESE
from services.clock.producer import AHEAD_SAMPLES, SETTLED_SAMPLES, Producer
from services.clock.programme import Programme
from services.clock.timeline import Timeline
from timekeeping.clocks import KernelClock
from timekeeping.offset import measure

pytestmark = pytest.mark.native

LISTENER = Listener(JAPANESE)
BEGIN_NS = int(datetime(2026, 12, 31, 22, 10, 50, tzinfo=UTC).timestamp()) * S_NS


@given(st.integers(0, 20 * S_NS))
def test_whoever_joins_at_any_instant_hears_words_that_name_a_mark_still_to_come(joins_ns):
    """Within one cycle of joining, a whole announcement is heard, and its mark follows."""
    world = ClockWorld(LISTENER, utc_ns=BEGIN_NS)
    world.run(40 * S_NS)
    joined = joins_ns // 125_000
    heard = world.broadcast.heard[joined:]
    first_mark = next(mark for mark in LISTENER.marks(heard) if mark.named)
    assert first_mark.named is not None
    era = world.eras[0]
    at = world.broadcast.first_sample + joined + first_mark.at
    said_s = (first_mark.named[0] * 60 + first_mark.named[1]) * 60 + first_mark.named[2]
    assert era.utc_ns(at) // S_NS % 86_400 == (said_s - 9 * 3600) % 86_400
    assert first_mark.at < 20 * 8000


@given(st.integers(0, 10 * S_NS), st.integers(2 * S_NS, 7 * S_NS) | st.integers(0, 30 * S_NS))
@example(4 * S_NS, 4 * S_NS)
def test_a_producer_that_gets_no_turn_gives_silence_and_then_only_whole_marks(at_ns, stalled_ns):
    """A busy event loop costs marks, never a wrong one: up to two seconds it costs nothing at all."""
    world = ClockWorld(LISTENER, utc_ns=BEGIN_NS)
    world.run(15 * S_NS + at_ns)
    world.stall(stalled_ns)
    world.producer.carry_on()
    world.run(30 * S_NS)
    era = world.eras[0]
    for mark in world.marks():
        assert era.utc_ns(mark.at) % (10 * S_NS) == 0
        assert mark.named is not None
        assert mark.pre_pips_at == (-24_000, -16_000, -8_000)
    last = world.marks()[-1]
    assert world.broadcast.heard_until - last.at <= 10 * 8000 + ONSET_SAMPLES
    if stalled_ns <= 2 * S_NS:
        assert world.broadcast.starved_samples == 0
        assert len(world.marks()) == (45 * S_NS + at_ns + stalled_ns + 60_000_000) // (10 * S_NS)


@pytest.mark.parametrize("by_ns", [-S_NS, 5 * S_NS, 1800 * S_NS])
def test_a_tone_that_has_begun_is_finished_whatever_is_stepped(by_ns):
    """A mark that rings has been given; to chop it would only frighten."""
    world = ClockWorld(LISTENER, utc_ns=BEGIN_NS)
    world.run(10 * S_NS)
    world.step(by_ns)
    world.run(2 * S_NS)
    tone = to_pcm(MARK.samples())
    [mark] = world.marks()
    begin = mark.at - world.broadcast.first_sample
    assert np.array_equal(world.broadcast.heard[begin : begin + len(tone)], tone)


def test_a_tone_that_broke_off_is_not_taken_up_again():
    """The producer is so late that the ring runs empty in the middle of the mark's tone."""
    world = ClockWorld(LISTENER, utc_ns=BEGIN_NS)
    world.run(7_600_000_000)
    world.stall(3_100_000_000)
    world.producer.carry_on()
    world.run(500_000_000)
    heard = world.broadcast.heard
    assert np.any(heard[83_000:84_000]), "the tone rang, and then the ring was empty"
    assert not np.any(heard[84_000:89_000])


def test_the_detector_finds_every_pip_of_the_programme_in_its_place():
    """Not by comparing samples: the detector that measures recordings."""
    world = ClockWorld(LISTENER, utc_ns=BEGIN_NS)
    world.run(35 * S_NS)
    found = pip_detector.find_onsets(from_pcm(world.broadcast.heard))
    marks = [onset.sample for onset in found if onset.pip.name == "mark"]
    assert marks == pytest.approx([10 * 8000, 20 * 8000, 30 * 8000], abs=0.01)
    assert all(onset.complete for onset in found)
    assert len(found) == 12


def test_a_step_is_logged_with_its_size_and_a_slew_is_not():
    with capture_logs() as logged:
        world = ClockWorld(LISTENER, utc_ns=BEGIN_NS)
        world.step(-250_000_000)
        world.step(100_000)
    assert [(line["event"], line["by_s"], line["log_level"]) for line in logged] == [
        ("utc_stepped", -0.25, "warning")
    ]


def test_a_programme_cannot_go_on_before_it_began():
    with pytest.raises(ValueError, match="begins with replan"):
        Programme(LISTENER.composer).extend(0, 8000, Timeline(0, 0))


class SimulatedLineClock:
    """Stands in for the line: counts samples on this machine's own monotonic clock."""

    def __init__(self) -> None:
        self.offsets_ns: list[int] = []

    def now_samples(self) -> int:
        return (KernelClock().monotonic_ns() - (-self.offsets_ns[-1] % 125_000)) // 125_000

    def sample_at_utc_ns(self, utc_ns: int) -> int:
        offset_ns = self.offsets_ns[-1]
        return (utc_ns - offset_ns - (-offset_ns % 125_000) + 62_500) // 125_000

    def set_utc_offset_ns(self, offset_ns: int) -> None:
        self.offsets_ns.append(offset_ns)


class SimulatedRing:
    """Stands in for the ring: notes how far ahead of its time it is written."""

    def __init__(self, media_clock: SimulatedLineClock) -> None:
        self._media_clock = media_clock
        self.ahead_samples: list[int] = []
        self.ends_ahead_samples: list[int] = []
        self.end_sample = 0
        self.gaps = 0

    def write(self, first_sample: int, pcm: np.ndarray) -> None:
        self.ahead_samples.append(first_sample - self._media_clock.now_samples())
        self.gaps += bool(self.end_sample) and first_sample > self.end_sample
        self.end_sample = first_sample + len(pcm)
        self.ends_ahead_samples.append(self.end_sample - self._media_clock.now_samples())


def test_on_the_real_clock_the_ring_is_kept_filled_and_the_offset_told():
    """The asyncio task itself, for three turns, on this machine's clocks."""
    media_clock = SimulatedLineClock()
    broadcast = SimulatedRing(media_clock)
    producer = Producer(Programme(LISTENER.composer), broadcast, media_clock, NO_LEAPS)

    async def scenario() -> None:
        task = asyncio.create_task(producer.run(KernelClock()))
        await until(lambda: len(broadcast.ahead_samples) >= 3, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(scenario())
    now = measure(KernelClock())
    assert abs(media_clock.offsets_ns[0] - now.offset_ns) < 125_000, "less than a sample"
    assert broadcast.ahead_samples[0] <= SETTLED_SAMPLES
    assert min(broadcast.ahead_samples[1:]) > 0, "never too late"
    assert broadcast.ends_ahead_samples[-1] == pytest.approx(AHEAD_SAMPLES, abs=4000)
    assert broadcast.gaps == 0
