"""Tones and digits: frequency, level and soft edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio import levels, tones

pytestmark = pytest.mark.unit


def power_at(samples, frequency_hz):
    """Power of one frequency, dBm0, over the whole (rectangular window)."""
    carrier = np.exp(-2j * np.pi * frequency_hz * np.arange(len(samples)) / levels.RATE_HZ)
    return 20 * np.log10(2 * abs(np.mean(samples * carrier)) + 1e-12) + levels.FULL_SCALE_DBM0


@pytest.mark.parametrize(("frequency_hz", "dbm0"), [(440, -13.0), (880, -10.0), (400, -16.0)])
def test_a_tone_has_its_frequency_and_level(frequency_hz, dbm0):
    samples = tones.tone(frequency_hz, 1.0, dbm0)
    assert len(samples) == 8000
    assert power_at(samples, frequency_hz) == pytest.approx(dbm0, abs=0.1)
    assert power_at(samples, frequency_hz + 100) < dbm0 - 50


def test_edges_do_not_click():
    """The spectrum outside the tone's neighbourhood is far below that of a tone switched hard."""
    soft = tones.tone(1013, 0.1, -10)
    hard = tones.tone(1013, 0.1, -10, ramp_s=0.0)
    soft_power, hard_power = (np.abs(np.fft.rfft(samples, 8000)[3000:]) ** 2 for samples in (soft, hard))
    assert np.sum(soft_power) < np.sum(hard_power) / 100


@given(st.integers(0, 400), st.floats(0, 0.1))
def test_softening_keeps_length_and_never_gets_louder(count, ramp_s):
    samples = np.ones(count)
    soft = tones.soften(samples, ramp_s)
    assert len(soft) == count
    assert np.all((soft >= 0) & (soft <= 1))
    assert soft == pytest.approx(soft[::-1])
    assert np.all(samples == 1)


def test_a_rise_goes_up_and_stays_between():
    ramp = tones.rise(16)
    assert np.all(np.diff(ramp) > 0)
    assert ramp + ramp[::-1] == pytest.approx(np.ones(16))


@pytest.mark.parametrize("digit", tones.DTMF_KEYS)
def test_a_digit_is_its_two_tones(digit):
    """Q.23: the row's and the column's frequency at their levels, and none of the others."""
    samples = tones.dtmf(digit, dbm0=-12, twist_db=2, on_s=0.5, off_s=0)
    row, column = divmod(tones.DTMF_KEYS.index(digit), 4)
    frequencies = tones.DTMF_ROWS_HZ + tones.DTMF_COLUMNS_HZ
    measured = {hz: power_at(samples, hz) for hz in frequencies}
    assert measured.pop(tones.DTMF_ROWS_HZ[row]) == pytest.approx(-12, abs=0.2)
    assert measured.pop(tones.DTMF_COLUMNS_HZ[column]) == pytest.approx(-10, abs=0.2)
    assert max(measured.values()) < -35


def test_digits_follow_each_other_with_pauses():
    samples = tones.dtmf("12", on_s=0.1, off_s=0.05)
    assert len(samples) == 2400
    assert not samples[800:1200].any()
    assert not samples[2000:].any()
    assert samples[1200:2000].any()


def test_no_digits_are_no_samples():
    assert len(tones.dtmf("")) == 0


@pytest.mark.parametrize("character", ["x", "E", "１", " "])
def test_what_is_no_digit_is_refused(character):
    with pytest.raises(ValueError, match="is no DTMF digit"):
        tones.dtmf("1" + character)
