"""Tones, voices and silence, by the processor that plays clips: what it tells, when, and what it never tells."""

import numpy as np
import pytest
from numpy.typing import NDArray
from support import listener
from support.call_progress import SIX, sent, tone_of
from support.speakers import phrases, spoken
from support.worn_line import LAWS, rms, through

from audio.clip import Clip
from audio.g711 import Law
from audio.hearing.countries import country_tones
from audio.hearing.heard import Heard, HeardKind
from audio.levels import RATE_HZ, Samples, to_pcm
from audio.processor import Happened
from audio.spandsp.drive import Driven
from audio.spandsp.speech import Speech

pytestmark = pytest.mark.native

K = HeardKind
UNREACHED = {K.BUSY, K.CONGESTION}
FRAME = 160


def quiet(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE_HZ))


def on_the_line(*parts: Samples, law: Law = "ulaw", dbm0: float = -16):
    """Sounds of unit power one after the other, at a level, with the noise of a quiet line."""
    samples = np.concatenate(parts) * rms(dbm0)
    random = np.random.default_rng(len(samples))
    return through(law, to_pcm(samples + random.standard_normal(len(samples)) * rms(-65)))


def heard_in(pcm: NDArray[np.int16], *, while_playing: Clip | None = None) -> list[Heard]:
    """All that is heard, but for the beginnings of tones, which come before their names."""
    return [each for each in listener.heard_in(pcm, while_playing=while_playing) if each.kind is not K.BURST]


def kinds(heard: list[Heard]) -> list[HeardKind]:
    return [each.kind for each in heard]


def hello(seconds: float = 0.8) -> Samples:
    """Somebody speaks for about so long."""
    return min(phrases(), key=lambda phrase: abs(len(phrase) - seconds * RATE_HZ))


def monologue(seconds: float) -> Samples:
    """An announcement: sentences of one to three seconds, one close upon the other."""
    sentences = [phrase for phrase in phrases() if RATE_HZ <= len(phrase) <= 3 * RATE_HZ]
    return np.concatenate(sentences)[: round(seconds * RATE_HZ)]


# -- tones --


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("name", ["ringback", "busy", "congestion", "sit"])
@pytest.mark.parametrize("country", SIX)
def test_a_tone_is_called_by_its_name_and_nothing_else(country: str, name: str, law: Law):
    """Busy and congestion may be exchanged: in some countries they are one sound."""
    tone = tone_of(country, name)
    heard = heard_in(on_the_line(sent(tone, 10), law=law))
    tones = [kind for kind in kinds(heard) if kind is not K.SILENCE]  # a SIT may be sent once
    if (country, name) == ("au", "sit"):  # 2.5 s of 425 Hz: Australia's "number unobtainable" is no SIT
        assert set(tones) <= {K.SIT, K.TONE}
    else:
        allowed = UNREACHED if tone.kind in UNREACHED else {tone.kind}
        assert len(tones) == 1
        assert tones[0] in allowed


def test_every_ring_back_in_the_world_is_one():
    """All 41 countries, within two cycles."""
    for tone in country_tones():
        if tone.kind is K.RINGBACK and tone.country != "us-old":
            (heard,) = heard_in(on_the_line(sent(tone, 12)))
            assert heard.kind is K.RINGBACK, tone.country
            assert heard.at_samples < 2 * tone.cycle_ms * 8, tone.country


def test_a_ring_back_is_told_as_soon_as_its_pause_is_one_that_no_busy_has():
    """jp: one second of tone, 1.7 s of pause, and what a spectrum needs."""
    (heard,) = heard_in(on_the_line(sent(tone_of("jp", "ringback"), 12)))
    assert 2.7 * RATE_HZ < heard.at_samples < 2.9 * RATE_HZ


def test_a_tone_is_told_of_before_its_name():
    """By 0.4 s of its first bursts; not by a shorter one, nor again once it has a name."""
    for country in SIX:
        *bursts, name = listener.heard_in(on_the_line(quiet(1), sent(tone_of(country, "ringback"), 14)))
        assert name.kind is K.RINGBACK
        assert kinds(bursts) == [K.BURST] * (2 if country in {"uk", "au"} else 1)  # these ring twice
        assert 1.38 * RATE_HZ < bursts[0].at_samples < 1.48 * RATE_HZ
    told = listener.heard_in(on_the_line(sent(tone_of("de", "congestion"), 4)))  # 0.24 s
    assert kinds(told) == [K.CONGESTION]


