"""No command stands in a document that would not work as written."""

from pathlib import Path

import pytest
from docs.kinds import KINDS, check
from docs.pages import PAGES, ROOT, Block, Command, blocks, commands, commands_in, commands_in_prose

pytestmark = pytest.mark.unit

LANGUAGES = {"sh", "console", "toml", "ini", "python", "text", "mermaid"}
CASES = [command for page in PAGES for command in (*commands(page), *commands_in_prose(page))]


def name(page: object) -> str:
    return str(page.relative_to(ROOT)) if isinstance(page, Path) else str(page)


@pytest.mark.parametrize("command", CASES, ids=lambda command: f"{command.where} {command.words[0]}")
def test_a_command_of_a_document_works_as_written(command: Command):
    check(command)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_each_block_says_what_it_is(page: Path):
    unnamed = [block.where for block in blocks(page) if block.language not in LANGUAGES]
    assert not unnamed, f"write one of {sorted(LANGUAGES)} behind the fence at {', '.join(unnamed)}"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_each_fence_is_closed(page: Path):
    fences = [line for line in page.read_text().splitlines() if line.lstrip().startswith("```")]
    assert len(fences) == 2 * len(blocks(page))


def test_both_readmes_name_the_two_commands():
    for page in (ROOT / "README.md", ROOT / "README.ja.md"):
        typed = [" ".join(command.words) for command in commands(page)]
        assert typed[:3] == ["make run", "make test", ".venv/bin/denwa call 117"]


def of(text: str, language: str = "sh") -> list[Command]:
    return list(commands_in(Block(ROOT / "README.md", 1, language, text)))


def test_a_line_is_taken_apart_as_a_shell_does():
    found = of("A_B='x y' make run && cd /opt/denwa # to be there\nsed -i '/^a/d' \\\n  f | cat\n")
    assert [command.words for command in found] == [
        ("make", "run"),
        ("cd", "/opt/denwa"),
        ("sed", "-i", "/^a/d", "f"),
        ("cat",),
    ]
    assert found[0].variables == {"A_B": "x y"}


def test_of_a_console_only_what_is_typed_counts():
    assert [command.words for command in of("$ make run\ndenwa is up\n", "console")] == [("make", "run")]


@pytest.mark.parametrize(
    "wrong",
    [
        "make tea",
        "make bench-nothing",
        ".venv/bin/denwa ring",
        ".venv/bin/denwa serve --loudly",
        ".venv/bin/denwa alarm ring",
        ".venv/bin/denwa alarm add 1001 06:30 --loudly",
        ".venv/bin/denwa dialplan freeswitch",
        "python -m denwa.nothing",
        "python nothing.py",
        "cp nothing /etc",
        "systemctl nothing denwa",
        "apt install nothing",
        "git clone somewhere",
        "mkdir -p /etc/passwd",
    ],
)
def test_a_wrong_command_is_found(wrong: str):
    (command,) = of(wrong)
    assert command.name in KINDS
    with pytest.raises(AssertionError):
        check(command)


def test_a_command_of_no_kind_is_refused_with_a_hint():
    (command,) = of("curl -O somewhere")
    with pytest.raises(AssertionError, match=r"nothing checks 'curl'; add its kind to docs/kinds\.py"):
        check(command)
