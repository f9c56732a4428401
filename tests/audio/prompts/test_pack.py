"""The clips as they are checked in: whole, named, at level, and said to be what they are."""

import hashlib
import shutil

import numpy as np
import pytest
from support.reading import reader

from audio.levels import active_level_dbm0, from_pcm
from audio.prompts import LANGUAGES, PACK, PromptMissing, load, manifest
from audio.prompts.render import TEXTS
from audio.speech.chain import CHAIN, LEAD_S

pytestmark = pytest.mark.unit

EACH_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
DIGITS = [f"digit_{digit}" for digit in "0123456789abcd"] + ["star", "pound"]
SPOKEN_BY_BOTH = [*DIGITS, "echo_welcome", "your_number_is", "anonymous_number", "you_pressed", "time_limit"]


@EACH_LANGUAGE
def test_every_clip_has_its_sum_and_length(language):
    """Neither a file nor the manifest was changed without the other."""
    for name, entry in manifest.read(PACK / language).clips.items():
        octets = (PACK / language / f"{name}.ul").read_bytes()
        assert (name, hashlib.sha256(octets).hexdigest()) == (name, entry.sha256)
        assert len(octets) == entry.samples


@EACH_LANGUAGE
def test_no_file_is_left_over_and_none_is_missing(language):
    files = {path.stem for path in (PACK / language).glob("*.ul")}
    assert files == set(manifest.read(PACK / language).clips)


@EACH_LANGUAGE
def test_the_clips_say_what_the_tables_say(language):
    """Whoever edits a text must render it."""
    said = {name: entry.text for name, entry in manifest.read(PACK / language).clips.items()}
    assert said == dict(TEXTS[language])


@EACH_LANGUAGE
def test_the_manifest_names_engine_voice_and_licence(language):
    pack = manifest.read(PACK / language)
    assert (pack.language, pack.chain) == (language, CHAIN)
    assert all((pack.engine, pack.version, pack.voice, pack.licence, pack.tools))


@EACH_LANGUAGE
def test_the_clips_of_both_languages_are_there(language):
    assert set(SPOKEN_BY_BOTH) <= set(load(language))


@EACH_LANGUAGE
def test_all_clips_are_equally_loud_and_none_is_clipped(language):
    """-16 dBm0 of active speech, within what G.711 rounds; no sample at full scale."""
    for clip in load(language).values():
        samples = from_pcm(clip.pcm)
        assert (clip.name, active_level_dbm0(samples)) == (clip.name, pytest.approx(-16, abs=0.1))
        assert np.max(np.abs(samples)) < 0.99


@EACH_LANGUAGE
def test_all_clips_begin_and_end_in_a_moment_of_silence(language):
    """The lead of 20 ms is far below speech (40 dB) until its last 5 ms, and its outermost samples are silence."""
    quiet = round((LEAD_S - 0.005) * 8000)
    for clip in load(language).values():
        pcm = np.abs(clip.pcm.astype(int))
        assert max(pcm[:quiet].max(), pcm[-quiet:].max()) < 328, clip.name
        assert max(pcm[0], pcm[-1]) <= 8, clip.name


@EACH_LANGUAGE
def test_no_clip_has_the_code_that_does_not_come_back(language):
    """Mu-law's minus zero, 0x7F, becomes 0xFF on a line: a clip without it is heard bit for bit."""
    assert not any(0x7F in clip.ulaw for clip in load(language).values())


def test_single_digits_are_read_as_digits():
    """Alone, はち would be read ワチ."""
    read = reader()
    readings = [read(TEXTS["ja"][f"digit_{digit}"]).strip("、") for digit in range(10)]
    assert readings == ["ゼロ", "イチ", "ニー", "サン", "ヨン", "ゴー", "ロク", "ナナ", "ハチ", "キュー"]
    assert read(TEXTS["ja"]["star"]).strip("、") == "コメジルシ"


def test_no_text_has_a_kanji_numeral_or_a_bare_zero():
    """Open JTalk reads 五分 as ごぶ, and 0時 as ゼロジ."""
    for text in TEXTS["ja"].values():
        assert not set(text) & set("〇一二三四五六七八九十百")
        assert not text.startswith("0")
        assert "前0" not in text


def test_a_missing_clip_is_named():
    prompts = load("ja")
    with pytest.raises(PromptMissing, match="there is no clip 'fanfare' in 'ja'") as error:
        prompts["fanfare"]
    assert isinstance(error.value, KeyError)
    assert "fanfare" not in prompts
    assert prompts.get("fanfare") is None


def test_a_missing_language_is_named():
    with pytest.raises(PromptMissing, match="there are no clips in 'eo', only in ja, en"):
        load("eo")


@pytest.mark.parametrize("lost", ["manifest.json", "noon.ul"])
def test_a_missing_file_is_named_with_the_remedy(tmp_path, lost):
    shutil.copytree(PACK / "ja", tmp_path / "ja")
    (tmp_path / "ja" / lost).unlink()
    with pytest.raises(PromptMissing, match=f"{lost} is missing: install denwa again, or run `make prompts`"):
        load("ja", tmp_path)


def test_a_pack_is_a_mapping_from_names_to_clips():
    prompts = load("en")
    assert prompts.language == "en"
    assert len(prompts) == len(list(prompts)) == len(TEXTS["en"])
    assert prompts["noon"].name == "noon"
    assert prompts["noon"].ulaw == (PACK / "en" / "noon.ul").read_bytes()
    assert load("en") is prompts
