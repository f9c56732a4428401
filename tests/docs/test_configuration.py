"""The configuration's page is the schema's, and every TOML block of a document loads."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from docs.pages import PAGES, ROOT, Block, blocks, commands

from denwa.config.load import load
from denwa.config.settings import settings_type
from services.registry import installed

pytestmark = pytest.mark.unit

PAGE = ROOT / "docs" / "configuration.md"
TABLES = {
    "At the top": "",
    "`[sip]`": "Sip",
    "`[log]`": "Log",
    "`[store]`": "Store",
    "`[events]`": "Events",
    "`[limits]`": "Limits",
    "`[trust]`": "Trust",
    "`[exchanges.NAME]`": "Exchange",
    "`[extensions.NAME]`": "Extension",
    "`[clock]`": "ClockConfig",
    "`[echo]`": "EchoConfig",
    "`[wakeup]`": "WakeupConfig",
}
"""The page's headings, and what the schema calls the table below each."""
TOML = [block for page in PAGES for block in blocks(page, "toml")]


def rows(table: dict[str, Any]) -> list[str]:
    """The lines that describe a table's keys, without those that are tables of their own."""
    found = []
    for key, value in table["properties"].items():
        if "$ref" in value or "$ref" in (value.get("additionalProperties") or {}):
            continue
        default = value.get("default")
        written = "" if default is None else f"`{json.dumps(default)}`"
        if key in table.get("required", ()):
            written = "required"
        found.append(f"| `{key}` | {written} | {value['description']} |")
    return found


def test_the_page_has_every_key_of_the_schema_with_its_default_and_meaning():
    schema = settings_type(installed()).model_json_schema()
    by_heading = dict(
        part.split("\n", 1) for part in re.split(r"^## ", PAGE.read_text(), flags=re.MULTILINE)[1:]
    )
    assert {definition for definition in TABLES.values() if definition} == set(schema["$defs"])
    for heading, definition in TABLES.items():
        table = schema["$defs"][definition] if definition else schema
        written = [line for line in by_heading[heading].splitlines() if line.startswith("| `")]
        assert written == rows(table), f"write below «{heading}»:\n" + "\n".join(rows(table))


@pytest.fixture
def no_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An empty folder with a password, and none of our variables."""
    for name in ("DENWA_CONFIG", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    password = tmp_path / "denwa.password"
    password.write_text("pw\n")
    password.chmod(0o600)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


@pytest.mark.parametrize("block", TOML, ids=lambda block: block.where)
def test_a_configuration_in_a_document_holds_without_a_warning(
    block: Block, no_variables: pytest.MonkeyPatch, tmp_path: Path
):
    file = tmp_path / "denwa.toml"
    file.write_text(block.text)
    assert load(file, installed()).warnings == ()


def test_the_variables_on_the_page_set_what_they_name(no_variables: pytest.MonkeyPatch, tmp_path: Path):
    file = tmp_path / "denwa.toml"
    file.write_text(blocks(PAGE, "toml")[0].text)
    given = [command.variables for command in commands(PAGE) if command.variables]
    assert given
    for variables in given:
        with no_variables.context() as environment:
            for name, value in variables.items():
                environment.setenv(name, value)
            configuration = load(file, installed())
        for name in variables:
            keys = tuple(name.removeprefix("DENWA_").lower().split("__"))
            assert configuration.where(keys) == f"${name}"


def test_the_readme_says_how_to_leave_port_5060_to_the_exchange(
    no_variables: pytest.MonkeyPatch, tmp_path: Path
):
    for page in (ROOT / "README.md", ROOT / "README.ja.md"):
        said = re.findall(r"`(\[sip\]|port = \d+)`", page.read_text())
        file = tmp_path / "denwa.toml"
        file.write_text("\n".join(said))
        assert load(file, installed()).sip.port == int(shlex.split(said[1])[2])
