"""Text fits where it is put, whatever it is, and what a font lacks is seen."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from denwa.card.type import GETA, NOT_FIRST, NOT_LAST, Face

pytestmark = pytest.mark.unit

TEXTS = st.text(max_size=60) | st.text("a bc,。「」あ\u202e\x00\u05d0鼈", max_size=60)
WIDTHS = st.floats(20, 300)
SPACES = "[ \u3000]"


@pytest.fixture(scope="module")
def face() -> Face:
    return Face.text()


def test_what_the_font_has_is_left_as_it_is(face: Face):
    missing: set[str] = set()
    assert face.shown("多摩局 Tama, 117・時報…", missing) == "多摩局 Tama, 117・時報…"
    assert missing == set()


def test_what_the_font_lacks_is_replaced_and_named(face: Face):
    missing: set[str] = set()
    assert face.shown("鼈島局 א", missing) == f"{GETA}島局 {GETA}"
    assert missing == {"鼈", "א"}


def test_controls_are_spelt_out_and_decomposed_kana_composed(face: Face):
    assert face.shown("a\x1b\u202eb か\u3099", set()) == "a\\x1b\\u202eb が"


def test_the_numbers_font_has_no_geta():
    assert Face.numbers().shown("7é", set()) == "7?"


@given(text=TEXTS, width=WIDTHS)
@example(text="00 .0", width=20.0)
def test_no_line_is_wider_than_its_room_nor_are_there_more_than_asked_for(text: str, width: float):
    face = Face.text()
    lines = face.wrapped(face.shown(text, set()), 9, width, 2)
    assert len(lines) <= 2
    assert all(face.width(line, 9) <= width for line in lines)
    assert all(line == line.strip(" ") for line in lines[:-1])


@given(text=TEXTS, width=WIDTHS)
@example(text="時\u3000", width=20.0)
def test_wrapping_loses_nothing_but_spaces_while_there_is_room(text: str, width: float):
    face = Face.text()
    shown = face.shown(text, set())
    joined = "".join(face.wrapped(shown, 9, width, 10_000))
    assert re.sub(SPACES, "", joined) == re.sub(SPACES, "", shown)


@given(text=TEXTS, width=st.floats(5, 200))
def test_a_shortened_text_fits_and_says_that_it_was_longer(text: str, width: float):
    for face, more in ((Face.text(), "…"), (Face.numbers(), "...")):
        shown = face.shown(text, set())
        short = face.shortened(shown, 3, width)
        assert face.width(short, 3) <= width
        assert short == shown or (short.endswith(more) and shown.startswith(short.removesuffix(more)))


def test_lines_are_of_about_one_length(face: Face):
    text = "自分の番号と自分の声が返ってきます"
    lines = face.wrapped(text, 10, 160, 2)
    assert [len(line) for line in lines] in ([9, 8], [8, 9])


def test_a_word_is_broken_only_where_a_line_cannot_hold_it(face: Face):
    assert face.wrapped("your own number", 10, 60, 3) == ["your own", "number"]
    assert "".join(face.wrapped("x" * 40, 10, 50, 40)) == "x" * 40


def test_no_line_begins_or_ends_with_what_may_not(face: Face):
    lines = face.wrapped("時報。「今の時刻」、秒まで。" * 5, 10, 75, 100)
    assert len(lines) > 5
    assert not {line[0] for line in lines} & NOT_FIRST
    assert not {line[-1] for line in lines} & NOT_LAST


def test_a_size_is_as_large_as_fits_within_its_limits(face: Face):
    assert face.size("117", 1000, 30, 9) == 30
    assert face.size("1" * 100, 50, 30, 9) == 9
    assert face.width("117117", face.size("117117", 50, 30, 9)) == pytest.approx(50)
