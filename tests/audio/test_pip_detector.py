"""The detector of pips as a measuring instrument: its error under everything a telephone path does.

The pips come from the same generator as the service's, as they must; what is done to them is independent of it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import signal as dsp

from audio import g711
from audio.levels import RATE_HZ, amplitude, from_pcm, to_pcm
from audio.pip_detector import Onset, find_onsets
from audio.pip_timing import error_ms
from audio.pips import MARK, PRE_PIP, SCHEME, signal

pytestmark = pytest.mark.unit

DURATION_S = 32.0
RECORDINGS = 4


def quantised(law):
    return lambda samples, _rng: from_pcm(g711.decode(g711.encode(to_pcm(samples), law), law))


def quieter(db):
    return lambda samples, rng: quantised("ulaw")(samples * 10 ** (-db / 20), rng)


def transcoded(samples, rng):
    for law in ("ulaw", "alaw", "ulaw"):
        samples = quantised(law)(samples, rng)
    return samples


def filtered(samples, rng):
    """A linear-phase band filter, its delay taken away."""
    taps = dsp.firwin(201, [300, 3400], pass_zero=False, fs=RATE_HZ)
    return quantised("ulaw")(dsp.fftconvolve(samples, taps)[100 : 100 + len(samples)], rng)


def noisy(snr_db):
    """White noise from 0 to 4 kHz, so far below the mark's tone."""

    def add(samples, rng):
        noise = amplitude(MARK.level_dbm0 - snr_db) / np.sqrt(2) * rng.standard_normal(len(samples))
        return quantised("ulaw")(samples + noise, rng)

    return add


def babble(count, rng):
    """Speech-like: harmonics of a wandering pitch in bursts, at -16 dBm0."""
    time_s = np.arange(count) / RATE_HZ
    pitch_hz = (
        130
        + 40 * np.sin(2 * np.pi * 0.7 * time_s + rng.uniform(0, 6))
        + 15 * np.sin(2 * np.pi * 2.3 * time_s)
    )
    phase = 2 * np.pi * np.cumsum(pitch_hz) / RATE_HZ
    voice = sum(np.sin(k * phase + rng.uniform(0, 6)) / k**1.2 for k in range(1, 24))
    slow = dsp.sosfiltfilt(dsp.butter(2, 5, fs=RATE_HZ, output="sos"), rng.standard_normal(count))
    voice = voice * np.clip(slow * 8, 0, 1)
    return voice / np.sqrt(np.mean(voice**2)) * amplitude(-16) / np.sqrt(2)


@dataclass(frozen=True)
class Path:
    """What happens to the sound on its way, and the error that is allowed then."""

    change: Callable
    worst_ms: float


PATHS = {
    "linear": Path(lambda samples, _rng: samples, 0.001),
    "mu-law": Path(quantised("ulaw"), 0.005),
    "A-law": Path(quantised("alaw"), 0.005),
    "mu-law to A-law and back": Path(transcoded, 0.005),
    "20 dB quieter": Path(quieter(20), 0.01),
    "36 dB quieter": Path(quieter(36), 0.02),
    "band filter": Path(filtered, 0.02),
    "inverted": Path(lambda samples, rng: quantised("ulaw")(-samples, rng), 0.005),
    "noise 30 dB down": Path(noisy(30), 0.01),
    "noise 20 dB down": Path(noisy(20), 0.02),
    "noise 10 dB down": Path(noisy(10), 0.05),
}


def due(mark_s, first_s=0.1, last_s=DURATION_S - 0.2):
    """(pip, time) of all pips well inside the recording."""
    times = [
        (pip, mark_s + 10 * k + offset) for k in range(-1, 4) for pip in SCHEME for offset in pip.offsets_s
    ]
    return [(pip, time_s) for pip, time_s in times if first_s < time_s < last_s]


def match(found: list[Onset], wanted):
    """Errors in ms of all wanted pips; fails where one is missing or one too many."""
    inside = [onset for onset in found if 0.1 < onset.time_s < DURATION_S - 0.2]
    errors = []
    for pip, time_s in wanted:
        near = [onset for onset in inside if onset.pip == pip and abs(onset.time_s - time_s) < 0.05]
        assert len(near) == 1, f"{pip.name} at {time_s:.3f} s: {len(near)} found"
        errors.append(1000 * (near[0].time_s - time_s))
    assert len(inside) == len(wanted)
    return errors


def marks(mark_s):
    return [mark_s + 10 * k for k in range(-2, 4)]


@pytest.mark.parametrize("name", PATHS)
def test_every_pip_is_found_to_a_fraction_of_a_sample(name):
    """No pip missed, none invented, at onsets between samples; the worst error stays within the path's limit."""
    rng = np.random.default_rng(117)
    path = PATHS[name]
    for _ in range(RECORDINGS):
        mark_s = 10 + rng.uniform(0, 1)
        found = find_onsets(path.change(signal(DURATION_S, marks(mark_s)), rng))
        errors = match(found, due(mark_s))
        assert max(map(abs, errors)) < path.worst_ms


