"""Clips: what they hold and how long they last."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from audio.clip import Clip

pytestmark = pytest.mark.unit


def test_a_clip_is_its_octets_an_octet_a_sample():
    clip = Clip("hello", b"\xff" * 4000)
    assert clip.seconds == 0.5
    assert clip.pcm.tolist() == [0] * 4000


def test_pcm_becomes_mu_law():
    """The extremes, silence, and what comes back within a quantising step."""
    clip = Clip.from_pcm("steps", np.array([0, 32767, -32768, 1000], np.int16))
    assert clip.ulaw[:3] == b"\xff\x80\x00"
    assert clip.pcm[:3].tolist() == [0, 32124, -32124]
    assert abs(int(clip.pcm[3]) - 1000) <= 32


def test_clips_are_values():
    assert Clip("a", b"x") == Clip("a", b"x")
    assert len({Clip("a", b"x"), Clip("a", b"x"), Clip("b", b"x")}) == 2
    with pytest.raises(FrozenInstanceError):
        Clip("a", b"x").name = "b"
