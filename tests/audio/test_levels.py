"""Levels, level control and the telephone's band, against closed formulas and scipy."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import signal

from audio import levels

pytestmark = pytest.mark.unit


def sine(frequency_hz, seconds=1.0, dbm0=0.0):
    time_s = np.arange(round(seconds * levels.RATE_HZ)) / levels.RATE_HZ
    return levels.amplitude(dbm0) * np.sin(2 * np.pi * frequency_hz * time_s)


@pytest.mark.parametrize("dbm0", [-40.0, -16.0, 0.0, 3.17])
def test_a_sine_has_the_level_it_was_made_with(dbm0):
    assert levels.level_dbm0(sine(1000, dbm0=dbm0)) == pytest.approx(dbm0, abs=1e-9)


def test_full_scale_is_3_17_dbm0():
    assert levels.amplitude(3.17) == 1.0


def test_silence_has_no_level():
    for silence in (np.zeros(0), np.zeros(800)):
        assert levels.level_dbm0(silence) == -math.inf
        assert levels.active_level_dbm0(silence) == -math.inf
        assert levels.normalise(silence) is silence


def test_pcm_is_clipped_not_wrapped():
    assert levels.to_pcm(np.array([1.5, 1.0, 0.5, -1.0, -2.0])).tolist() == [
        32767,
        32767,
        16384,
        -32768,
        -32768,
    ]


@given(st.lists(st.integers(-32768, 32767)))
def test_pcm_survives_floats(samples):
    assert levels.to_pcm(levels.from_pcm(np.array(samples, np.int16))).tolist() == samples


def babble(seconds):
    """Noise whose loudness wavers as speech's does, the same each time."""
    noise = np.random.default_rng(16).standard_normal(round(seconds * levels.RATE_HZ))
    waver = 1 + np.sin(2 * np.pi * 4 * np.arange(len(noise)) / levels.RATE_HZ)
    return 0.05 * noise * waver


def test_pauses_do_not_count_as_speech():
    """Three seconds of speech in ten seconds of silence have the active level of the speech, within a dB.

    The hangover of 200 ms that P.56 asks for adds up to 0.5 dB.
    """
    speech = babble(3)
    alone = levels.active_level_dbm0(speech)
    padded = np.concatenate([np.zeros(16000), speech, np.zeros(40000)])
    assert levels.active_level_dbm0(padded) == pytest.approx(alone, abs=0.6)
    assert levels.level_dbm0(padded) < levels.level_dbm0(speech) - 5


def test_continuous_sound_is_active_throughout():
    """Without a pause the active level is the level."""
    speech = babble(10)
    assert levels.active_level_dbm0(speech) == pytest.approx(levels.level_dbm0(speech), abs=0.3)


def test_a_noise_floor_does_not_count_as_speech():
    floor = 10 ** (-60 / 20) * np.random.default_rng(17).standard_normal(80000)
    speech = babble(3)
    floor[20000 : 20000 + len(speech)] += speech
    assert levels.active_level_dbm0(floor) == pytest.approx(levels.active_level_dbm0(speech), abs=0.6)


@given(st.floats(-40, 20))
def test_the_active_level_follows_the_gain(gain_db):
    """Method B is independent of the level: x dB more sound is x dB more level."""
    speech = np.sin(np.arange(4000) / 3) * np.hanning(4000) * 0.09
    louder = speech * 10 ** (gain_db / 20)
    expected = levels.active_level_dbm0(speech) + gain_db
    assert levels.active_level_dbm0(louder) == pytest.approx(expected, abs=0.35)


@given(st.floats(-40, 0), st.floats(-30, -14))
def test_normalised_speech_has_the_level_asked_for(before_db, dbm0):
    speech = np.sin(np.arange(8000) / 3) * np.hanning(8000) * 10 ** (before_db / 20)
    normal = levels.normalise(speech, dbm0)
    assume(np.max(np.abs(normal)) < levels.PEAK)
    assert levels.active_level_dbm0(normal) == pytest.approx(dbm0, abs=0.35)


def test_a_peak_never_passes_the_guard():
    """A click in quiet speech limits the gain instead of being clipped: the shape stays."""
    speech = sine(500, dbm0=-45)
    speech[4000] = 0.5
    normal = levels.normalise(speech)
    assert np.max(np.abs(normal)) == pytest.approx(levels.PEAK)
    assert normal / normal[4000] == pytest.approx(speech / speech[4000])


def response_db(frequency_hz):
    """Gain of the band filter for a steady sine."""
    heard = levels.band_limit(sine(frequency_hz, dbm0=-10))[1000:-1000]
    return levels.level_dbm0(heard) - -10


def test_the_band_is_flat_where_speech_is():
    """Within 0.2 dB from 300 to 3400 Hz."""
    assert max(abs(response_db(hz)) for hz in (300, 400, 1000, 2000, 3000, 3400)) < 0.2


@pytest.mark.parametrize("frequency_hz", [0.5, 50, 100, 180, 3640, 3800, 3999])
def test_nothing_passes_outside_the_band(frequency_hz):
    assert response_db(frequency_hz) < -40


def test_the_band_filter_is_scipys():
    """The same taps as an independent design of the same kind."""
    impulse = np.zeros(511)
    impulse[255] = 1.0
    expected = signal.firwin(255, [250, 3550], pass_zero=False, window="hamming", fs=8000, scale=False)
    assert levels.band_limit(impulse)[128:383] == pytest.approx(expected, abs=1e-12)


def test_the_band_filter_delays_nothing():
    pulse = np.zeros(2001)
    pulse[1000] = 1.0
    out = levels.band_limit(pulse)
    assert int(np.argmax(out)) == 1000
    assert out[:1000] == pytest.approx(out[:1000:-1], abs=1e-12)
