"""Google's voice, with its command simulated: a script that answers as `gtts-cli` does."""

import sys

import numpy as np
import pytest

from audio.speech import gtts
from audio.speech.cache import Speaker
from audio.speech.engine import EngineError
from audio.speech.gtts import PAUSE_S, Gtts

pytestmark = pytest.mark.unit

soundfile = pytest.importorskip("soundfile", reason="soundfile belongs to the dependency group `prompts`")


class Clock:
    """A monotonic clock that is set by hand."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock():
    return Clock()


def command(folder, body):
    """A simulated `gtts-cli`; its arguments and its stdin are kept beside it."""
    script = folder / "gtts-cli"
    script.write_text(
        f"#!{sys.executable}\nimport pathlib, sys, time\n"
        f"here = pathlib.Path({str(folder)!r})\n"
        "with open(here / 'asked', 'a') as asked: asked.write(repr((sys.argv[1:], sys.stdin.read())) + chr(10))\n"
        + body
    )
    script.chmod(0o755)
    return str(script)


def speaking(folder):
    """A command that gives half a second of a tone as MP3."""
    mp3 = folder / "answer.mp3"
    soundfile.write(mp3, 0.3 * np.sin(np.arange(12000) * 0.2), 24000, format="MP3")
    return command(folder, "sys.stdout.buffer.write((here / 'answer.mp3').read_bytes())\n")


def asked(folder):
    return (folder / "asked").read_text().splitlines()


def test_the_text_goes_through_stdin_and_comes_back_as_sound(tmp_path):
    sound = Gtts("ja", command=speaking(tmp_path)).synth("--help は、文です。")
    assert sound.rate_hz == 24000
    assert 0.4 < len(sound.samples) / sound.rate_hz < 0.7
    assert np.max(np.abs(sound.samples)) > 0.2
    assert asked(tmp_path) == [
        repr((["--lang", "ja", "--file", "-", "--output", "-"], "--help は、文です。")),
    ]


def test_a_failure_is_told_and_then_left_alone_for_five_minutes(tmp_path, clock):
    failing = command(tmp_path, "sys.exit('gtts.tts.gTTSError: no route to host')\n")
    engine = Gtts("en", command=failing, monotonic_s=clock)
    with pytest.raises(EngineError, match=r"gTTS failed: .*no route to host"):
        engine.synth("one")
    clock.now_s += PAUSE_S - 1
    with pytest.raises(EngineError, match="left alone for another 1 s"):
        engine.synth("two")
    assert len(asked(tmp_path)) == 1
    clock.now_s += 1
    with pytest.raises(EngineError, match="no route"):
        engine.synth("three")
    assert len(asked(tmp_path)) == 2


def test_it_speaks_again_after_the_pause(tmp_path, clock):
    engine = Gtts("en", command=str(tmp_path / "gtts-cli"), monotonic_s=clock)
    with pytest.raises(EngineError, match=r"gtts-cli is not installed: pipx install gTTS"):
        engine.synth("one")
    speaking(tmp_path)
    clock.now_s += PAUSE_S
    assert len(engine.synth("two").samples) > 0


def test_a_silent_server_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(gtts, "TIMEOUT_S", 0.2)
    with pytest.raises(EngineError, match="did not answer"):
        Gtts("en", command=command(tmp_path, "time.sleep(30)\n")).synth("one")


@pytest.mark.parametrize("answer", ["''", "'<html>sorry</html>'"])
def test_what_is_no_sound_is_refused(tmp_path, answer):
    with pytest.raises(EngineError, match="what is no sound"):
        Gtts("en", command=command(tmp_path, f"sys.stdout.write({answer})\n")).synth("one")


def test_a_failure_without_a_word_is_told(tmp_path):
    with pytest.raises(EngineError, match="it says nothing"):
        Gtts("en", command=command(tmp_path, "sys.exit(3)\n")).synth("one")


def test_what_it_said_is_cached(tmp_path):
    pytest.importorskip("soxr")
    engine = Gtts("en", command=speaking(tmp_path))
    speaker = Speaker([engine], tmp_path / "cache")
    assert speaker.say("hello") == speaker.say("hello")
    assert len(asked(tmp_path)) == 1


def test_its_sound_is_not_to_be_passed_on():
    assert not Gtts("en").identity().shareable
