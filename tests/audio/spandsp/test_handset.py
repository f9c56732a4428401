"""A telephone's processor: samples in and out in order, with the instants of their coming."""

import time

import numpy as np
import pytest

from audio.spandsp import drive
from audio.spandsp.handset import Handset

pytestmark = pytest.mark.native


def packet(start: int, samples: int = 160) -> np.ndarray:
    """Samples that say their own number."""
    return np.arange(start, start + samples).astype(np.int16)


@pytest.fixture
def handset():
    """A handset, closed afterwards."""
    handset = Handset()
    yield handset
    handset.close()


def test_what_came_is_read_in_order(handset):
    """Samples of several packets come out as one stream."""
    with drive.Driven(handset) as line:
        line.rx(packet(0))
        line.rx(packet(160))
        first, heard = handset.read()
        assert first == 0
        assert heard.tolist() == list(range(320))
        assert handset.read()[1].size == 0


def test_what_is_written_is_said_then_silence(handset):
    """Written samples go out once, in order; then zeros."""
    with drive.Driven(handset) as line:
        assert handset.write(packet(1, 200)) == 200
        assert line.tx(160).tolist() == list(range(1, 161))
        assert line.tx(160).tolist() == [*range(161, 201), *[0] * 120]


def test_arrivals_name_sample_and_instant(handset):
    """Each packet is noted with the number of its first sample and the monotonic clock."""
    with drive.Driven(handset) as line:
        before_monotonic_ns = time.monotonic_ns()
        line.rx(packet(0))
        line.rx(packet(160, 80))
        notes = handset.arrivals()
        assert [note.first_sample for note in notes] == [0, 160]
        assert before_monotonic_ns <= notes[0].monotonic_ns <= notes[1].monotonic_ns <= time.monotonic_ns()
        assert handset.arrivals() == []


def test_a_reader_that_slept_is_told_what_it_lost(handset):
    """After 9 s unread the newest 7 s are there, and the number of their first sample says so."""
    with drive.Driven(handset) as line:
        for k in range(450):
            line.rx(packet(k % 100))
        first, heard = handset.read()
        assert first == 450 * 160 - 56000
        assert heard[:160].tolist() == packet((first // 160) % 100).tolist()


def test_a_full_mouth_takes_no_more(handset):
    """At most 65,536 samples wait to be said."""
    assert handset.write(np.zeros(70000, np.int16)) == 65536
    assert handset.write(packet(0)) == 0