def test_an_answer_tone_is_a_tone_after_a_second():
    """Of a fax or a modem, with its phase reversals or without (ITU-T V.25, V.8)."""
    time_s = np.arange(3 * RATE_HZ) / RATE_HZ
    turned = np.pi * np.floor(time_s / 0.45)
    for hz, phase in ((2100, 0 * time_s), (2100, turned), (2225, 0 * time_s)):
        for swing in (0, 0.2 * np.sin(2 * np.pi * 15 * time_s)):
            tone = np.sqrt(2) * np.sin(2 * np.pi * hz * time_s + phase) * (1 + swing)
            (heard,) = heard_in(on_the_line(quiet(0.5), tone))
            assert heard.kind is K.TONE
            assert heard.at_samples < 2 * RATE_HZ


@pytest.mark.parametrize("country", SIX)
@pytest.mark.parametrize("name", ["busy", "congestion"])
def test_ring_back_that_becomes_busy_is_told_anew(country: str, name: str):
    ringing, engaged = (sent(tone_of(country, each), 8) for each in ("ringback", name))
    heard = kinds(heard_in(on_the_line(ringing, engaged)))
    assert heard[0] is K.RINGBACK
    assert len(heard) == 2
    assert heard[1] in UNREACHED


def test_a_tone_that_lasts_is_a_tone():
    """A dial tone, a fax, the British "number unobtainable": 2.7 s of it."""
    for hz in (400, 1100, 2100 - 150):
        steady = np.sqrt(2) * np.sin(2 * np.pi * hz * np.arange(8 * RATE_HZ) / RATE_HZ)
        (heard,) = heard_in(on_the_line(quiet(0.5), steady))
        assert heard.kind is K.TONE
        assert 3.1 * RATE_HZ < heard.at_samples < 3.5 * RATE_HZ


@pytest.mark.parametrize("dbm0", [-5, -40])
def test_levels_from_loud_to_faint(dbm0: float):
    (heard,) = heard_in(on_the_line(sent(tone_of("jp", "busy"), 6), dbm0=dbm0))
    assert heard.kind is K.BUSY


# -- voices --


def test_a_greeting_is_a_voice_a_turn_and_a_person():
    """In this order; a person only when no ring-back can be meant any more, which is after 3 s of silence."""
    heard = heard_in(on_the_line(quiet(0.5), hello(), quiet(7)))
    assert kinds(heard) == [K.VOICE, K.TURN, K.SILENCE, K.PERSON]
    voice, _, _, person = heard
    assert voice.at_samples < 1.2 * RATE_HZ
    assert person.at_samples > 5.6 * RATE_HZ


def test_a_greeting_after_ring_back_is_a_person_sooner():
    ringing = sent(tone_of("us", "ringback"), 8)  # two of two seconds, and most of a pause
    heard = heard_in(on_the_line(ringing, hello(), quiet(7)))
    assert kinds(heard)[:4] == [K.RINGBACK, K.VOICE, K.TURN, K.PERSON]


def test_an_announcement_is_a_machine_and_no_person():
    heard = kinds(heard_in(on_the_line(quiet(0.5), monologue(8), quiet(7))))
    assert heard[:2] == [K.VOICE, K.MACHINE]
    assert K.PERSON not in heard


def test_a_greeting_with_a_beep_is_a_machine():
    beep = np.sqrt(2) * np.sin(2 * np.pi * 1000 * np.arange(0.4 * RATE_HZ) / RATE_HZ)
    heard = kinds(heard_in(on_the_line(quiet(0.5), hello(1), quiet(0.5), beep, quiet(7))))
    assert K.MACHINE in heard
    assert K.PERSON not in heard


def test_an_announcement_after_a_sit_is_not_told_of():
    """SIT is enough."""
    heard = kinds(heard_in(on_the_line(sent(tone_of("de", "sit"), 1.6), monologue(6))))
    assert heard == [K.SIT]


@pytest.mark.parametrize("pace", [0.8, 1.25])
def test_high_and_low_voices(pace: float):
    heard = kinds(heard_in(on_the_line(quiet(0.5), spoken(hello(), pace), quiet(2))))
    assert heard[0] is K.VOICE


# -- nothing --


def test_silence_is_told_once():
    (heard,) = heard_in(np.zeros(10 * RATE_HZ, np.int16))
    assert heard == Heard(K.SILENCE, heard.at_samples)
    assert 3 * RATE_HZ <= heard.at_samples < 3.3 * RATE_HZ


