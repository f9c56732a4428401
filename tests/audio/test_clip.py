"""A clip: its samples, its length, a pause after it."""

import numpy as np
import pytest

from audio.clip import SAMPLES_PER_SECOND, Clip

pytestmark = pytest.mark.unit


def test_a_clip_from_pcm_gives_its_samples_within_the_laws_step():
    pcm = np.linspace(-30000, 30000, 4000).astype(np.int16)
    clip = Clip.from_pcm("ramp", pcm)
    assert len(clip.ulaw) == 4000
    assert clip.seconds == 0.5
    assert np.all(np.abs(clip.pcm.astype(int) - pcm) <= 520)


@pytest.mark.parametrize("seconds", [0, 0.15, 1])
def test_a_pause_follows_the_clip_and_is_silence(seconds: float):
    clip = Clip.from_pcm("tone", np.full(800, 1000, np.int16))
    longer = clip.followed_by_silence(seconds)
    assert longer.name == clip.name
    assert longer.ulaw[:800] == clip.ulaw
    assert len(longer.ulaw) == 800 + round(seconds * SAMPLES_PER_SECOND)
    assert not longer.pcm[800:].any()
