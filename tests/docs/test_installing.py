"""The installation in systemd/README.md, its files below /etc/denwa really made, in another folder."""

import os
import subprocess
from pathlib import Path

import pytest
from docs.pages import ROOT, blocks
from support.program import DENWA

pytestmark = pytest.mark.native

ANSWERS = "ja\n192.0.2.10\n7000\nsecret word\n\n"


def run(command: list[str], folder: Path, typed: str = "", **variables: str) -> str:
    """Run a command where none of our variables is set; what it printed."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8", **variables}
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        input=typed,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return f"{done.stdout}\n[{done.returncode}]"


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    """/etc/denwa as the page's second step makes it."""
    (step,) = [block for block in blocks(ROOT / "systemd" / "README.md", "sh") if "denwa init" in block.text]
    text = step.text.replace("/etc/denwa", str(tmp_path / "etc")).replace(".venv/bin/denwa", str(DENWA))
    said = run(["sh", "-e", "-c", text], tmp_path, ANSWERS)
    assert said.endswith("[0]"), said
    return tmp_path / "etc"


def test_the_password_lies_in_the_credentials_and_nowhere_else(etc: Path):
    secret = etc / "credentials" / "extensions__services__password"
    assert secret.read_text() == "secret word\n"
    assert (secret.stat().st_mode & 0o777, secret.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert sorted(path.name for path in etc.iterdir()) == ["credentials", "denwa.toml"]
    assert "secret" not in (etc / "denwa.toml").read_text()


def test_run_by_hand_check_finds_that_password_missing_and_nothing_else(etc: Path):
    said = run([str(DENWA), "check", "--config", str(etc / "denwa.toml")], etc, CREDENTIALS_DIRECTORY="")
    assert said.endswith("[2]"), said
    found = [line for line in said.splitlines() if "denwa.toml" in line]
    assert len(found) == 1
    assert "no password" in found[0]


def test_with_the_credentials_as_systemd_lays_them_all_is_in_order(etc: Path):
    handed_over = etc / "run"
    handed_over.mkdir()
    for file in (etc / "credentials").iterdir():
        (handed_over / f"denwa_{file.name}").write_text(file.read_text())
    said = run(
        [str(DENWA), "check", "--config", str(etc / "denwa.toml")],
        etc,
        CREDENTIALS_DIRECTORY=str(handed_over),
    )
    assert said.endswith("[0]"), said
