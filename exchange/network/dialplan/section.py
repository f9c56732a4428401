"""One piece of text to paste, and how all of them are shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Place(Enum):
    """Where a section's text goes; the value says it of MikoPBX, then of plain Asterisk."""

    EXTENSION = "the extension's additional parameters, or its whole definition in pjsip.conf"
    NUMBERS = "extensions.conf, or the context that telephones and trunks share"
    CONTEXTS = "extensions.conf, contexts of its own"
    HOP = "extensions.conf, or the hop's lines in the shared context"
    TRUNK = "the trunk's endpoint in pjsip.conf"


@dataclass(frozen=True, slots=True)
class Section:
    """A piece of text to paste.

    Attributes:
        place: where it goes, for programs.
        title: what it does, for people.
        where: where it goes, for people.
        text: exactly what to paste; whole lines.
        notes: what to know about it.
    """

    place: Place
    title: str
    where: str
    text: str
    notes: tuple[str, ...] = ()


def render(sections: Iterable[Section]) -> str:
    """All sections as one page: the text to paste stands between lines of dashes, alone."""
    return "\n".join(_page(number, section) for number, section in enumerate(sections, 1))


def _page(number: int, section: Section) -> str:
    notes = "".join(f"* {note}\n" for note in section.notes)
    cut = "-" * 72
    return f"## {number}. {section.title}\n{section.where}\n{cut}\n{section.text}{cut}\n{notes}"