def test_speech_between_the_pips_hides_none():
    """An announcement from 8.7 to 3.3 s before the mark, as loud as the real one."""
    rng = np.random.default_rng(118)
    mark_s = 10.37
    samples = signal(DURATION_S, marks(mark_s))
    since_mark_s = (np.arange(len(samples)) / RATE_HZ - mark_s) % 10
    speech = babble(len(samples), rng) * ((since_mark_s > 1.3) & (since_mark_s < 6.7))
    found = [onset for onset in find_onsets(quantised("ulaw")(samples + speech, rng)) if onset.complete]
    for pip, time_s in due(mark_s, first_s=7.0):
        assert min(abs(onset.time_s - time_s) for onset in found if onset.pip == pip) < 1e-5


def test_lost_packets_are_outliers_and_not_a_bias():
    """2 % of the packets repeat the one before: 90 % of the pips are within 1 ms, the median within 0.01 ms."""
    rng = np.random.default_rng(119)
    errors = []
    for _ in range(3):
        mark_s = 10 + rng.uniform(0, 1)
        samples = quantised("ulaw")(signal(DURATION_S, marks(mark_s)), rng)
        for start in range(160, len(samples) - 160, 160):
            if rng.random() < 0.02:
                samples[start : start + 160] = 0.7 * samples[start - 160 : start]
        errors += [error_ms(onset, -mark_s) for onset in find_onsets(samples) if onset.complete]
    assert len(errors) > 20
    assert np.mean(np.abs(errors) < 1) > 0.9
    assert abs(np.median(errors)) < 0.01


def test_an_onset_tells_level_polarity_and_completeness():
    samples = -0.5 * signal(25.0, [4.0, 14.0, 24.5])
    samples[: round(2.5 * RATE_HZ)] = 0  # the first mark loses two pre-pips
    found = find_onsets(samples)
    assert all(onset.inverted for onset in found)
    levels = {onset.pip.name: onset.level_dbm0 for onset in found}
    assert levels == {"pre": pytest.approx(-19.02, abs=0.01), "mark": pytest.approx(-16.02, abs=0.01)}
    completeness = [(onset.pip.name, round(onset.time_s, 3), onset.complete) for onset in found]
    assert completeness == [
        ("pre", 3.0, False),
        ("mark", 4.0, False),
        ("pre", 11.0, True),
        ("pre", 12.0, True),
        ("pre", 13.0, True),
        ("mark", 14.0, True),
        ("pre", 21.5, True),
        ("pre", 22.5, True),
        ("pre", 23.5, True),
        ("mark", 24.5, True),
    ]


def test_other_sampling_rates_are_as_exact():
    mark_s = 10.25003
    samples = dsp.resample_poly(signal(DURATION_S, marks(mark_s)), 6, 1)
    assert max(map(abs, match(find_onsets(samples, 48000), due(mark_s)))) < 0.005


def test_an_analogue_gateways_filter_is_seen_as_its_group_delay():
    """With the envelope alone, the error is the delay of a 300 to 3400 Hz Butterworth filter at the tone."""
    sections = dsp.butter(2, [300, 3400], "bandpass", fs=RATE_HZ, output="sos")
    heard = dsp.sosfilt(sections, signal(DURATION_S, marks(10.3)))
    found = find_onsets(quantised("ulaw")(heard, None), path="envelope")
    for pip in SCHEME:
        _, delay = dsp.group_delay(dsp.sos2tf(sections), w=[pip.frequency_hz], fs=RATE_HZ)
        errors = [error_ms(onset, -10.3) for onset in found if onset.pip == pip]
        assert np.median(errors) == pytest.approx(1000 * delay[0] / RATE_HZ, abs=0.1)


def seconds(count):
    return np.arange(count * RATE_HZ) / RATE_HZ


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(0),
        np.zeros(100),
        np.zeros(40 * RATE_HZ),
        0.1 * np.random.default_rng(1).standard_normal(40 * RATE_HZ),
        0.1 * np.sin(2 * np.pi * 400 * seconds(40)),
        0.3 * np.sin(2 * np.pi * 440 * seconds(40)),
        0.3 * np.sin(2 * np.pi * 880 * seconds(40)),
    ],
    ids=["empty", "short", "silence", "noise", "400 Hz", "440 Hz", "880 Hz"],
)
def test_nothing_is_found_where_nothing_is(samples):
    assert find_onsets(samples) == []


def test_speech_alone_is_no_mark():
    rng = np.random.default_rng(2)
    assert not any(onset.complete for onset in find_onsets(quantised("ulaw")(babble(40 * RATE_HZ, rng), rng)))


def test_a_pip_in_the_first_or_last_instants_is_left_out():
    """Without its silence before it, or all of its beginning, a pip is not measured."""
    assert find_onsets(PRE_PIP.samples()) == []
    assert find_onsets(np.concatenate([np.zeros(800), MARK.samples()[:400]])) == []


@pytest.mark.parametrize(
    "change",
    [lambda samples, _rng: samples, quantised("ulaw"), noisy(20)],
    ids=["as sent", "quantised", "noisy"],
)
def test_a_recording_that_ends_in_a_pip_puts_it_at_no_wrong_place(change):
    """Its best fit is cycles of the carrier too early where the template must end before the recording does."""
    heard = change(signal(3, [2.0]), np.random.default_rng(3))
    found = [
        onset.time_s
        for end in range(round(2.05 * RATE_HZ), round(2.15 * RATE_HZ), 3)
        for onset in find_onsets(heard[:end])
        if onset.pip == MARK
    ]
    assert len(found) > 100
    assert found == pytest.approx([2.0] * len(found), abs=2e-4)
