"""What pips say of a clock."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.pip_detector import Onset, find_onsets
from audio.pip_timing import error_ms, fit_run
from audio.pips import MARK, PRE_PIP, signal

pytestmark = pytest.mark.unit


def onset(pip, time_s, *, complete=True):
    return Onset(pip, time_s * 8000, time_s, 1.0, pip.level_dbm0, inverted=False, complete=complete)


@given(
    st.integers(170_000_000, 200_000_000),
    st.sampled_from([(MARK, 0.0), (PRE_PIP, -3.0), (PRE_PIP, -2.0), (PRE_PIP, -1.0)]),
    st.floats(-400, 400),
    st.floats(0, 1000),
)
def test_a_late_pip_is_as_late_as_it_is(period, pip_and_offset, late_ms, start_s):
    """Whichever ten seconds, whichever pip, wherever the recording began."""
    pip, offset_s = pip_and_offset
    mark_utc_s = 10.0 * period
    heard = onset(pip, start_s)
    first_sample_utc_s = mark_utc_s + offset_s + late_ms / 1000 - start_s
    assert error_ms(heard, first_sample_utc_s) == pytest.approx(late_ms, abs=0.001)


def test_a_pip_belongs_to_the_nearest_instant_it_could_be_for():
    """A pre-pip 600 ms late is taken for the next one, 400 ms early."""
    assert error_ms(onset(PRE_PIP, 7.6), 0.0) == pytest.approx(-400)


def test_a_recordings_own_clock_shows_as_a_rate():
    """Stretched by 80 ppm, the pips come 80 ppm late, from a first mark that is still exact."""
    samples = signal(95.0, [10 * k + 0.25 for k in range(10)])
    stretched = np.interp(
        np.arange(round(len(samples) * (1 + 80e-6))) / (1 + 80e-6), np.arange(len(samples)), samples
    )
    run = fit_run(find_onsets(stretched))
    assert run is not None
    assert run.rate_ppm == pytest.approx(80, abs=1)
    assert run.first_mark_s == pytest.approx(10.25 * (1 + 80e-6), abs=1e-4)
    assert run.rms_ms < 0.01
    assert run.pips == 36


def test_pips_of_incomplete_marks_do_not_count():
    found = [onset(MARK, 10.0), onset(PRE_PIP, 9.0), onset(MARK, 20.5, complete=False)]
    run = fit_run(found)
    assert run is not None
    assert (run.pips, run.first_mark_s, run.rms_ms) == (2, pytest.approx(10.0), pytest.approx(0.0, abs=1e-9))


def test_one_pip_gives_no_rate():
    run = fit_run([onset(MARK, 3.0)])
    assert run is not None
    assert (run.rate_ppm, run.first_mark_s, run.pips) == (0.0, 3.0, 1)


def test_without_a_complete_mark_there_is_no_run():
    assert fit_run([]) is None
    assert fit_run([onset(PRE_PIP, 3.0)]) is None
    assert fit_run([onset(MARK, 3.0, complete=False)]) is None
