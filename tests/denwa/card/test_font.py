"""The fonts hold what the card and its reader's exchange are likely to need, and come with their licence."""

from pathlib import Path

import pytest
from docs.pages import ROOT
from fontTools.ttLib import TTFont

from denwa.card.font import ASCII, NUMBERS, TEXT, level_1, subset
from exchange.network.numbers import DIALLED_DIGITS

pytestmark = pytest.mark.unit

LARGEST_BYTES = 1_000_000
PLACES = (
    "北海道札幌仙台福島埼玉東京都多摩横浜甲府岐阜名古屋京都大阪神戸岡山高松徳島愛媛福岡熊本鹿児島沖縄交換局"
)


def characters(file: Path) -> set[str]:
    with TTFont(file) as font:
        return {chr(code) for code in font.getBestCmap()}


def test_the_texts_font_holds_level_1_and_the_usual_names():
    held = characters(TEXT)
    assert held >= set(PLACES + "〓…・ヶ々")
    assert sum("\u4e00" <= character <= "\u9fff" for character in held) >= 2965
    assert held >= set(level_1())


def test_the_numbers_font_holds_what_numbers_and_ranges_are_written_with():
    assert characters(NUMBERS) == set(ASCII)
    assert characters(NUMBERS) >= DIALLED_DIGITS


def test_they_are_small_and_their_licence_is_beside_them_and_in_notice():
    licence = (TEXT.parent / "OFL.txt").read_text()
    notice = (ROOT / "NOTICE").read_text()
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    for file in (TEXT, NUMBERS):
        assert file.stat().st_size < LARGEST_BYTES
        with TTFont(file) as font:
            names = {record.nameID: record.toUnicode() for record in font["name"].names}
        copied = names[0]
        assert copied in licence
        assert copied.split(" (")[0] in notice
        assert str(file.relative_to(ROOT)) in notice
        assert "Open Font License" in names[13]


def test_the_same_source_gives_the_same_font_of_just_what_was_asked_for(tmp_path: Path):
    first, second = tmp_path / "first.ttf", tmp_path / "second.ttf"
    for file in (first, second):
        subset(NUMBERS, "117 *#", file)
    assert characters(first) == set("17 *#")
    assert first.read_bytes() == second.read_bytes()
