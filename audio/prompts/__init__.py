"""The clips that the services say, rendered beforehand: no engine is needed to serve calls.

`load("ja")["announce"]` is a clip. `python -m audio.prompts.render` renders them anew from the texts in `japanese` and
`english`.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from audio.clip import Clip
from audio.prompts import manifest

LANGUAGES = ("ja", "en")
PACK = Path(__file__).parent


class PromptMissing(KeyError):  # noqa: N818 - what it says is what happened
    """There is no such clip, or not in that language."""

    def __str__(self) -> str:
        return str(self.args[0])


class Prompts(Mapping[str, Clip]):
    """The clips of one language by name; what is not there raises `PromptMissing`."""

    def __init__(self, language: str, clips: Mapping[str, Clip]) -> None:
        self.language = language
        self._clips = clips

    def __getitem__(self, name: str) -> Clip:
        try:
            return self._clips[name]
        except KeyError:
            raise PromptMissing(f"there is no clip {name!r} in {self.language!r}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._clips)

    def __len__(self) -> int:
        return len(self._clips)


@cache
def load(language: str, pack: Path = PACK) -> Prompts:
    """All clips of a language (`ja`, `en`).

    Raises:
        PromptMissing: the language is not there, or a clip of its manifest has no file.
    """
    folder = pack / language
    if language not in LANGUAGES:
        raise PromptMissing(f"there are no clips in {language!r}, only in {', '.join(LANGUAGES)}")
    try:
        names = manifest.read(folder).clips
        clips = {name: Clip(name, (folder / f"{name}.ul").read_bytes()) for name in names}
    except FileNotFoundError as error:
        raise PromptMissing(
            f"{error.filename} is missing: install denwa again, or run `make prompts`"
        ) from error
    return Prompts(language, clips)
