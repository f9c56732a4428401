"""The environment is made once, from locks that are true to pyproject.toml."""

import re
import sys
import tomllib
from pathlib import Path

import pytest

from setup import python
from setup.say import CommandError, SetupError

pytestmark = [pytest.mark.unit, pytest.mark.timeout(60)]


def project() -> dict[str, list[str]]:
    """The requirements by what needs them."""
    whole = tomllib.loads((python.ROOT / "pyproject.toml").read_text())
    return {"run": whole["project"]["dependencies"], **whole["dependency-groups"]}


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=\[ ;]", requirement)[0].lower() for requirement in requirements}


def locked(file: str) -> dict[str, list[str]]:
    """The exact versions of a lock file, and what of it has no hash."""
    versions: dict[str, list[str]] = {}
    for entry in re.split(r"\n(?=\S)", (python.ROOT / file).read_text().strip()):
        name, version = entry.split(" ", 1)[0].split("==")
        assert "--hash=sha256:" in entry, f"{name} has no hash"
        versions.setdefault(name, []).append(version)
    return versions


@pytest.mark.parametrize(
    ("file", "groups"),
    [
        ("requirements.lock", ["run", "build"]),
        ("requirements-test.lock", ["run", "build", "test", "prompts"]),
    ],
)
def test_a_lock_has_all_that_is_asked_for_with_hashes(file: str, groups: list[str]):
    wanted = set().union(*(names(project()[group]) for group in groups))
    assert wanted <= locked(file).keys()


def test_both_locks_agree():
    tests = locked("requirements-test.lock")
    assert all(tests[name] == versions for name, versions in locked("requirements.lock").items())


@pytest.fixture
def venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The set-up pointed at an empty folder."""
    monkeypatch.setattr(python, "ROOT", tmp_path)
    monkeypatch.setattr(python, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(python, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(python, "LOG", tmp_path / "log")
    return tmp_path / ".venv"


def test_the_environment_is_made_once_and_anew_for_another_folder_or_python(venv: Path):
    venv.mkdir()
    (venv / "belongs-to").write_text("somewhere else")
    (venv / "old").touch()
    python.make_environment()
    assert not (venv / "old").exists()
    assert (venv / "bin" / "python").exists()
    (venv / "new").touch()
    python.make_environment()
    assert (venv / "new").exists()


@pytest.fixture
def made(venv: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment that is there already: the notes are its own, its Python and pip are those of this test."""
    monkeypatch.setattr(python, "PYTHON", Path(sys.executable))
    venv.mkdir()
    return venv


def test_a_lock_is_installed_once_and_again_when_it_changes(made: Path, tmp_path: Path):
    lock, log = tmp_path / "my.lock", tmp_path / "log"
    for text in ("# nothing\n", "# nothing else\n"):
        lock.write_text(text)
        python.install_locked(lock)
        assert log.exists(), "pip ran"
        log.unlink()
        python.install_locked(lock)
        assert not log.exists()


def test_what_is_not_installed_is_not_noted(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    lock = tmp_path / "my.lock"
    lock.write_text(f"no-such-package-at-all==1 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(SetupError, match="Internet"):
        python.install_locked(lock)
    assert not (made / "installed" / "my.lock").exists()


@pytest.mark.parametrize(
    ("pip_says", "remedy"),
    [
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "make lock"),
        ("Temporary failure in name resolution", "Is there Internet?"),
        ("ERROR: No matching distribution found for numpy", "no wheel for Python"),
        ("No space left on device", "setup.log"),
    ],
)
def test_a_failed_pip_is_told_with_what_to_do(
    venv: Path, monkeypatch: pytest.MonkeyPatch, pip_says: str, remedy: str
):
    def simulated_failure(*_: object, **__: object) -> None:
        raise CommandError("pip", pip_says)

    monkeypatch.setattr(python, "watch", simulated_failure)
    monkeypatch.setattr(python, "LOG", "build/setup.log")
    lock = venv.parent / "my.lock"
    lock.write_text("")
    with pytest.raises(SetupError, match=remedy):
        python.install_locked(lock)


def test_a_recipe_that_prints_no_wheel_is_told(venv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    recipe = tmp_path / "build.py"
    recipe.write_text("print('nowhere.whl')\n")
    monkeypatch.setattr(python, "NATIVE", {"part": Path("build.py")})
    monkeypatch.setattr(python, "PYTHON", Path(sys.executable))
    (tmp_path / "build").mkdir()
    with pytest.raises(SetupError, match=r"build\.py printed 'nowhere\.whl', which is no wheel"):
        python.install_native()


@pytest.mark.parametrize(
    ("version", "good"), [((3, 10), False), ((3, 11), True), ((3, 13), True), ((3, 14), False)]
)
def test_pythons_from_3_11_to_3_13_are_supported(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, int], good: bool
):
    monkeypatch.setattr(sys, "version_info", (*version, 0))
    assert python.supported() is good


def test_another_python_is_only_taken_when_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name, status in (("python3.13", 127), ("python3.12", 0), ("python3.11", 0)):
        (tmp_path / name).write_text(f"#!/bin/sh\nexit {status}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert python.other_python() == str(tmp_path / "python3.12")


def test_the_oldest_and_newest_python_are_pyprojects():
    whole = tomllib.loads((python.ROOT / "pyproject.toml").read_text())
    assert whole["project"]["requires-python"] == f">={python.OLDEST[0]}.{python.OLDEST[1]}"
