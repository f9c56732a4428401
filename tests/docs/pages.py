"""The documents as a reader sees them: fenced blocks, the commands in them, links and headings."""

import re
import shlex
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_PATTERNS = ("*.md", "docs/**/*.md", "[a-z]*/*.md", "exchange/*/*.md", "tests/lab/*.md")
PAGES = sorted({path for pattern in _PATTERNS for path in ROOT.glob(pattern)})
"""Every document of the repository."""

_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL
)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
_IN_PROSE = re.compile(r"`((?:(?:\.venv/bin/)?denwa|make) [^`|]+)[^`]*`")
_VARIABLE = re.compile(r"([A-Z][A-Z0-9_]*)=(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its page, the line that it begins on, its language ("" when none is written) and text."""

    page: Path
    line: int
    language: str
    text: str

    @property
    def where(self) -> str:
        """Page and line, as an editor opens them."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a block: the variables before it, and its words."""

    where: str
    variables: dict[str, str]
    words: tuple[str, ...]

    @property
    def name(self) -> str:
        """The program, without the folder that it is in."""
        return self.words[0].rpartition("/")[2]


def blocks(page: Path, *languages: str) -> list[Block]:
    """The blocks of a page, of these languages or of all."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(page, text.count("\n", 0, found.start()) + 1, found["language"], textwrap.dedent(found["text"]))
        for found in _FENCE.finditer(text)
        if not languages or found["language"] in languages
    ]


def commands(page: Path) -> list[Command]:
    """All commands of a page's sh and console blocks, each by itself."""
    return [command for block in blocks(page, "sh", "console") for command in commands_in(block)]


def commands_in(block: Block) -> Iterator[Command]:
    """The commands of a block; of a console block those behind the prompt."""
    lines = block.text.replace("\\\n", " ").splitlines()
    if block.language == "console":
        lines = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    for line in lines:
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words: list[str] = []
        for word in [*lexer, ";"]:
            if set(word) <= set("();<>|&"):
                if words:
                    yield _command(block, words)
                words = []
            else:
                words.append(word)


def commands_in_prose(page: Path) -> list[Command]:
    """The calls of denwa and make within a page's sentences; of alternatives (`a|b`) the first."""
    text = page.read_text(encoding="utf-8")
    prose = _FENCE.sub(lambda found: "\n" * found[0].count("\n"), text)
    return [
        _command(Block(page, prose.count("\n", 0, found.start()) + 1, "sh", ""), shlex.split(found[1]))
        for found in _IN_PROSE.finditer(prose)
    ]


def _command(block: Block, words: list[str]) -> Command:
    variables = {}
    while words and (given := _VARIABLE.fullmatch(words[0])):
        variables[given[1]] = given[2]
        words = words[1:]
    assert words, f"{block.where}: variables without a command"
    return Command(block.where, variables, tuple(words))


def links(page: Path) -> list[str]:
    """Where a page's links lead, pictures included; what stands in fenced blocks is no link."""
    return _LINK.findall(_FENCE.sub("", page.read_text(encoding="utf-8")))


def anchors(page: Path) -> set[str]:
    """What can stand behind # in a link to a page."""
    headings = _HEADING.findall(_FENCE.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