def test_noise_in_steps_is_no_voice():
    random = np.random.default_rng(1)
    for dbm0 in (-55, -40, -30):
        steps = np.repeat(10 ** (random.uniform(-4, 4, 5) / 20), 2 * RATE_HZ)
        heard = kinds(heard_in(on_the_line(random.standard_normal(len(steps)) * steps, dbm0=dbm0)))
        assert set(heard) <= {K.SILENCE}


def test_what_comes_back_of_our_own_speech_is_no_voice():
    """15 dB lower, 80 ms late; it is one for who does not say what it plays."""
    said = Clip.from_pcm("said", to_pcm(monologue(5) * rms(-16)))
    echo = np.concatenate([np.zeros(640), said.pcm * 10 ** (-15 / 20), np.zeros(RATE_HZ)])
    pcm = through("ulaw", echo.astype(np.int16))
    assert not {K.VOICE, K.MACHINE} & set(kinds(heard_in(pcm, while_playing=said)))
    assert K.VOICE in kinds(heard_in(pcm))


@pytest.mark.parametrize("echo_db", [18, 30])
def test_a_faint_voice_over_our_words_is_told_from_their_echo(echo_db: float):
    """It is no louder than what comes back of us at our loudest; what comes back alone is none."""
    said = Clip.from_pcm("said", to_pcm(monologue(12) * rms(-16)))
    echo = np.concatenate([np.zeros(640), said.pcm])[: 12 * RATE_HZ] * 10 ** (-echo_db / 20)
    voice = np.zeros(len(echo))
    word = hello(1.5)
    voice[6 * RATE_HZ :][: len(word)] = word * rms(-29) * 32768
    alone, both = (
        heard_in(through("ulaw", sound.astype(np.int16)), while_playing=said)
        for sound in (echo, echo + voice)
    )
    assert K.OVER not in kinds(alone)
    over_s = [each.at_samples / RATE_HZ for each in both if each.kind is K.OVER]
    assert over_s
    assert 6 < over_s[0] < 7
    assert over_s[-1] < 8


def test_a_tone_is_heard_while_we_speak():
    said = Clip.from_pcm("said", to_pcm(monologue(6) * rms(-16)))
    heard = kinds(heard_in(on_the_line(sent(tone_of("jp", "busy"), 6)), while_playing=said))
    assert heard == [K.BUSY]


# -- the processor --


@pytest.mark.parametrize("frame", [1, 80, 159, 480, 960, 12000])
def test_whatever_the_packets_the_same_is_heard(frame: int):
    pcm = on_the_line(sent(tone_of("us", "ringback"), 5), hello(), quiet(4))
    speech = Speech()
    speech.listen()
    with Driven(speech) as line:
        for start in range(0, len(pcm), frame):
            line.rx(pcm[start : start + frame])
    assert speech.heard() == listener.heard_in(pcm)
    speech.close()


def test_the_flag_is_raised_once_for_what_is_new():
    speech = Speech()
    speech.listen()
    with Driven(speech) as line:
        raised = []
        for _ in range(8 * 50):
            line.rx(np.zeros(FRAME, np.int16))
            raised.append(line.poll())
    assert raised.count(Happened.HEARD) == 1
    assert set(raised) == {Happened(0), Happened.HEARD}
    speech.close()


def test_who_does_not_listen_hears_nothing():
    speech = Speech()
    with Driven(speech) as line:
        line.rx(np.zeros(5 * RATE_HZ, np.int16))
        assert line.poll() == Happened(0)
        assert speech.heard() == []
        speech.listen()
        line.rx(np.zeros(5 * RATE_HZ, np.int16))
        assert line.poll() == Happened.HEARD
        speech.stop_listening()
        assert speech.heard() == []
    speech.close()


def test_to_listen_again_begins_anew():
    """What came before is forgotten, and samples count from there."""
    busy = on_the_line(sent(tone_of("jp", "busy"), 3))
    speech = Speech()
    with Driven(speech) as line:
        told = []
        for _ in range(2):
            speech.listen()
            line.rx(busy)
            told.append(speech.heard())
    assert told[0] == told[1]
    assert kinds(told[0])[-1] is K.BUSY
    speech.close()


def test_the_newest_are_lost_and_counted_when_nobody_reads():
    """Ring-back and busy in turn, 40 times: 32 sounds are kept."""
    both = on_the_line(sent(tone_of("jp", "ringback"), 4), sent(tone_of("jp", "busy"), 3), quiet(6))
    speech = Speech()
    speech.listen()
    with Driven(speech) as line:
        for _ in range(20):
            line.rx(both)
    assert len(speech.heard()) == 32
    assert speech.heard_lost > 0
    assert speech.heard() == []
    speech.close()
