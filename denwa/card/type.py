"""Text in the card's fonts: what can be shown of it, how wide it is, how it is made to fit."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Self

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from denwa.card import font
from denwa.harmless import harmless

GETA = "〓"
"""What printers set where a sort is missing."""
NOT_FIRST = frozenset("、。，．・：；？！」』）］｝】〉》ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ,.:;?!)]}…")
"""What no line begins with (JIS X 4051, 行頭禁則和字)."""
NOT_LAST = frozenset("「『（［｛【〈《([{")
"""What no line ends with."""
NARROWER = 0.97
"""By how much a line is made narrower at a time, to find how narrow it may be."""
_PIECE = re.compile(r"(?:[^\W\u3000-\uffef]+[^\s\w\u3000-\uffef]*|.) *", re.DOTALL)
"""A Latin word or one character, with what is behind it."""


@dataclass(frozen=True, slots=True)
class Face:
    """One font in a document; sizes and widths are in points."""

    name: str
    known: frozenset[str]

    @classmethod
    def text(cls) -> Self:
        """The font of all but the numbers."""
        return cls("denwa-text", _registered("denwa-text", str(font.TEXT)))

    @classmethod
    def numbers(cls) -> Self:
        """The font of the numbers."""
        return cls("denwa-numbers", _registered("denwa-numbers", str(font.NUMBERS)))

    def shown(self, text: str, missing: set[str]) -> str:
        """The text in characters of this font; whatever else it holds is replaced, and added to `missing`."""
        composed = unicodedata.normalize("NFC", harmless(text))
        lacking = set(composed) - self.known
        missing |= lacking
        geta = GETA if GETA in self.known else "?"
        return "".join(geta if character in lacking else character for character in composed)

    def width(self, text: str, size: float) -> float:
        """How wide a text is."""
        return float(pdfmetrics.stringWidth(text, self.name, size))

    def size(self, text: str, width: float, largest: float, smallest: float) -> float:
        """The largest size at which a text fits, within limits: at the smallest it may still be too wide."""
        return max(smallest, min(largest, width / max(self.width(text, 1.0), 1e-6)))

    def shortened(self, text: str, size: float, width: float) -> str:
        """The text, or as much of its beginning as fits with what says that there was more."""
        if self.width(text, size) <= width:
            return text
        more = "…" if "…" in self.known else "..."
        fitting = bisect_right(range(len(text)), width, key=lambda end: self.width(text[:end] + more, size))
        return text[: max(0, fitting - 1)] + more

    def wrapped(self, text: str, size: float, width: float, most: int) -> list[str]:
        """The text in at most so many lines of about one length; the last is shortened where it does not fit."""
        lines = list(self._lines(text, size, width))
        if len(lines) > most:
            return [*lines[: most - 1], self.shortened("".join(lines[most - 1 :]), size, width)]
        count = len(lines)
        while len(narrower := list(self._lines(text, size, width := width * NARROWER))) == count > 1:
            lines = narrower
        return lines

    def _lines(self, text: str, size: float, width: float) -> Iterator[str]:
        line = ""
        for piece in _pieces(text):
            if line and self.width(line + piece.rstrip(), size) > width:
                yield line.rstrip()
                line = ""
            for character in piece if line else piece.lstrip():  # a word may be wider than a line
                if line and character != " " and self.width(line + character, size) > width:
                    yield line.rstrip()
                    line = ""
                line += character
        if line.rstrip():
            yield line.rstrip()


@cache
def _registered(name: str, file: str) -> frozenset[str]:
    face = TTFont(name, file)
    pdfmetrics.registerFont(face)
    return frozenset(map(chr, face.face.charToGlyph))


def _pieces(text: str) -> Iterator[str]:
    """What a line may be broken between."""
    held = ""
    for piece in _PIECE.findall(text):
        if held and piece[0] not in NOT_FIRST and held[-1] not in NOT_LAST:
            yield held
            held = ""
        held += piece
    if held:
        yield held
