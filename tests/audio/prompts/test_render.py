"""Rendering: the checked-in clips come out again, and the command does what it says."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from support.reading import reader
from support.simulated_engines import IDENTITY, SimulatedEngine, SimulatedFailure

from audio import g711
from audio.levels import active_level_dbm0, from_pcm
from audio.prompts import LANGUAGES, PACK, load, manifest, render
from audio.speech.chain import to_telephone
from audio.speech.engine import EngineError
from audio.speech.hibari import Hibari
from audio.speech.open_jtalk import OpenJTalk

pytestmark = pytest.mark.unit

SAMPLE = {
    "ja": ["hour_00", "hour_16", "minute_10", "second_30", "exactly", "announce", "digit_8", "echo_welcome"],
    "en": ["at_the_long_tone", "minute_27", "pm", "precisely", "digit_7"],
}


@pytest.fixture(scope="module", autouse=True)
def _resampler():
    pytest.importorskip("soxr", reason="soxr belongs to the dependency group `prompts`")


def installed(engine):
    try:
        engine.identity()
    except EngineError as error:
        pytest.skip(str(error))
    return engine


def same_versions(pack, engine):
    """Whether the very same programs would speak as did then."""
    return (pack.version, pack.tools) == (engine.identity().version, render.tools())


def alike(ours, theirs):
    """Same speech by another version: as loud, and within a fifth as long."""
    levels = [active_level_dbm0(from_pcm(g711.decode(octets, "ulaw"))) for octets in (ours, theirs)]
    return abs(levels[0] - levels[1]) < 0.2 and 0.8 < len(ours) / len(theirs) < 1.25


def spectra(octets):
    """Magnitudes of overlapping windows of 32 ms, one a row."""
    pcm = g711.decode(octets, "ulaw").astype(float)
    windows = np.lib.stride_tricks.sliding_window_view(pcm, 256)[::128]
    return np.abs(np.fft.rfft(windows * np.hanning(256)))


def distance_db(ours, theirs):
    """Power of the difference of the two spectra below that of the clip; another text's is above 0 dB."""
    one, other = spectra(ours), spectra(theirs)
    return 10 * np.log10(np.sum((one - other) ** 2) / np.sum(other**2) + 1e-12)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_japanese_clips_come_out_again():
    """Octet for octet with the manifest's versions; with others by reading, level and length."""
    engine, pack, clips = installed(OpenJTalk()), manifest.read(PACK / "ja"), load("ja")
    for name in SAMPLE["ja"]:
        octets = to_telephone(engine.synth(pack.clips[name].text))
        if same_versions(pack, engine):
            assert (name, hashlib.sha256(octets).hexdigest()) == (name, pack.clips[name].sha256)
        else:
            assert alike(octets, clips[name].ulaw), name
    readings = {
        name: reader()(pack.clips[name].text) for name in ("hour_00", "hour_16", "minute_10", "exactly")
    }
    assert list(readings.values()) == ["ゴゼンレイジ、", "ゴゴヨジ、", "ジュップン、", "チョードヲ、"]


def test_english_clips_come_out_again():
    """With the manifest's versions the same spectra, else alike.

    Its network computes otherwise on another kind of CPU, and there the waves have other phases.
    """
    engine, pack, clips = installed(Hibari()), manifest.read(PACK / "en"), load("en")
    for name in SAMPLE["en"]:
        octets = to_telephone(engine.synth(pack.clips[name].text))
        if same_versions(pack, engine):
            assert len(octets) == len(clips[name].ulaw)
            assert distance_db(octets, clips[name].ulaw) < -12, name
        else:
            assert alike(octets, clips[name].ulaw), name


@pytest.fixture
def few_texts(monkeypatch):
    texts = {language: {"hello": "hello", "bye": "goodbye"} for language in LANGUAGES}
    monkeypatch.setattr(render, "TEXTS", texts)
    return texts


def test_a_rendered_folder_is_a_pack(tmp_path, few_texts):
    """What is written can be loaded, and its manifest is true."""
    done = render.render("en", SimulatedEngine(), tmp_path / "cache", tmp_path / "pack")
    assert manifest.read(tmp_path / "pack" / "en") == done
    prompts = load("en", tmp_path / "pack")
    assert list(prompts) == ["hello", "bye"]
    for name, entry in done.clips.items():
        assert entry == manifest.Entry(
            few_texts["en"][name], len(prompts[name].ulaw), hashlib.sha256(prompts[name].ulaw).hexdigest()
        )


