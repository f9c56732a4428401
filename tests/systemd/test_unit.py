"""systemd accepts the unit without a word, and finds it hardened."""

import configparser
import re
import subprocess
from pathlib import Path

import pytest

from denwa.cli.common import WRONG_CONFIGURATION
from denwa.heart import STALL_S

pytestmark = pytest.mark.native
UNIT = Path(__file__).resolve().parents[2] / "systemd" / "denwa.service"


def setting(name: str) -> str:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(UNIT)
    return unit["Service"][name]


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The unit as installed, with a program where it says that one is."""
    program = tmp_path / ".venv" / "bin" / "denwa"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit = tmp_path / "denwa.service"
    unit.write_text(UNIT.read_text().replace("/opt/denwa", str(tmp_path)))
    return unit


def test_systemd_finds_nothing_to_say(installed: Path):
    verify = ["systemd-analyze", "verify", "--man=no", str(installed)]
    done = subprocess.run(verify, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_misspelt_setting_would_be_told(installed: Path):
    installed.write_text(installed.read_text().replace("WatchdogSec", "WatchdogSek"))
    verify = ["systemd-analyze", "verify", "--man=no", str(installed)]
    done = subprocess.run(verify, capture_output=True, text=True, check=False)
    assert "WatchdogSek" in done.stderr


def test_it_is_hardened(installed: Path):
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", str(installed)],
        capture_output=True,
        text=True,
        check=True,
    )
    exposure = re.search(r"Overall exposure level for denwa\.service: ([0-9.]+)", done.stdout)
    assert exposure
    assert float(exposure[1]) < 2.5


def test_it_agrees_with_the_program():
    assert setting("Type") == "notify"
    assert setting("RestartPreventExitStatus") == str(WRONG_CONFIGURATION)
    assert float(setting("WatchdogSec")) >= 3 * STALL_S
    assert setting("LoadCredential").startswith("denwa:")
