"""A folder of its own for each configuration, and an environment without ours."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support.made_up_services import MADE_UP

from denwa.config.findings import ConfigurationError, Finding
from denwa.config.load import Configuration, load

Write = Callable[[str], Path]
Load = Callable[[str], Configuration]
Findings = Callable[[str], list[Finding]]


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No DENWA_ variable, no credential, no configuration file in a usual place."""
    for name in list(os.environ):
        if name.upper().startswith("DENWA_") or name == "CREDENTIALS_DIRECTORY":
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a configuration file."""

    def written(text: str) -> Path:
        path = tmp_path / "denwa.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.fixture
def loaded(write: Write) -> Load:
    """Load a configuration's text with the made-up services."""
    return lambda text: load(write(text), MADE_UP)


@pytest.fixture
def findings(write: Write) -> Findings:
    """What is wrong with a configuration's text."""

    def found(text: str) -> list[Finding]:
        path = write(text)
        with pytest.raises(ConfigurationError) as caught:
            load(path, MADE_UP)
        return list(caught.value.findings)

    return found
