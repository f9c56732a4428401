"""Missing Debian packages are found, named with their reason, and installed by whoever may."""

import os
import subprocess
from pathlib import Path

import pytest

from setup import debian
from setup.debian import Package, install, listed, missing, wanted
from setup.say import SetupError

pytestmark = [pytest.mark.unit, pytest.mark.timeout(60)]

SWIG = Package("swig", "run", "makes PJSIP's Python binding")
SIPP = Package("sip-tester", "test", "places many calls")


@pytest.fixture
def simulated_debian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A system where nothing is installed, and apt-get notes what it is asked for."""
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    scripts = {
        "dpkg-query": "exit 1",
        "apt-get": f'echo "$*" >>{tmp_path}/asked; [ -z "$APT_SAYS" ] || {{ echo "$APT_SAYS"; exit 100; }}',
    }
    for name, script in scripts.items():
        (bin_folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (bin_folder / name).chmod(0o755)
    for name in ("sh", "env", "true"):
        (bin_folder / name).symlink_to(f"/bin/{name}" if name == "sh" else f"/usr/bin/{name}")
    monkeypatch.setenv("PATH", str(bin_folder))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return tmp_path


def asked(folder: Path) -> list[str]:
    log = folder / "asked"
    return log.read_text().splitlines() if log.exists() else []


def test_the_list_says_why_each_package_is_needed():
    packages = listed()
    assert len({package.name for package in packages}) == len(packages)
    assert all(package.when in {"run", "test", "python"} for package in packages)
    assert all(len(package.why.split()) >= 2 for package in packages)


@pytest.mark.parametrize(
    ("tests", "debians_python", "expected"),
    [
        (False, False, {"a"}),
        (True, False, {"a", "b"}),
        (False, True, {"a", "c"}),
        (True, True, {"a", "b", "c"}),
    ],
)
def test_only_what_is_wanted_is_installed(tests: bool, debians_python: bool, expected: set[str]):
    packages = [Package("a", "run", ""), Package("b", "test", ""), Package("c", "python", "")]
    found = wanted(packages, tests=tests, debians_python=debians_python)
    assert {package.name for package in found} == expected


def test_dpkg_knows_what_is_installed():
    here, gone = Package("bash", "run", ""), Package("no-such-package-at-all", "run", "")
    assert missing([here, gone]) == [gone]
    assert missing([here]) == []


def test_nothing_missing_asks_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    install([Package("bash", "run", "")], tmp_path / "log")
    assert not (tmp_path / "log").exists()


def test_root_installs_what_is_missing(simulated_debian: Path, capsys: pytest.CaptureFixture[str]):
    install([SWIG, SIPP], simulated_debian / "log")
    assert asked(simulated_debian) == ["-q update", "-q install -y --no-install-recommends swig sip-tester"]
    assert "makes PJSIP's Python binding" in capsys.readouterr().err


def test_without_root_and_sudo_the_command_is_printed(
    simulated_debian: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SetupError, match="apt-get install swig sip-tester"):
        install([SWIG, SIPP], simulated_debian / "log")
    assert asked(simulated_debian) == []


def add_sudo(folder: Path, script: str) -> None:
    sudo = folder / "bin" / "sudo"
    sudo.write_text(f"#!/bin/sh\n{script}\n")
    sudo.chmod(0o755)


def test_sudo_is_used_where_it_works(simulated_debian: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    add_sudo(simulated_debian, f'echo "sudo $*" >>{simulated_debian}/asked; shift; exec "$@"')
    install([SWIG], simulated_debian / "log")
    assert "sudo -n true" in asked(simulated_debian)
    assert "-q install -y --no-install-recommends swig" in asked(simulated_debian)


def test_a_sudo_that_refuses_is_as_good_as_none(simulated_debian: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    add_sudo(simulated_debian, "exit 1")
    with pytest.raises(SetupError, match="need root"):
        install([SWIG], simulated_debian / "log")


@pytest.mark.parametrize(
    ("apt_says", "remedy"),
    [
        ("E: Could not get lock /var/lib/dpkg/lock-frontend", "wait until it is done"),
        ("Temporary failure resolving 'deb.debian.org'", "Is there Internet?"),
        ("E: Unable to locate package swig", "is `main` in your apt sources?"),
        ("E: You don't have enough free space", "apt-get install swig"),
    ],
)
def test_a_failed_apt_is_told_with_what_to_do(
    simulated_debian: Path, monkeypatch: pytest.MonkeyPatch, apt_says: str, remedy: str
):
    monkeypatch.setenv("APT_SAYS", apt_says)
    with pytest.raises(SetupError) as caught:
        install([SWIG], simulated_debian / "log")
    assert remedy in str(caught.value)
    assert apt_says in str(caught.value)


def test_where_there_is_no_dpkg_the_packages_are_named(
    simulated_debian: Path, capsys: pytest.CaptureFixture[str]
):
    (simulated_debian / "bin" / "dpkg-query").unlink()
    install([SWIG, SIPP], simulated_debian / "log")
    assert "swig sip-tester" in capsys.readouterr().err


def test_every_package_of_the_list_is_known_to_debian():
    names = [package.name for package in listed()]
    known = subprocess.run(
        ["apt-cache", "pkgnames"], capture_output=True, text=True, check=True
    ).stdout.split()
    assert set(names) <= set(known)
    assert debian.LIST.is_file()
