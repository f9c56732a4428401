"""The card as a PDF: A6, upright; its fonts are inside, so that it prints anywhere."""

from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO
from typing import Any

from reportlab.lib.pagesizes import A6
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from denwa.card.content import Line, Page
from denwa.card.dial import INK, draw_dial
from denwa.card.type import Face

WIDTH, HEIGHT = A6
MARGIN = 9 * mm
INNER = WIDTH - 2 * MARGIN
HEAD = 33 * mm
"""How far below the top the numbers begin."""
FOOT = 10 * mm
HINTS = 15 * mm
LEAST_NOTES = 14 * mm
ROWS = (15 * mm, 12 * mm, 9.5 * mm, 8 * mm, 6.8 * mm, 5.8 * mm)
"""How high a number's row is: the first height at which all numbers fit; at the last they go on on another page."""
WIDEST_NUMBER = 0.42 * INNER
GREY = (0.42, 0.42, 0.45)
RULE = (0.72, 0.72, 0.74)
TINT = (0.945, 0.945, 0.93)
ROOM = HEIGHT - HEAD - FOOT - HINTS - LEAST_NOTES


def render(pages: Iterable[Page]) -> tuple[bytes, int, set[str]]:
    """The PDF, of how many pages, and the characters that its fonts lack; the same pages give the same bytes."""
    file = BytesIO()
    ours: Any = Face.text().name  # the stubs want a number
    canvas = Canvas(file, pagesize=A6, invariant=1, initialFontName=ours)
    canvas.setCreator("denwa")
    canvas.setViewerPreference("PrintScaling", "None")
    missing: set[str] = set()
    sheets = [sheet for page in pages for sheet in _sheets(_in_our_fonts(page, missing))]
    canvas.setTitle(sheets[0].title)
    for sheet in sheets:
        _draw(canvas, sheet)
        canvas.showPage()
    canvas.save()
    return file.getvalue(), len(sheets), missing


def _in_our_fonts(page: Page, missing: set[str]) -> Page:
    text, numbers = Face.text(), Face.numbers()
    lines = tuple(
        Line(
            numbers.shown(line.number, missing),
            text.shown(line.does, missing),
            text.shown(line.pulses, missing),
        )
        for line in page.lines
    )
    return replace(
        page,
        title=text.shown(page.title, missing),
        lines=lines,
        hints=tuple(text.shown(hint, missing) for hint in page.hints),
        foot=text.shown(page.foot, missing),
    )


def _sheets(page: Page) -> list[Page]:
    """The page, or as many as its numbers need."""
    most = int(ROOM / ROWS[-1])
    return [
        replace(page, lines=page.lines[first : first + most])
        for first in range(0, max(1, len(page.lines)), most)
    ]


def _draw(canvas: Canvas, page: Page) -> None:
    text = Face.text()
    _draw_head(canvas, text, page)
    below = _draw_lines(canvas, text, page)
    below = _draw_hints(canvas, text, page, below)
    _draw_notes(canvas, text, page, below)
    canvas.setFillColorRGB(*GREY)
    canvas.setFont(text.name, 5.5)
    canvas.drawRightString(WIDTH - MARGIN, 5 * mm, text.shortened(page.foot, 5.5, INNER))


def _draw_head(canvas: Canvas, text: Face, page: Page) -> None:
    canvas.setStrokeColorRGB(*RULE)
    canvas.setLineWidth(0.4)
    canvas.setDash(1.2, 1.6)
    canvas.circle(WIDTH / 2, HEIGHT - 6.5 * mm, 2.5 * mm)  # where the hole goes that it hangs by
    canvas.setDash()
    dial = 10.5 * mm
    draw_dial(canvas, text, WIDTH - MARGIN - 1.06 * dial, HEIGHT - 9 * mm - dial, dial)
    room = INNER - 2 * dial - 4 * mm
    size = text.size(page.title, room, 22, 11)
    canvas.setFillColorRGB(*GREY)
    canvas.setFont(text.name, 8)
    canvas.drawString(MARGIN, HEIGHT - 17 * mm, page.heading)
    canvas.setFillColorRGB(*INK)
    canvas.setFont(text.name, size)
    for place, line in enumerate(text.wrapped(page.title, size, room, 2)):
        canvas.drawString(MARGIN, HEIGHT - 19.5 * mm - size * 0.9 - place * size * 1.2, line)
    canvas.setStrokeColorRGB(*INK)
    canvas.setLineWidth(1.2)
    canvas.line(MARGIN, HEIGHT - HEAD, WIDTH - MARGIN, HEIGHT - HEAD)


