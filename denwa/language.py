"""Text for people, in the two languages that denwa speaks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Language = Literal["ja", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """The same thing said in English and in Japanese, with named places to fill."""

    en: str
    ja: str

    def say(self, language: Language, **values: object) -> str:
        """The text in a language; values may be texts themselves."""
        chosen = self.ja if language == "ja" else self.en
        said = {
            name: value.say(language) if isinstance(value, Text) else value for name, value in values.items()
        }
        return chosen.format_map(said) if said else chosen


def terminal_language(environment: Mapping[str, str]) -> Language:
    """The language of whoever sits at the terminal, as LC_ALL, LC_MESSAGES and LANG say (POSIX, in that order)."""
    locale = next(
        (environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), ""
    )
    return "ja" if locale.lower().startswith("ja") else "en"
