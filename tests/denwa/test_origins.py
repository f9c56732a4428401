"""Packages of ours that another distribution has replaced are found before they run."""

import sys
from pathlib import Path

import pytest

from denwa.origins import NATIVE, OURS, strange_origins

pytestmark = pytest.mark.unit


def make_package(folder: Path, name: str) -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / "__init__.py").touch()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with all our packages."""
    for name in (*OURS, *NATIVE):
        make_package(tmp_path / "ours", name)
    return tmp_path / "ours"


def test_our_own_installation_is_in_order():
    assert strange_origins(sys.path, native=()) == []


def test_packages_in_their_places_are_in_order(home: Path):
    assert strange_origins([str(home)], home) == []


def test_another_distributions_services_are_found(home: Path, tmp_path: Path):
    make_package(tmp_path / "site", "services")
    (finding,) = strange_origins([str(tmp_path / "site"), str(home)], home)
    assert finding.where == "services"
    assert str(tmp_path / "site" / "services") in finding.say("en")
    assert "virtual environment" in finding.say("en")
    assert "仮想環境" in finding.say("ja")


@pytest.mark.parametrize("name", [*OURS, *NATIVE])
def test_a_missing_package_is_named_with_what_to_do(home: Path, name: str):
    (home / name / "__init__.py").unlink()
    (home / name).rmdir()
    (finding,) = strange_origins([str(home)], home)
    assert finding.where == name
    assert "make run" in finding.say("en")
