"""What the commands share."""

import sys
from pathlib import Path

import pytest

from denwa.cli.common import own_command

pytestmark = pytest.mark.unit


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program that runs is this file; PATH finds nothing."""
    file = tmp_path / ".venv/bin/denwa"
    file.parent.mkdir(parents=True)
    file.write_text("#!/bin/sh\n")
    file.chmod(0o755)
    monkeypatch.setattr(sys, "argv", [str(file), "serve"])
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.chdir(tmp_path)
    return file


@pytest.mark.usefixtures("program")
def test_below_the_folder_the_command_is_a_short_path():
    assert own_command() == ".venv/bin/denwa"


def test_elsewhere_it_is_the_whole_path(program: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir("/")
    assert own_command() in {str(program), str(program.relative_to("/"))}


def test_where_path_finds_it_its_name_is_enough(program: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(program.parent))
    assert own_command() == "denwa"


def test_another_denwa_on_the_path_is_not_meant(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    other = tmp_path / "other/denwa"
    other.parent.mkdir()
    other.write_bytes(program.read_bytes())
    other.chmod(0o755)
    monkeypatch.setenv("PATH", str(other.parent))
    assert own_command() == ".venv/bin/denwa"
