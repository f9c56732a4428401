"""The echo processor, driven as a line drives it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.levels import to_pcm
from audio.processor import Happened
from audio.spandsp.drive import Driven
from audio.spandsp.echo import MOST_DELAY_SAMPLES, Echo
from audio.tones import dtmf

pytestmark = pytest.mark.native

RAMP = np.arange(1, 20001).astype(np.int16)


def test_gives_back_exactly_what_it_heard():
    with Driven(Echo()) as line:
        line.rx(RAMP[:160])
        assert line.tx(160).tolist() == RAMP[:160].tolist()


@given(delay=st.integers(0, 4000), frames=st.lists(st.integers(1, 480), max_size=40))
def test_the_delay_is_exact_for_any_packets(delay, frames):
    """Sample n comes back as sample n + delay, however the line cuts its packets."""
    heard, said = [], []
    with Driven(Echo(delay)) as line:
        for frame in frames:
            part = RAMP[len(heard) : len(heard) + frame]
            line.rx(part)
            heard += part.tolist()
            said += line.tx(len(part)).tolist()
    assert said == ([0] * delay + heard)[: len(heard)]


def test_says_silence_when_nothing_more_was_heard():
    with Driven(Echo()) as line:
        line.rx(RAMP[:100])
        assert line.tx(160).tolist() == RAMP[:100].tolist() + [0] * 60


def test_drops_the_oldest_when_the_line_never_asks():
    """A second of slack, then what is said is the newest second."""
    with Driven(Echo()) as line:
        line.rx(RAMP[:12000])
        assert line.tx(8000).tolist() == RAMP[4000:12000].tolist()


def test_nothing_happens_in_an_echo():
    with Driven(Echo()) as line:
        line.rx(RAMP[:160])
        line.tx(160)
        assert line.poll() == Happened(0)


def test_digits_are_heard_while_they_come_back_unchanged():
    pcm = to_pcm(dtmf("147*#D"))
    echo = Echo()
    said = []
    with Driven(echo) as line:
        happened = Happened(0)
        for start in range(0, len(pcm), 160):
            line.rx(pcm[start : start + 160])
            said += line.tx(len(pcm[start : start + 160])).tolist()
            happened |= line.poll()
        assert happened == Happened.DIGIT
        assert echo.digits() == "147*#D"
        assert echo.digits() == ""
    assert said == pcm.tolist()


def test_digits_of_a_closed_echo_are_refused():
    echo = Echo()
    echo.close()
    with pytest.raises(ValueError, match="closed"):
        echo.digits()


@pytest.mark.parametrize("delay", [-1, MOST_DELAY_SAMPLES + 1])
def test_an_impossible_delay_is_refused(delay):
    with pytest.raises(ValueError, match="an echo's delay is 0 to 80000 samples"):
        Echo(delay)
