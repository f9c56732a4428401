"""The speech processor, driven as a line drives it."""

import threading
import time

import numpy as np
import pytest

from audio import g711
from audio.clip import Clip
from audio.processor import Happened
from audio.spandsp.drive import Driven
from audio.spandsp.speech import Speech

pytestmark = pytest.mark.native

FRAME = 160


@pytest.fixture
def speech():
    processor = Speech()
    yield processor
    processor.close()


@pytest.fixture
def line(speech):
    with Driven(speech) as driven:
        yield driven


def clip(name, samples):
    """A clip of codes that differ from each other and from silence."""
    return Clip(name, bytes(i % 120 for i in range(samples)))


def test_says_silence_without_a_clip(line):
    assert not line.tx(FRAME).any()
    assert line.poll() == Happened(0)


def test_plays_every_code_as_the_recommendation_decodes_it(speech, line):
    speech.play(Clip("all codes", bytes(range(256))))
    assert line.tx(256).tolist() == g711.decode(bytes(range(256)), "ulaw").tolist()


@pytest.mark.parametrize("frame", [1, 80, 159, 160, 161, 480])
def test_clips_follow_each_other_without_a_gap(speech, line, frame):
    """Three clips of odd lengths come out as one run of samples, whatever the line's packet size."""
    clips = [clip("a", 401), clip("b", 7), clip("c", 320)]
    ids = [speech.play(each) for each in clips]
    frames = [line.tx(frame) for _ in range(1000 // frame + 1)]
    expected = np.concatenate([each.pcm for each in clips])
    heard = np.concatenate(frames)
    assert heard[:728].tolist() == expected.tolist()
    assert not heard[728:].any()
    assert speech.finished() == ids


def test_done_is_raised_in_the_frame_that_ends_a_clip(speech, line):
    speech.play(clip("a", 2 * FRAME))
    happened = []
    for _ in range(3):
        line.tx(FRAME)
        happened.append(line.poll())
    assert happened == [Happened(0), Happened.DONE, Happened(0)]


def test_finished_gives_each_id_once_and_in_order(speech, line):
    """More clips than are read at once."""
    ids = [speech.play(clip("a", 3)) for _ in range(200)]
    line.tx(3 * 150)
    assert speech.finished() == ids[:150]
    assert speech.finished() == []
    line.tx(3 * 50)
    assert speech.finished() == ids[150:]


def test_clear_silences_the_very_next_sample(speech, line):
    """Barge-in: what plays and what waits is dropped, and is never reported as finished."""
    for name in ("a", "b", "c"):
        speech.play(clip(name, 400))
    line.tx(FRAME)
    assert speech.clear() == 3
    assert not line.tx(FRAME).any()
    assert speech.finished() == []
    assert line.poll() == Happened(0)


def test_a_clip_after_clear_starts_at_its_first_sample(speech, line):
    speech.play(clip("a", 400))
    line.tx(FRAME)
    speech.clear()
    after = speech.play(clip("b", FRAME))
    assert line.tx(FRAME).tolist() == clip("b", FRAME).pcm.tolist()
    assert speech.finished() == [after]


def test_the_played_clip_is_a_copy(speech, line):
    """The caller's octets may go away while the clip waits."""
    octets = bytes(range(100))
    speech.play(Clip("a", bytes(bytearray(octets))))
    assert line.tx(100).tolist() == g711.decode(octets, "ulaw").tolist()


def test_an_empty_clip_is_refused(speech):
    with pytest.raises(ValueError, match="'nothing' has no samples"):
        speech.play(Clip("nothing", b""))


def test_a_closed_processor_says_so():
    speech = Speech()
    speech.close()
    speech.close()
    for call in (
        speech.finished,
        speech.digits,
        speech.clear,
        speech.share,
        lambda: speech.play(clip("a", 1)),
    ):
        with pytest.raises(ValueError, match="closed"):
            call()


def test_lives_on_for_the_line_after_python_closed_it():
    """Two owners: what was queued is still said to the line that holds the processor."""
    speech = Speech()
    speech.play(clip("a", FRAME))
    with Driven(speech) as line:
        speech.close()
        assert line.tx(FRAME).tolist() == clip("a", FRAME).pcm.tolist()


def test_lives_on_for_python_after_the_line_dropped_it():
    speech = Speech()
    with Driven(speech) as line:
        played = speech.play(clip("a", FRAME))
        line.tx(FRAME)
    assert speech.finished() == [played]
    speech.close()


def test_a_dropped_line_refuses_further_calls(speech):
    line = Driven(speech)
    line.close()
    line.close()
    with pytest.raises(ValueError, match="dropped"):
        line.tx(FRAME)


def test_two_speakers_are_apart():
    """No state is shared: each plays and counts its own."""
    one, other = Speech(), Speech()
    with Driven(one) as line_one, Driven(other) as line_other:
        one.play(clip("a", FRAME))
        assert line_one.tx(FRAME).any()
        assert not line_other.tx(FRAME).any()
        assert (len(one.finished()), other.finished()) == (1, [])


def test_python_and_the_line_at_once():
    """The line plays while Python queues, clears and reads: every clip is finished, cleared or still waiting."""
    speech = Speech()
    played, cleared, finished = 0, 0, 0
    stop = threading.Event()

    def media_thread():
        with Driven(speech) as line:
            while not stop.is_set():
                line.rx(np.zeros(FRAME, np.int16))
                line.tx(FRAME)
                line.poll()

    media = threading.Thread(target=media_thread)
    media.start()
    until_monotonic_s = time.monotonic() + 0.3
    while time.monotonic() < until_monotonic_s:
        for samples in (1, 50, 400):
            speech.play(clip("a", samples))
            played += 1
        finished += len(speech.finished())
        if played % 7 == 0:
            cleared += speech.clear()
    stop.set()
    media.join()
    finished += len(speech.finished())
    cleared += speech.clear()
    assert finished + cleared == played
    assert finished > 0
    speech.close()
