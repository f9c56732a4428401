"""What is wrong with a configuration: where, which key, what, and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from denwa.language import Language, Text


class Severity(StrEnum):
    """Whether denwa starts nevertheless."""

    ERROR = "error"
    WARNING = "warning"


_SEVERITY = {Severity.ERROR: Text("error", "エラー"), Severity.WARNING: Text("warning", "注意")}


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault.

    Attributes:
        where: the file and line, the environment variable or the credential.
        key: the dotted key, "" for the file as a whole.
        what: what is wrong.
        remedy: what to do.
        values: what fills the places of both texts.
    """

    where: str
    key: str
    what: Text
    remedy: Text
    values: dict[str, object] = field(default_factory=dict)
    severity: Severity = Severity.ERROR

    def say(self, language: Language) -> str:
        """The finding in two lines."""
        head = f"{self.where}: {_SEVERITY[self.severity].say(language)}: "
        key = f"{self.key}: " if self.key else ""
        return f"{head}{key}{self.what.say(language, **self.values)}\n    → {self.remedy.say(language, **self.values)}"


class ConfigurationError(Exception):
    """The configuration has errors; they are in `findings`, warnings among them."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(finding.say("en") for finding in self.findings))

    def say(self, language: Language) -> str:
        """All findings, one after the other."""
        return "\n".join(finding.say(language) for finding in self.findings)


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """Those that keep denwa from starting."""
    return [finding for finding in findings if finding.severity is Severity.ERROR]
