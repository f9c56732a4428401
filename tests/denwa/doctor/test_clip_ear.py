"""Hearing whether, and how often, the echo names a key."""

import numpy as np
import pytest

from audio.g711 import decode, encode
from audio.levels import Samples, from_pcm, to_pcm
from audio.prompts import LANGUAGES, load
from audio.tones import silence, tone
from denwa.doctor.clip_ear import count_clip, named_key
from denwa.language import Language

pytestmark = pytest.mark.unit


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    said: Language = request.param
    return said


def heard(*parts: Samples, gain: float = 1.0, law: str = "alaw") -> Samples:
    """What comes back by way of an exchange."""
    whole = np.concatenate(parts) * gain
    return from_pcm(decode(encode(to_pcm(whole), law), law))  # type: ignore[arg-type]


@pytest.mark.parametrize("times", [0, 1, 2, 3])
@pytest.mark.parametrize("pause_s", [0.2, 0.9])
def test_it_is_counted(language: Language, times: int, pause_s: float):
    said = [part for _ in range(times) for part in (named_key(language, "5"), silence(pause_s))]
    assert count_clip(heard(tone(1020, 0.3, -16), silence(0.3), *said), named_key(language, "5")) == times


@pytest.mark.parametrize("gain", [0.1, 0.5, 1.0])
@pytest.mark.parametrize("law", ["ulaw", "alaw"])
def test_level_and_law_do_not_matter(language: Language, gain: float, law: str):
    named = named_key(language, "5")
    assert count_clip(heard(silence(0.5), named, silence(0.5), gain=gain, law=law), named) == 1


def test_a_lost_packet_does_not_matter(language: Language):
    named = named_key(language, "5")
    broken = named.copy()
    broken[3000:3160] = 0
    assert count_clip(heard(silence(0.2), broken, silence(0.2)), named) == 1


@pytest.mark.parametrize("at", range(400, 9600, 1300))
@pytest.mark.parametrize("gap", [20, 160])
def test_a_gap_in_the_middle_does_not_matter_and_is_no_second_time(language: Language, at: int, gap: int):
    named = named_key(language, "5")
    late = np.concatenate([silence(0.2), named[:at], np.zeros(gap), named[at:], silence(0.2)])
    assert count_clip(heard(late), named) == 1


def test_no_other_prompt_is_taken_for_it(language: Language):
    others = [from_pcm(clip.pcm) for name, clip in load(language).items() if name != "you_pressed"]
    spaced = [part for other in others for part in (other, silence(0.15))]
    assert count_clip(heard(*spaced), named_key(language, "5")) == 0


@pytest.mark.parametrize("sound", [silence(3), tone(1020, 3, -10), silence(0.01), silence(0)])
def test_what_is_no_speech_is_nothing(language: Language, sound: Samples):
    assert count_clip(sound, named_key(language, "5")) == 0


def test_noise_is_nothing(language: Language):
    noise = np.random.default_rng(3).normal(0, 0.1, 40_000)
    assert count_clip(noise, named_key(language, "5")) == 0