def _draw_lines(canvas: Canvas, text: Face, page: Page) -> float:
    """Draw the numbers; gives how high on the page they end."""
    numbers = Face.numbers()
    height = next((row for row in ROWS if row * len(page.lines) <= ROOM), ROWS[-1])
    largest = height * 0.72
    sizes = [numbers.size(line.number, WIDEST_NUMBER, largest, 7) for line in page.lines]
    column = min(
        WIDEST_NUMBER, max(map(numbers.width, (line.number for line in page.lines), sizes), default=0)
    )
    x, room = MARGIN + column + 5 * mm, INNER - column - 5 * mm
    top = HEIGHT - HEAD
    for line, size in zip(page.lines, sizes, strict=True):
        middle = top - height / 2
        canvas.setFillColorRGB(*INK)
        canvas.setFont(numbers.name, size)
        canvas.drawString(MARGIN, middle - size * 0.36, numbers.shortened(line.number, size, WIDEST_NUMBER))
        _draw_does(canvas, text, line, (x, middle), (room, height))
        top -= height
        canvas.setStrokeColorRGB(*RULE)
        canvas.setLineWidth(0.4)
        canvas.line(MARGIN, top, WIDTH - MARGIN, top)
    return top


def _draw_does(
    canvas: Canvas, text: Face, line: Line, at: tuple[float, float], room: tuple[float, float]
) -> None:
    """What a number does, in one or two lines, and its pulses, around the middle of its row."""
    (x, middle), (width, height) = at, room
    size = 9.0 if height >= ROWS[1] else 7.0
    small = 0.65 * size
    most = 3 if height >= ROWS[1] else 2
    said = text.wrapped(line.does, size, width, most)
    rows = [(each, size, INK) for each in said]
    if line.pulses and len(rows) < most:
        rows.append((line.pulses, small, GREY))
    y = middle + sum(each * 1.25 for _, each, _ in rows) / 2
    for words, each, colour in rows:
        y -= each * 1.25
        canvas.setFillColorRGB(*colour)
        canvas.setFont(text.name, each)
        canvas.drawString(x, y + each * 0.3, text.shortened(words, each, width))


def _draw_hints(canvas: Canvas, text: Face, page: Page, top: float) -> float:
    """Draw the ways of dialling from elsewhere, and what letters in numbers mean; gives where they end."""
    y = top - 3.2 * mm
    if page.legend:
        canvas.setFillColorRGB(*GREY)
        canvas.setFont(text.name, 6)
        canvas.drawString(MARGIN, y, page.legend)
        y -= 1.6 * mm
    rows = [(page.elsewhere, 6.5, GREY), *((hint, 7.5, INK) for hint in page.hints)]
    height = 3.2 * mm + len(rows) * 4 * mm - 0.6 * mm
    canvas.setFillColorRGB(*TINT)
    canvas.roundRect(MARGIN, y - height, INNER, height, 1.5 * mm, stroke=0, fill=1)
    inside = INNER - 5 * mm
    line = y - 4.2 * mm
    for words, largest, colour in rows:
        size = text.size(words, inside, largest, 5.5)
        canvas.setFillColorRGB(*colour)
        canvas.setFont(text.name, size)
        canvas.drawString(MARGIN + 2.5 * mm, line, text.shortened(words, size, inside))
        line -= 4 * mm
    return y - height


def _draw_notes(canvas: Canvas, text: Face, page: Page, top: float) -> None:
    """Ruled lines to write on, down to the foot."""
    canvas.setFillColorRGB(*GREY)
    canvas.setFont(text.name, 6.5)
    y = top - 5 * mm
    canvas.drawString(MARGIN, y, page.notes)
    canvas.setStrokeColorRGB(*RULE)
    canvas.setLineWidth(0.4)
    y -= 1.5 * mm
    while y >= FOOT:
        canvas.line(MARGIN, y, WIDTH - MARGIN, y)
        y -= 7.5 * mm
