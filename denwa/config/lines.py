"""On which line of a TOML file a key stands; tomllib does not tell.

It reads what tomllib has accepted already, so it need not judge: it only skips values and follows keys.
"""

import re
import tomllib

Path = tuple[str | int, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"[ \t]*")
_BETWEEN = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:[^"\\\n]|\\.)*"' r"|'[^'\n]*'", re.DOTALL
)
_PLAIN = re.compile(r"[^\s,\]}#]+(?:[ ][0-9:.+Zz-]+)?")


def key_lines(text: str) -> dict[Path, int]:
    """The line, from 1, of each table and key; elements of arrays are counted from 0. `text` is valid TOML."""
    return _Reader(text.replace("\r\n", "\n")).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._lines: dict[Path, int] = {}
        self._arrays: dict[Path, int] = {}

    def read(self) -> dict[Path, int]:
        table: Path = ()
        while True:
            self._skip(_BETWEEN)
            if self._at >= len(self._text):
                return self._lines
            if self._next("["):
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Path:
        start = self._at
        many = self._text.startswith("[[", start)
        self._at += 2 if many else 1
        path: Path = ()
        keys = self._keys()
        for place, key in enumerate(keys):
            path = (*path, key)
            if many and place == len(keys) - 1:
                self._arrays[path] = self._arrays.get(path, -1) + 1
                self._lines.setdefault(path, self._line(start))
            if path in self._arrays:
                path = (*path, self._arrays[path])
            self._lines.setdefault(path, self._line(start))
        self._at += 2 if many else 1
        return path

    def _pair(self, table: Path) -> None:
        line = self._line(self._at)
        path = table
        for key in self._keys():
            path = (*path, key)
            self._lines.setdefault(path, line)
        self._at += 1  # the equals sign
        self._skip(_BLANK)
        self._value(path)

    def _value(self, path: Path) -> None:
        if self._next("["):
            self._elements(path)
        elif self._next("{"):
            self._at += 1
            self._skip(_BETWEEN)
            while not self._next("}"):
                self._pair(path)
                self._skip_comma()
            self._at += 1
        else:
            self._skip(_STRING if self._text[self._at] in "\"'" else _PLAIN)

    def _elements(self, path: Path) -> None:
        self._at += 1
        self._skip(_BETWEEN)
        index = 0
        while not self._next("]"):
            self._lines[(*path, index)] = self._line(self._at)
            self._value((*path, index))
            self._skip_comma()
            index += 1
        self._at += 1

    def _keys(self) -> list[str]:
        keys = []
        while True:
            self._skip(_BLANK)
            pattern = _STRING if self._text[self._at] in "\"'" else _BARE
            written = self._skip(pattern)
            keys.append(written if pattern is _BARE else str(tomllib.loads(f"key = {written}")["key"]))
            self._skip(_BLANK)
            if not self._next("."):
                return keys
            self._at += 1

    def _skip_comma(self) -> None:
        self._skip(_BETWEEN)
        if self._next(","):
            self._at += 1
            self._skip(_BETWEEN)

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            msg = f"no TOML at line {self._line(self._at)}"
            raise ValueError(msg)
        self._at = match.end()
        return match[0]

    def _next(self, char: str) -> bool:
        return self._text.startswith(char, self._at)

    def _line(self, at: int) -> int:
        return self._text.count("\n", 0, at) + 1
