"""In-band digits: what is heard, at which levels and twists, and what is not taken for a digit."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio import g711
from audio.levels import amplitude, from_pcm, to_pcm
from audio.processor import Happened
from audio.prompts import LANGUAGES, load
from audio.spandsp.drive import Driven
from audio.spandsp.speech import Speech
from audio.tones import DTMF_KEYS, dtmf, tone

pytestmark = pytest.mark.native

FRAME = 160


def heard(samples, law="ulaw", frame=FRAME):
    """The digits that a speech processor finds in what a G.711 line lets through."""
    pcm = g711.decode(g711.encode(to_pcm(samples), law), law)
    speech = Speech()
    digits = ""
    with Driven(speech) as line:
        for start in range(0, len(pcm), frame):
            line.rx(pcm[start : start + frame])
            digits += speech.digits()
    speech.close()
    return digits


@pytest.mark.parametrize("law", ["ulaw", "alaw"])
def test_all_sixteen_digits(law):
    assert heard(dtmf(DTMF_KEYS), law) == DTMF_KEYS


PHASES = range(0, 400, 37)


@pytest.mark.parametrize("dbm0", [-10, -14, -27])
@pytest.mark.parametrize("twist_db", range(-6, 7))
def test_every_digit_at_every_twist_up_to_six(twist_db, dbm0):
    """Positive: the high tone is the louder. At the library's own limits +6 dB is deaf."""
    for lead in PHASES:
        digits = np.concatenate([np.zeros(lead), dtmf(DTMF_KEYS, twist_db=twist_db, dbm0=dbm0)])
        assert heard(digits) == DTMF_KEYS


@pytest.mark.parametrize("twist_db", [-8, -7])
def test_a_high_tone_eight_db_weaker_is_a_digit_too(twist_db):
    """98 of 100 digits, and never a wrong one: spandsp misses a 0 now and then when its low tone is so much louder."""
    found = 0
    for lead, digit in itertools.product(PHASES, DTMF_KEYS):
        got = heard(np.concatenate([np.zeros(lead), dtmf(digit, twist_db=twist_db)]))
        assert got in ("", digit)
        found += got == digit
    assert found >= 0.98 * len(PHASES) * len(DTMF_KEYS)


@pytest.mark.parametrize("dbm0", [-3, -10, -20, -30, -35])
def test_every_level_of_a_line(dbm0):
    assert heard(dtmf(DTMF_KEYS, dbm0=dbm0)) == DTMF_KEYS


@pytest.mark.parametrize("twist_db", [-14, 11])
def test_a_wild_twist_is_no_digit(twist_db):
    assert heard(dtmf(DTMF_KEYS, twist_db=twist_db, dbm0=-16)) == ""


def test_short_digits_with_short_pauses():
    """Q.24: 40 ms and more must be recognised; exchanges send 50/50 ms when they dial for one."""
    assert heard(dtmf(DTMF_KEYS, on_s=0.05, off_s=0.05)) == DTMF_KEYS


def test_a_long_digit_is_one():
    assert heard(dtmf("5", on_s=3.0)) == "5"


def test_the_same_digit_twice_is_two():
    assert heard(dtmf("5500")) == "5500"


@given(st.text(DTMF_KEYS, max_size=12), st.sampled_from([80, 160, 240, 480]), st.integers(0, 400))
def test_any_digits_in_any_packets_at_any_phase(digits, frame, lead):
    samples = np.concatenate([np.zeros(lead), dtmf(digits)])
    assert heard(samples, frame=frame) == digits


def test_digits_in_noise():
    """White noise 15 dB below the digits."""
    samples = dtmf(DTMF_KEYS, dbm0=-13)
    noise = amplitude(-28) / np.sqrt(2) * np.random.default_rng(24).standard_normal(len(samples))
    assert heard(samples + noise) == DTMF_KEYS


@pytest.mark.parametrize("frequency_hz", [350, 400, 440, 480, 620, 697, 880, 941, 1100, 1209, 1633, 2100])
def test_one_tone_is_no_digit(frequency_hz):
    assert heard(tone(frequency_hz, 2.0, -10)) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_speech_is_no_digit(language):
    """All our clips, at normal level, 8 dB louder and 10 dB quieter: nothing is taken for a digit."""
    speech = np.concatenate([from_pcm(clip.pcm) for clip in load(language).values()])
    for gain_db in (-10, 0, 8):
        assert heard(speech * 10 ** (gain_db / 20)) == ""


def test_digits_are_heard_while_a_clip_plays():
    """The two directions are apart."""
    speech = Speech()
    with Driven(speech) as line:
        speech.play(load("en")["echo_welcome"])
        for frame in np.split(to_pcm(dtmf("42")), 16):
            line.tx(FRAME)
            line.rx(frame)
        assert speech.digits() == "42"
        assert line.tx(FRAME).any()


def test_a_digit_raises_its_flag_once():
    speech = Speech()
    with Driven(speech) as line:
        happened = []
        for frame in np.split(to_pcm(dtmf("7")), 8):
            line.rx(frame)
            happened.append(line.poll())
        assert happened.count(Happened.DIGIT) == 1
        assert happened.count(Happened(0)) == 7


def test_the_newest_digits_beyond_sixty_four_are_lost():
    speech = Speech()
    with Driven(speech) as line:
        line.rx(to_pcm(dtmf("123A456B789C*0#D" * 5)))
        assert speech.digits() == "123A456B789C*0#D" * 4
        line.rx(to_pcm(dtmf("9")))
        assert speech.digits() == "9"


def test_digits_are_left_alone_when_not_asked_for():
    speech = Speech(detect_digits=False)
    with Driven(speech) as line:
        line.rx(to_pcm(dtmf("123")))
        assert speech.digits() == ""
        assert line.poll() == Happened(0)
