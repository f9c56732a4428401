"""The PDF is A6, brings its fonts, and holds whatever it is given within its margins."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from reportlab.lib.pagesizes import A6

from denwa.card.content import Line, Page
from denwa.card.sheet import FOOT, HEIGHT, MARGIN, WIDTH, render
from denwa.card.type import Face

pytestmark = pytest.mark.unit

LONG = "長い局名、" * 100
RTL = "\u05e9\u05dc\u05d5\u05dd \u202eexchange"
CONTROLS = "局\x00\x1b[31m\r\n\ud800\uffff"
HOSTILE = [LONG, "word " * 200, "W" * 400, RTL, CONTROLS, "", " ", "(\\)", "か\u3099", "🕿"]


def page(title: str = "home", lines: tuple[Line, ...] = (Line("117", "The time", "9 pulses"),)) -> Page:
    return Page("Numbers", title, lines, "X: 0 to 9", "From elsewhere", (title, title), "Notes", title)


def texts(pdf: bytes) -> Iterator[tuple[str, float, float, float]]:
    """Each text with where it begins and ends, and its height on the page."""
    faces = {"Regular": Face.text(), "Bold": Face.numbers()}
    for sheet in PdfReader(BytesIO(pdf)).pages:
        found: list[tuple[str, float, float, float]] = []

        def visit(text: str, _: Any, matrix: Any, font: Any, size: float, into: Any = found) -> None:
            if text.strip():
                face = next(face for weight, face in faces.items() if weight in font["/BaseFont"])
                said = text.rstrip("\n")
                into.append((said, matrix[4], matrix[4] + face.width(said, size), matrix[5]))

        sheet.extract_text(visitor_text=visit)
        yield from found


def test_each_page_is_a6_upright():
    for sheet in PdfReader(BytesIO(render([page(), page()])[0])).pages:
        assert (float(sheet.mediabox.width), float(sheet.mediabox.height)) == pytest.approx(A6)


def test_all_fonts_are_inside():
    resources: Any = PdfReader(BytesIO(render([page("多摩局")])[0])).pages[0]["/Resources"]
    fonts = [font.get_object() for font in resources["/Font"].values()]
    assert {font["/BaseFont"].partition("+")[2] for font in fonts} == {
        "BIZUDPGothic-Regular",
        "BIZUDPGothic-Bold",
    }
    assert all("/FontFile2" in font["/FontDescriptor"] for font in fonts)


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_leaves_its_margins(hostile: str):
    lines = tuple(Line(each, hostile, hostile) for each in ("117", hostile, "1" * 79))
    pdf, count, _ = render([page(hostile, lines)])
    found = list(texts(pdf))
    assert count == 1
    assert any(said == "117" for said, *_ in found)
    for said, left, right, height in found:
        assert MARGIN - 0.1 <= left <= right <= WIDTH - MARGIN + 0.1, said
        assert 4 <= height <= HEIGHT - 9, said


@pytest.mark.parametrize("count", [0, 1, 5, 9, 10, 40])
def test_all_numbers_are_there_however_many_and_none_lies_on_another(count: int):
    pdf, sheets, _ = render([page(lines=tuple(Line(f"8{n:03}", "What it does", "") for n in range(count)))])
    found = [(said, height) for said, _, _, height in texts(pdf) if said.startswith("8") and len(said) == 4]
    assert [said for said, _ in found] == [f"8{n:03}" for n in range(count)]
    assert all(height > FOOT for _, height in found)
    assert sheets == max(1, -(-count // 13))


def test_what_cannot_be_shown_is_told():
    assert render([page("鼈島")])[2] == {"鼈"}


def test_the_same_page_gives_the_same_bytes():
    assert render([page()]) == render([page()])
