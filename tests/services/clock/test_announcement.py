"""The words of all 8,640 marks of a day, in Japanese and English."""

import itertools
from collections.abc import Callable

import pytest
from support.reading import reader

from audio import prompts
from audio.prompts import manifest
from services.clock.announcement import Language
from services.clock.english import ENGLISH
from services.clock.japanese import JAPANESE
from timekeeping.civil import CivilTime

pytestmark = pytest.mark.unit

ALL_MARKS = list(itertools.product(range(24), range(60), range(0, 60, 10)))


def at(hour: int, minute: int, second: int) -> CivilTime:
    return CivilTime(2026, 11, 25, hour, minute, second, 32_400)


@pytest.mark.parametrize(
    ("mark", "text"),
    [
        ((7, 11, 10), "午前7時、11分、10秒を、お知らせします。"),
        ((7, 11, 0), "午前7時、11分、ちょうどを、お知らせします。"),
        ((7, 0, 0), "午前7時、ちょうどを、お知らせします。"),
        ((0, 0, 0), "午前れい時、ちょうどを、お知らせします。"),
        ((0, 0, 10), "午前れい時、10秒を、お知らせします。"),
        ((12, 0, 0), "正午、ちょうどを、お知らせします。"),
        ((12, 0, 10), "午後れい時、10秒を、お知らせします。"),
        ((12, 1, 0), "午後れい時、1分、ちょうどを、お知らせします。"),
        ((23, 59, 50), "午後11時、59分、50秒を、お知らせします。"),
    ],
)
def test_japanese_sentences(mark, text):
    assert JAPANESE.announce(at(*mark)).text == text


@pytest.mark.parametrize(
    ("mark", "text"),
    [
        ((7, 11, 10), "At the long tone, it will be: seven, eleven, A M, and ten seconds."),
        ((7, 0, 0), "At the long tone, it will be: seven, o'clock, A M, precisely."),
        ((7, 0, 20), "At the long tone, it will be: seven, o'clock, A M, and twenty seconds."),
        ((9, 5, 30), "At the long tone, it will be: nine, oh five, A M, and thirty seconds."),
        ((0, 0, 0), "At the long tone, it will be: midnight, precisely."),
        ((0, 0, 10), "At the long tone, it will be: midnight, and ten seconds."),
        ((0, 11, 10), "At the long tone, it will be: twelve, eleven, A M, and ten seconds."),
        ((12, 0, 0), "At the long tone, it will be: noon, precisely."),
        ((12, 0, 40), "At the long tone, it will be: noon, and forty seconds."),
        ((12, 30, 0), "At the long tone, it will be: twelve, thirty, P M, precisely."),
        ((23, 59, 50), "At the long tone, it will be: eleven, fifty-nine, P M, and fifty seconds."),
    ],
)
def test_english_sentences(mark, text):
    assert ENGLISH.announce(at(*mark)).text == text


@pytest.mark.parametrize("language", [JAPANESE, ENGLISH], ids=["ja", "en"])
class TestEachLanguage:
    def test_no_two_marks_of_a_day_sound_alike(self, language: Language):
        assert len({language.announce(at(*mark)).text for mark in ALL_MARKS}) == 8640

    def test_every_clip_that_is_needed_is_in_the_pack_with_the_text_that_the_sentence_has(
        self, language: Language
    ):
        used = {clip for mark in ALL_MARKS for clip in language.announce(at(*mark)).clips}
        rendered = manifest.read(prompts.PACK / language.name).clips
        assert {clip: rendered[clip].text for clip in used} == {clip: language.texts[clip] for clip in used}
        assert used <= prompts.load(language.name).keys()

    def test_the_sentence_is_what_its_clips_say(self, language: Language):
        for mark in ALL_MARKS:
            announcement = language.announce(at(*mark))
            spoken = language.between.join(language.texts[clip] for clip in announcement.clips)
            assert announcement.text == spoken

    @pytest.mark.parametrize("second", [1, 9, 55, 60])
    def test_other_seconds_have_no_mark(self, language: Language, second: int):
        with pytest.raises(ValueError, match="no mark"):
            language.announce(at(8, 59, second))


HOURS = (
    "ゴゼンレイジ",
    "ゴゼンイチジ",
    "ゴゼンニジ",
    "ゴゼンサンジ",
    "ゴゼンヨジ",
    "ゴゼンゴジ",
    "ゴゼンロクジ",
    "ゴゼンシチジ",
    "ゴゼンハチジ",
    "ゴゼンクジ",
    "ゴゼンジュージ",
    "ゴゼンジューイチジ",
    "ゴゴレイジ",
    "ゴゴイチジ",
    "ゴゴニジ",
    "ゴゴサンジ",
    "ゴゴヨジ",
    "ゴゴゴジ",
    "ゴゴロクジ",
    "ゴゴシチジ",
    "ゴゴハチジ",
    "ゴゴクジ",
    "ゴゴジュージ",
    "ゴゴジューイチジ",
)
TENS = ("", "ジュー", "ニジュー", "サンジュー", "ヨンジュー", "ゴジュー")
WHOLE_TENS = ("", "ジュップン", "ニジュップン", "サンジュップン", "ヨンジュップン", "ゴジュップン")
ONES = (
    "イップン",
    "ニフン",
    "サンプン",
    "ヨンプン",
    "ゴフン",
    "ロップン",
    "ナナフン",
    "ハチフン",
    "キューフン",
)


def expected_reading(hour: int, minute: int, second: int) -> str:
    """How a Japanese speaker reads the time, written down without the code under test; 8分 also as はっぷん."""
    if (hour, minute, second) == (12, 0, 0):
        return "ショーゴチョードヲオシラセシマス"
    minutes = ""
    if minute:
        minutes = TENS[minute // 10] + ONES[minute % 10 - 1] if minute % 10 else WHOLE_TENS[minute // 10]
    seconds = f"{TENS[second // 10]}ビョーヲ" if second else "チョードヲ"
    return f"{HOURS[hour]}{minutes}{seconds}オシラセシマス"


@pytest.fixture(scope="module")
def read_aloud() -> Callable[[str], str]:
    """The katakana that Open JTalk speaks, without its pauses; the engine is loaded before the test begins."""
    read = reader()
    read("時報")
    return lambda text: read(text).replace("、", "").replace("。", "")


@pytest.mark.timeout(60)
def test_open_jtalk_reads_all_8640_sentences_as_a_speaker_would(read_aloud):
    misread = {}
    for mark in ALL_MARKS:
        text = JAPANESE.announce(at(*mark)).text
        said = read_aloud(text)
        if said.replace("ハップン", "ハチフン") != expected_reading(*mark):
            misread[text] = said
    assert not misread
