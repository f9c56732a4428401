"""Where a configuration comes from: its file, the environment, credentials."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from denwa.config import phrases
from denwa.config.findings import ConfigurationError, Finding
from denwa.config.lines import key_lines

Location = tuple[str | int, ...]
"""The keys that lead to a value, from the outermost table."""

PREFIX = "DENWA_"
DELIMITER = "__"
CREDENTIAL_PREFIX = "denwa_"
"""systemd names the files of LoadCredential=denwa:FOLDER so."""
CREDENTIALS = "CREDENTIALS_DIRECTORY"
NOT_SETTINGS = frozenset({"DENWA_CONFIG", "DENWA_CACHE", "DENWA_EVENT"})
"""Variables of ours that are no keys of the configuration."""

_LARGEST_FILE = 1 << 20
_PLACE = re.compile(r"(.*) \(at line (\d+), column \d+\)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ConfigurationFile:
    """A file as read, and on which line each key stands; `path` None is no file at all."""

    path: Path | None = None
    values: dict[str, object] = field(default_factory=dict)
    lines: dict[Location, int] = field(default_factory=dict)

    def where(self, location: Location) -> str:
        """File and line of a key, or of the nearest table around it that is written."""
        if self.path is None:
            return "denwa.toml"
        for length in range(len(location), 0, -1):
            if line := self._line(location[:length]):
                return f"{self.path}:{line}"
        return str(self.path)

    def has(self, location: Location) -> bool:
        """Whether the file writes this key or table itself; the file as a whole it has where it exists."""
        return self._line(location) is not None if location else self.path is not None

    def _line(self, location: Location) -> int | None:
        if location in self.lines:
            return self.lines[location]
        wanted = _fold(location)
        return next((line for path, line in self.lines.items() if _fold(path) == wanted), None)


@dataclass(frozen=True, slots=True)
class Override:
    """A value from an environment variable or a credential's file: what names it, and its key."""

    origin: str
    location: tuple[str, ...]
    value: str


def _fold(location: Location) -> Location:
    return tuple(key.casefold() if isinstance(key, str) else key for key in location)


def usual_files(environment: Mapping[str, str]) -> list[Path]:
    """The files that are looked for when none is named, the nearest first."""
    home = environment.get("HOME", "")
    folders = [environment.get("XDG_CONFIG_HOME") or (f"{home}/.config" if home else ""), "/etc"]
    return [Path("denwa.toml"), *(Path(folder, "denwa", "denwa.toml") for folder in folders if folder)]


def find_file(named: Path | None, environment: Mapping[str, str]) -> Path | None:
    """The configuration's file: as named, as DENWA_CONFIG says, else the first usual one, else None."""
    if named is not None:
        return named
    if chosen := environment.get("DENWA_CONFIG"):
        return Path(chosen)
    return next((path for path in usual_files(environment) if path.is_file()), None)


def read_file(path: Path | None) -> ConfigurationFile:
    """Read a TOML file. Raises ConfigurationError."""
    if path is None:
        return ConfigurationFile()
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST_FILE + 1)
    except FileNotFoundError:
        raise _unreadable(path, phrases.NO_FILE) from None
    except OSError as error:
        raise _unreadable(path, phrases.UNREADABLE, why=error.strerror) from None
    if len(raw) > _LARGEST_FILE:
        raise _unreadable(path, phrases.TOO_LARGE)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _unreadable(f"{path}:{line}", phrases.NOT_UTF8) from None
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.match(str(error))
        where = f"{path}:{place[2]}" if place else f"{path}:{len(text.splitlines())}"
        raise _unreadable(where, phrases.NO_TOML, why=place[1] if place else str(error)) from None
    return ConfigurationFile(path, values, key_lines(text))


def _unreadable(where: object, said: phrases.Fault, **values: object) -> ConfigurationError:
    return ConfigurationError([Finding(str(where), "", said.what, said.remedy, values)])


def overrides(environment: Mapping[str, str]) -> list[Override]:
    """All DENWA_ variables and credentials that mean a key, the variables last: they win."""
    found = []
    if folder := credentials_folder(environment):
        for path in sorted(folder.iterdir()):
            name = path.name.lower()
            if name.startswith(CREDENTIAL_PREFIX) and path.is_file():
                keys = tuple(name.removeprefix(CREDENTIAL_PREFIX).split(DELIMITER))
                found.append(
                    Override(f"${CREDENTIALS}/{path.name}", keys, path.read_text("utf-8", "replace"))
                )
    for name, value in sorted(environment.items()):
        if name.upper().startswith(PREFIX) and name.upper() not in NOT_SETTINGS:
            keys = tuple(name[len(PREFIX) :].lower().split(DELIMITER))
            found.append(Override(f"${name}", keys, value))
    return found


def credentials_folder(environment: Mapping[str, str]) -> Path | None:
    """The folder where systemd lays our credentials, if it does."""
    folder = environment.get(CREDENTIALS, "")
    return Path(folder) if folder and os.access(folder, os.R_OK | os.X_OK) else None
