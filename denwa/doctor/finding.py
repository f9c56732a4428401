"""What a check found, in both languages, with what to do and what to paste."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from denwa.language import Text


class Level(StrEnum):
    """How well it is."""

    OK = "ok"
    NOTE = "note"
    """Could not be checked, or is worth knowing: nothing need be mended."""
    WARN = "warn"
    """Works, but not as well as it should."""
    FAIL = "fail"
    """Must be mended."""


NOTHING_TO_DO = Text("", "")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        check: the check's name, for programs.
        what: what was found.
        remedy: what to do, and where to paste.
        paste: the lines to paste or to type.
        fields: keys of the configuration to look at, the likeliest first.
        subject: the exchange or extension, "" for the machine.
    """

    check: str
    level: Level
    what: Text
    remedy: Text = NOTHING_TO_DO
    paste: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    subject: str = ""


Progress = Callable[[Text], None]
"""Told what is done now, in words."""


def said(text: Text, **values: object) -> Text:
    """The text with its places filled, in both languages."""
    return Text(text.say("en", **values), text.say("ja", **values))


def all_well(findings: Iterable[Finding]) -> bool:
    """Whether nothing must be mended."""
    return all(finding.level is not Level.FAIL for finding in findings)
