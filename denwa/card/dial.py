"""A rotary dial, drawn: ten holes, the finger stop, no gradient, so that any printer does it."""

from math import cos, radians, sin

from reportlab.pdfgen.canvas import Canvas

from denwa.card.type import Face

ONE_AT_DEGREES = 45.0
"""Where the hole of 1 is, counter-clockwise from three o'clock; the others follow, 0 last."""
APART_DEGREES = 30.0
STOP_AT_DEGREES = -12.0
INK = (0.13, 0.13, 0.15)
PAPER = (1.0, 1.0, 1.0)


def draw_dial(canvas: Canvas, face: Face, x: float, y: float, radius: float) -> None:
    """Draw it around a point; lengths in points."""
    canvas.saveState()
    canvas.setStrokeColorRGB(*INK)
    canvas.setFillColorRGB(*PAPER)
    canvas.setLineWidth(radius * 0.035)
    canvas.circle(x, y, radius)
    canvas.setFillColorRGB(*INK)
    canvas.circle(x, y, radius * 0.92, stroke=0, fill=1)
    size = radius * 0.24
    for place, digit in enumerate("1234567890"):
        across, up = _at(ONE_AT_DEGREES + place * APART_DEGREES, radius * 0.685)
        canvas.setFillColorRGB(*PAPER)
        canvas.circle(x + across, y + up, radius * 0.165, stroke=0, fill=1)
        canvas.setFillColorRGB(*INK)
        canvas.setFont(face.name, size)
        canvas.drawCentredString(x + across, y + up - size * 0.36, digit)
    canvas.setFillColorRGB(*PAPER)
    canvas.circle(x, y, radius * 0.4, stroke=0, fill=1)
    canvas.setLineWidth(radius * 0.025)
    canvas.circle(x, y, radius * 0.32)
    _draw_stop(canvas, x, y, radius)
    canvas.restoreState()


def _draw_stop(canvas: Canvas, x: float, y: float, radius: float) -> None:
    inner, outer = _at(STOP_AT_DEGREES, radius * 0.62), _at(STOP_AT_DEGREES, radius * 1.06)
    canvas.setLineCap(1)
    for colour, width in ((PAPER, 0.13), (INK, 0.07)):
        canvas.setStrokeColorRGB(*colour)
        canvas.setLineWidth(radius * width)
        canvas.line(x + inner[0], y + inner[1], x + outer[0], y + outer[1])


def _at(degrees: float, distance: float) -> tuple[float, float]:
    return distance * cos(radians(degrees)), distance * sin(radians(degrees))
