"""The offline engines themselves, where they are installed, and what is said where they are not."""

import os
import subprocess
import sys

import numpy as np
import pytest
from support.reading import reader

from audio.levels import level_dbm0
from audio.speech.engine import EngineError, installed_version, load_module
from audio.speech.hibari import Hibari
from audio.speech.open_jtalk import VOICE, OpenJTalk

pytestmark = pytest.mark.unit

SPOKEN = [(OpenJTalk, "お知らせします。", 48000), (Hibari, "Welcome.", 24000)]


def installed(engine):
    try:
        engine.identity()
    except EngineError as error:
        pytest.skip(str(error))
    return engine


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(("kind", "text", "rate_hz"), SPOKEN)
def test_speaks_the_same_samples_each_time(kind, text, rate_hz):
    """Another instance gives the same: there is no state and no chance in it."""
    first, second = installed(kind()).synth(text), kind().synth(text)
    assert first.rate_hz == rate_hz
    assert 0.5 < len(first.samples) / rate_hz < 3
    assert level_dbm0(first.samples) > -30
    assert np.max(np.abs(first.samples)) <= 1.0
    assert np.array_equal(first.samples, second.samples)


@pytest.mark.parametrize("kind", [OpenJTalk, Hibari])
def test_names_version_voice_and_licence(kind):
    identity = installed(kind()).identity()
    assert all((identity.engine, identity.voice, identity.licence, identity.shareable))
    assert any(character.isdigit() for character in identity.version)


@pytest.mark.parametrize("kind", [OpenJTalk, Hibari])
def test_speaks_without_telling_anybody(kind, tmp_path):
    """The telemetry of onnxruntime is off: with a home of its own, an engine leaves no device id, no database, no file."""
    installed(kind())
    code = f"from {kind.__module__} import {kind.__name__}; {kind.__name__}().synth('Hello.')"
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run([sys.executable, "-c", code], env={**os.environ, **home}, check=True)
    assert list(tmp_path.rglob("*")) == []


def test_the_voice_lies_beside_with_its_licence():
    assert VOICE.stat().st_size == 1169264
    licence = VOICE.with_name("COPYING.nitech").read_text()
    assert "Creative Commons Attribution 3.0" in licence
    assert "Nagoya Institute of Technology" in licence


@pytest.mark.parametrize(
    ("text", "kana"),
    [
        ("午前れい時", "ゴゼンレイジ"),
        ("午後4時", "ゴゴヨジ"),
        ("午前7時", "ゴゼンシチジ"),
        ("午後9時", "ゴゴクジ"),
        ("正午", "ショーゴ"),
        ("10分", "ジュップン"),
        ("ちょうど", "チョード"),
    ],
)
def test_reads_the_clocks_words(text, kana):
    assert reader()(text) == kana


def test_a_missing_engine_names_its_package():
    with pytest.raises(EngineError, match="no-such-voice is not installed; `make prompts` installs it"):
        installed_version("no-such-voice")
    with pytest.raises(EngineError, match="pip install no-such-voice"):
        load_module("no_such_voice", "no-such-voice")
