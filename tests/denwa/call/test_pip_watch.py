"""Marks heard while a call runs: each once, with its distance from UTC by the stream's clock."""

from datetime import UTC, datetime

import numpy as np
import pytest

from audio.levels import to_pcm
from audio.pips import signal
from denwa.call.pip_watch import CLOCK_WINDOW_NS, PipWatch
from timekeeping.stream_clock import SAMPLE_NS, StreamClock

pytestmark = pytest.mark.unit

START_UTC_NS = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) * 10**9
OFFSET_NS = START_UTC_NS - 5 * 10**9
"""UTC less the monotonic clock, whose 5 s are the start."""
PACKET = 160


def heard_marks(
    pcm: np.ndarray,
    *,
    late_ns: int = 0,
    chunk: int = 400,
    missing: range = range(0),
    prompt: range = range(0),
) -> list:
    """What a watch tells of samples that begin at the start, as a far end sends them `late_ns` late.

    The samples of `prompt` are sent 15 ms before a broadcast would send them.
    """
    watch, clock, marks = PipWatch(), StreamClock(CLOCK_WINDOW_NS), []
    for first in range(0, len(pcm), chunk):
        if first in missing:
            continue
        for packet in range(first, first + chunk, PACKET):
            ahead_ns = 15_000_000 if packet in prompt else 0
            clock.arrived(packet, START_UTC_NS - OFFSET_NS + packet * SAMPLE_NS + late_ns - ahead_ns)
        marks += watch.hear(first, pcm[first : first + chunk], clock, OFFSET_NS)
    return marks


def pips(seconds: int) -> np.ndarray:
    """Three pre-pips and a mark every ten seconds, beginning at a ten-second."""
    return to_pcm(signal(seconds, range(0, seconds + 10, 10)))


@pytest.mark.parametrize("late_ns", [0, 250_000, -1_000_000])
def test_each_mark_is_told_once_with_its_error(late_ns: int):
    marks = heard_marks(pips(25), late_ns=late_ns)
    assert [mark.clock_time for mark in marks] == ["00:00:10", "00:00:20"]
    for mark in marks:
        assert mark.error_ms == pytest.approx(late_ns / 1e6, abs=0.05)


def test_silence_and_a_steady_tone_have_no_mark():
    tone = to_pcm(0.1 * np.sin(2 * np.pi * 1000 * np.arange(15 * 8000) / 8000))
    assert not heard_marks(np.zeros(15 * 8000, np.int16))
    assert not heard_marks(tone)


def test_a_gap_in_the_samples_loses_no_later_mark():
    marks = heard_marks(pips(25), missing=range(2 * 8000, 3 * 8000))
    assert [mark.clock_time for mark in marks] == ["00:00:10", "00:00:20"]


def test_a_prompt_that_ends_just_before_the_pips_puts_no_mark_early():
    marks = heard_marks(pips(12), prompt=range(int(6.9 * 8000)))
    assert [mark.error_ms for mark in marks] == [pytest.approx(0, abs=0.05)]


def test_a_mark_that_has_just_begun_when_it_looks_is_told_a_second_later():
    """It looks once in a second of samples: here 85 ms after the mark."""
    pcm = to_pcm(signal(12, [9.915]))
    assert [mark.error_ms for mark in heard_marks(pcm)] == [pytest.approx(-85, abs=0.05)]


@pytest.mark.parametrize("hole_ms", [-20, 80])
def test_a_mark_with_a_hole_is_judged_by_its_other_pips(hole_ms: int):
    """A sender that comes too late leaves 20 ms out."""
    pcm = pips(12)
    begin = 10 * 8000 + 5 * 8 + hole_ms * 8
    pcm[begin : begin + 160] = 0
    assert [mark.error_ms for mark in heard_marks(pcm)] == [pytest.approx(0, abs=0.05)]