def test_a_clip_without_a_text_is_removed(tmp_path, few_texts):
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "stale.ul").write_bytes(b"old")
    render.render("en", SimulatedEngine(), tmp_path / "cache", tmp_path)
    assert {path.stem for path in (tmp_path / "en").glob("*.ul")} == set(few_texts["en"])


@pytest.mark.usefixtures("few_texts")
def test_what_was_spoken_is_not_spoken_again(tmp_path):
    engine = SimulatedEngine()
    for folder in ("one", "other"):
        render.render("en", engine, tmp_path / "cache", tmp_path / folder)
    assert engine.spoken == ["hello", "goodbye"]


@pytest.mark.usefixtures("few_texts")
class TestAFolderThatIsRenderedAnew:
    """With an empty cache, as on another machine."""

    @pytest.fixture
    def pack(self, tmp_path):
        render.render("en", SimulatedEngine(), tmp_path / "cache", tmp_path)
        return tmp_path

    def respoken(self, pack, version=IDENTITY.version):
        engine = SimulatedEngine(version=version)
        done = render.render("en", engine, pack / "empty cache", pack)
        assert set(load("en", pack)) == set(done.clips)
        return engine.spoken

    def test_it_stays_where_texts_and_programs_are_the_same(self, pack):
        assert self.respoken(pack) == []

    def test_only_new_and_changed_texts_are_spoken(self, pack, few_texts):
        few_texts["en"] |= {"bye": "so long", "again": "come again"}
        assert self.respoken(pack) == ["so long", "come again"]

    def test_all_is_spoken_by_another_version(self, pack):
        assert self.respoken(pack, version="2") == ["hello", "goodbye"]

    def test_all_is_spoken_by_other_tools(self, pack, monkeypatch):
        monkeypatch.setattr(render, "tools", lambda: "other tools")
        assert self.respoken(pack) == ["hello", "goodbye"]

    def test_what_is_damaged_or_lost_is_spoken(self, pack):
        (pack / "en" / "hello.ul").write_bytes(b"noise")
        (pack / "en" / "bye.ul").unlink()
        assert self.respoken(pack) == ["hello", "goodbye"]


@pytest.mark.usefixtures("few_texts")
def test_what_may_not_be_passed_on_stays_out_of_denwa(tmp_path, monkeypatch):
    """Into a folder of one's own it may be rendered."""
    private = SimulatedEngine(shareable=False)
    monkeypatch.setattr(render, "PACK", tmp_path / "denwa")
    with pytest.raises(EngineError, match="may not be passed on: give a folder of your own"):
        render.render("en", private, tmp_path / "cache", tmp_path / "denwa")
    assert not (tmp_path / "denwa").exists()
    render.render("en", private, tmp_path / "cache", tmp_path / "mine")
    assert len(load("en", tmp_path / "mine")) == 2


@pytest.mark.usefixtures("few_texts")
def test_the_command_renders_all_languages(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(render, "ENGINES", dict.fromkeys(LANGUAGES, SimulatedEngine))
    assert render.main(["--into", str(tmp_path), "--cache", str(tmp_path / "cache")]) == 0
    assert [len(load(language, tmp_path)) for language in LANGUAGES] == [2, 2]
    told = capsys.readouterr().err.splitlines()
    assert [line.split(",")[0] for line in told] == ["ja: 2 clips", "en: 2 clips"]


@pytest.mark.usefixtures("few_texts")
def test_the_command_says_why_it_cannot(tmp_path, monkeypatch, capsys):
    """And what was rendered before stays."""
    monkeypatch.setattr(render, "ENGINES", {"en": SimulatedEngine, "ja": SimulatedEngine})
    arguments = ["--language", "en", "--into", str(tmp_path), "--cache", str(tmp_path / "cache")]
    assert render.main(arguments) == 0
    capsys.readouterr()
    monkeypatch.setattr(render, "ENGINES", {"en": lambda: SimulatedFailure("no voice", installed=False)})
    assert render.main(arguments) == 1
    assert capsys.readouterr().err == "no voice\n"
    assert len(load("en", tmp_path)) == 2


def test_manifests_come_back_as_they_were_written(tmp_path):
    pack = manifest.read(PACK / "ja")
    changed = replace(pack, clips={"noon": pack.clips["noon"]})
    manifest.write(changed, tmp_path)
    assert manifest.read(tmp_path) == changed
