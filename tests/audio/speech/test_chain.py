"""From an engine's sound to the telephone's."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio import g711
from audio.levels import RATE_HZ, active_level_dbm0, from_pcm, level_dbm0
from audio.speech.chain import LEAD_S, to_telephone, trim
from audio.speech.engine import Sound

pytestmark = pytest.mark.unit

LEAD = round(LEAD_S * RATE_HZ)


@pytest.fixture(scope="module", autouse=True)
def _resampler():
    pytest.importorskip("soxr", reason="soxr belongs to the dependency group `prompts`")


def voice(rate_hz, seconds=1.0, frequency_hz=700.0, loudness=0.1):
    """A tone that swells and dies, with half a second of silence around it."""
    count = round(seconds * rate_hz)
    sound = loudness * np.sin(2 * np.pi * frequency_hz * np.arange(count) / rate_hz) * np.hanning(count)
    return np.concatenate([np.zeros(rate_hz // 2), sound, np.zeros(rate_hz // 2)])


def telephone(samples, rate_hz):
    return from_pcm(g711.decode(to_telephone(Sound(samples, rate_hz)), "ulaw"))


@pytest.mark.parametrize("rate_hz", [8000, 22050, 24000, 48000])
@pytest.mark.parametrize("loudness", [0.01, 0.1, 0.9])
def test_any_rate_and_loudness_comes_out_at_speech_level(rate_hz, loudness):
    assert active_level_dbm0(telephone(voice(rate_hz, loudness=loudness), rate_hz)) == pytest.approx(
        -16, abs=0.3
    )


def test_silence_around_it_is_gone_but_for_20_ms():
    """One second of sound whose first and last instants are below the threshold becomes a little less, plus the leads."""
    out = telephone(voice(24000), 24000)
    assert 0.85 < len(out) / RATE_HZ - 2 * LEAD_S < 1.0
    assert np.max(np.abs(out[: LEAD // 2])) < 0.02
    assert np.max(np.abs(out[-LEAD // 2 :])) < 0.02


def test_begins_and_ends_at_zero():
    """No click where a clip follows another, even if the engine cuts hard."""
    hard = 0.2 * np.sin(2 * np.pi * 700 * np.arange(24000) / 24000)
    out = telephone(hard, 24000)
    assert (abs(out[0]), abs(out[-1])) == (0, 0)


@pytest.mark.parametrize("frequency_hz", [60.0, 150.0, 5000.0, 9000.0])
def test_what_is_outside_the_band_leaves_no_trace(frequency_hz):
    """A tone as loud as the voice that the telephone cannot carry is gone, its alias too."""
    wanted = voice(24000)
    unwanted = 0.1 * np.sin(2 * np.pi * frequency_hz * np.arange(len(wanted)) / 24000)
    spectrum = np.abs(np.fft.rfft(telephone(wanted + unwanted, 24000), 80000))
    folded = min(frequency_hz % 8000, 8000 - frequency_hz % 8000)
    assert spectrum[round(folded * 10)] < spectrum[7000] / 50


def test_the_same_sound_gives_the_same_octets():
    assert to_telephone(Sound(voice(24000), 24000)) == to_telephone(Sound(voice(24000), 24000))


def test_silence_is_refused():
    with pytest.raises(ValueError, match="nothing but silence"):
        to_telephone(Sound(np.zeros(24000), 24000))


@given(
    st.integers(0, 900),
    st.integers(160, 2000),
    st.integers(0, 900),
)
def test_trimming_leaves_all_sound_and_a_lead(before, sounding, after):
    """Frames of 10 ms decide: at most one frame of silence more than the lead stays at either end."""
    tone = np.sin(2 * np.pi * 0.1 * np.arange(1, sounding + 1)) + 0.1
    trimmed = trim(np.concatenate([np.zeros(before), tone, np.zeros(after)]))
    assert math.isclose(np.sum(trimmed**2), np.sum(tone**2), rel_tol=1e-3)
    loud = np.flatnonzero(trimmed)
    assert LEAD <= loud[0] < LEAD + 80 + 1
    assert LEAD <= len(trimmed) - 1 - loud[-1] < LEAD + 80 + 1


def test_a_pause_inside_is_kept():
    tone = np.sin(2 * np.pi * 0.1 * np.arange(1600))
    pause = np.zeros(4000)
    assert len(trim(np.concatenate([tone, pause, tone]))) == 2 * 1600 + 4000 + 2 * LEAD


def test_a_noise_floor_counts_as_silence():
    noise = 1e-3 * np.random.default_rng(3).standard_normal(16000)
    noise[8000:9600] += 0.3 * np.sin(2 * np.pi * 0.1 * np.arange(1600))
    assert level_dbm0(noise[:8000]) > -60
    assert len(trim(noise)) == 1600 + 2 * LEAD
