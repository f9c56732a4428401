"""The WAV file of `denwa call` keeps the call's time."""

from pathlib import Path

import numpy as np
import pytest

from audio.wav import read_wav
from denwa.call.recording import Heard

pytestmark = pytest.mark.unit


def samples(first: int, count: int) -> np.ndarray:
    return np.arange(first, first + count, dtype=np.int16)


def test_what_was_heard_is_in_the_file_and_what_was_missed_is_silence(tmp_path: Path):
    heard = Heard()
    heard.add(0, samples(1, 160))
    heard.add(160, samples(161, 160))
    heard.add(480, samples(481, 160))
    assert heard.save(tmp_path / "call.wav") == 640 / 8000
    pcm, rate = read_wav(tmp_path / "call.wav")
    assert rate == 8000
    assert pcm[:320].tolist() == samples(1, 320).tolist()
    assert not pcm[320:480].any()
    assert pcm[480:].tolist() == samples(481, 160).tolist()


def test_a_call_without_sound_is_an_empty_file(tmp_path: Path):
    assert Heard().save(tmp_path / "call.wav") == 0
    assert len(read_wav(tmp_path / "call.wav")[0]) == 0


def test_a_place_that_cannot_be_written_is_an_oserror(tmp_path: Path):
    with pytest.raises(OSError, match="no/such"):
        Heard().save(tmp_path / "no/such/call.wav")
