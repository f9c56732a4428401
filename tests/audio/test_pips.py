"""The time signal's samples, against the scheme's numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio import levels
from audio.pips import MARK, PERIOD_S, PRE_PIP, SCHEME, Pip, signal

pytestmark = pytest.mark.unit

PIPS = pytest.mark.parametrize("pip", SCHEME, ids=lambda pip: pip.name)


def test_the_scheme_is_three_low_pips_and_a_high_mark_every_ten_seconds():
    assert (PRE_PIP.frequency_hz, PRE_PIP.offsets_s, PRE_PIP.level_dbm0) == (440.0, (-3.0, -2.0, -1.0), -13.0)
    assert (MARK.frequency_hz, MARK.offsets_s, MARK.level_dbm0) == (880.0, (0.0,), -10.0)
    assert (PRE_PIP.length_s, MARK.length_s, PERIOD_S) == (pytest.approx(0.1), pytest.approx(1.0), 10.0)


@PIPS
def test_the_held_part_has_its_level(pip):
    """Whole cycles of the held part: 880 Hz has 22 in 25 ms, 440 Hz 11."""
    held = pip.samples()[round(0.01 * 8000) :][: round(0.05 * 8000)]
    assert levels.level_dbm0(held) == pytest.approx(pip.level_dbm0, abs=1e-6)


@PIPS
def test_begins_and_ends_in_silence(pip):
    """The first sample is the onset, at zero and rising; nothing outside the pip's length."""
    samples = pip.samples()
    assert samples[0] == 0.0
    assert samples[1] > 0
    assert abs(samples[-1]) < 1e-12
    assert not pip.at([-1.0, -1e-9, pip.length_s + 1e-9, 5.0]).any()


@PIPS
def test_the_rise_takes_two_milliseconds(pip):
    """Half the amplitude at 1 ms, all of it at 2 ms and until the hold ends."""
    time_s = np.array([0.001, 0.002, pip.hold_s])
    height = np.hypot(pip.at(time_s), pip.at(time_s, quadrature=True)) / levels.amplitude(pip.level_dbm0)
    assert height == pytest.approx([0.5, 1.0, 1.0])


@PIPS
def test_the_fall_is_half_way_in_the_middle(pip):
    time_s = pip.hold_s + pip.fall_s * np.array([0.5, 1.0])
    height = np.hypot(pip.at(time_s), pip.at(time_s, quadrature=True)) / levels.amplitude(pip.level_dbm0)
    assert height == pytest.approx([0.5, 0.0], abs=1e-9)


@PIPS
def test_stays_within_the_telephone_band(pip):
    """Of its energy, a thousandth at most is below 250 or above 3400 Hz (100 ms of 440 Hz can have no less)."""
    spectrum = np.abs(np.fft.rfft(pip.samples(), 16000)) ** 2
    outside = spectrum[:500].sum() + spectrum[6800:].sum()
    assert outside < 1e-3 * spectrum.sum()


def test_the_quadrature_lags_a_quarter_of_a_cycle():
    time_s = np.linspace(0.01, 0.09, 50)
    quarter_s = 0.25 / PRE_PIP.frequency_hz
    assert PRE_PIP.at(time_s, quadrature=True) == pytest.approx(PRE_PIP.at(time_s - quarter_s))


def test_a_signal_holds_the_pips_of_its_marks_and_else_silence():
    out = signal(12.0, [5.0])
    expected = np.zeros(96000)
    for offset in PRE_PIP.offsets_s:
        at = round((5 + offset) * 8000)
        expected[at : at + 801] += PRE_PIP.samples()
    expected[40000:48001] += MARK.samples()
    np.testing.assert_allclose(out, expected, atol=1e-12)


@given(st.floats(-2.0, 14.0), st.sampled_from([8000, 16000, 44100]))
def test_any_mark_is_cut_at_the_edges(mark_s, rate_hz):
    """Pips that hang over an end are cut there, sample for sample as in a longer signal."""
    out = signal(4.0, [mark_s], rate_hz=rate_hz)
    longer = signal(30.0, [mark_s + 10], rate_hz=rate_hz)
    assert len(out) == 4 * rate_hz
    np.testing.assert_allclose(out, longer[10 * rate_hz : 14 * rate_hz], atol=1e-9)


def test_another_scheme_is_data():
    tick = Pip("tick", 1000.0, 0.001, 0.01, 0.005, -20.0, (-0.5, 0.0))
    out = signal(2.0, [1.0], scheme=(tick,))
    assert np.flatnonzero(out)[[0, -1]] == pytest.approx([4001, 8119], abs=2)
