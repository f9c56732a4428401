"""The virtual environment: the right Python, locked packages, our native wheels, denwa itself."""

from __future__ import annotations  # an older Python must get as far as saying so

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from setup.say import CommandError, SetupError, watch

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = ROOT / "build" / "setup.log"
OLDEST = (3, 11)
NEWEST = (3, 13)
NATIVE = {
    "denwa_spandsp": Path("audio/spandsp/build.py"),
    "denwa_pjsip": Path("exchange/pjsip/build.py"),
}
"""The recipe of each native wheel; it prints the wheel's path."""


def debians_python() -> bool:
    """Whether this Python came as a Debian package, so that its headers and venv do too."""
    return sys.base_prefix == "/usr"


def make_environment() -> None:
    """Make the virtual environment, anew where it belongs to another folder or Python. Raises SetupError."""
    belongs = f"{ROOT} {sys.version} {sys.base_prefix}"
    note = VENV / "belongs-to"
    if note.is_file() and note.read_text(encoding="utf-8") == belongs and PYTHON.exists():
        return
    if not Path(sysconfig.get_path("include"), "Python.h").is_file():
        raise SetupError(f"{sys.executable} has no Python.h: install its development files.")
    if VENV.exists():
        shutil.rmtree(VENV)
    try:
        watch("virtual environment", [sys.executable, "-m", "venv", VENV], log=LOG)
    except CommandError as error:
        raise SetupError(f"{error}\nOn Debian: apt-get install python3-venv") from error
    note.write_text(belongs, encoding="utf-8")


def install_locked(lock: Path) -> None:
    """Install exactly what a lock file names, checked by hash. Raises SetupError."""
    if _unchanged(f"{lock.name}", key := _digest(lock)):
        return
    _pip(f"Python packages ({lock.name})", "--require-hashes", "--only-binary", ":all:", "-r", str(lock))
    _note(lock.name, key)


def install_native() -> None:
    """Build our native wheels, which their recipes keep by what went in, and install them. Raises SetupError."""
    for name, recipe in NATIVE.items():
        said = ROOT / "build" / f"{name}.path"
        watch(name, [PYTHON, ROOT / recipe], log=LOG, stdout=said)
        wheel = Path(said.read_text(encoding="utf-8").strip())
        if not wheel.is_file():
            raise SetupError(f"{recipe} printed {str(wheel)!r}, which is no wheel")
        if _unchanged(name, key := _digest(wheel)):
            continue
        _pip(f"installing {name}", "--no-index", "--no-deps", "--force-reinstall", str(wheel))
        _note(name, key)


def install_denwa() -> None:
    """Install denwa itself, editable. Raises SetupError."""
    project = ROOT / "pyproject.toml"
    if _unchanged("denwa", key := _digest(project)):
        return
    _pip("denwa itself", "--no-index", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    _note("denwa", key)


def _pip(what: str, *words: str) -> None:
    pip = [
        str(PYTHON),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--progress-bar",
        "off",
        *words,
    ]
    try:
        watch(what, pip, log=LOG, env={**os.environ, "PIP_NO_INPUT": "1", "PIP_ROOT_USER_ACTION": "ignore"})
    except CommandError as error:
        raise SetupError(f"{error}\n{_remedy(error.output)}") from error


def _remedy(output: str) -> str:
    if "HASHES" in output or "hash" in output.lower():
        return "A package is not the one that was locked. If you changed pyproject.toml: make lock."
    if any(sign in output for sign in ("resolution", "NewConnection", "timed out", "Max retries", "SSL")):
        return "The Python package index cannot be reached. Is there Internet? When there is, run make again."
    if "No matching distribution" in output:
        return f"There is no wheel for Python {sys.version_info[0]}.{sys.version_info[1]} on this machine, or no Internet."
    return f"All that was said is in {LOG}."


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _unchanged(name: str, key: str) -> bool:
    note = VENV / "installed" / name
    return note.is_file() and note.read_text(encoding="utf-8") == key


def _note(name: str, key: str) -> None:
    folder = VENV / "installed"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(key, encoding="utf-8")


def supported() -> bool:
    """Whether this Python is one that denwa runs on."""
    return OLDEST <= sys.version_info[:2] <= NEWEST


def other_python() -> str | None:
    """Another Python on this machine that denwa runs on."""
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        # a version manager's shim is there even where its Python is not
        if found and subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0:
            return found
    return None
