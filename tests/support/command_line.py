"""Fixtures: the command line in an empty folder, without our variables."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from denwa.cli.app import app

Denwa = Callable[..., Result]


@pytest.fixture
def empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the commands run: nothing is there, no configuration in a usual place."""
    for name in list(os.environ):
        if name.upper().startswith("DENWA_") or name in {
            "CREDENTIALS_DIRECTORY",
            "STATE_DIRECTORY",
            "XDG_STATE_HOME",
        }:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def denwa() -> Denwa:
    """Run `denwa` with these arguments; `input` is what is typed."""

    def run(*arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(app, list(arguments), input=typed, catch_exceptions=False)

    return run
