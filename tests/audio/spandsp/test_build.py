"""The recipe of the wheel `denwa_spandsp`: what it prints, keeps, and says when something is missing."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import audio.spandsp

pytestmark = pytest.mark.native

RECIPE = Path(audio.spandsp.__file__).with_name("build.py")


def build(cache, **environment: str):
    """Runs the recipe with a cache of its own."""
    return subprocess.run(
        [sys.executable, RECIPE],
        env={**os.environ, "DENWA_CACHE": str(cache), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def wrapper(folder, condition, message):
    """A compiler that fails with `message` where the shell's `condition` holds for one of its files."""
    script = folder / "cc-that-fails"
    script.write_text(
        f'#!/bin/sh\nfor file; do :; done\nif {condition}; then echo "{message}" >&2; exit 1; fi\nexec cc "$@"\n'
    )
    script.chmod(0o755)
    return str(script)


def test_prints_the_wheel_and_nothing_else(tmp_path):
    done = build(tmp_path)
    wheel = Path(done.stdout.removesuffix("\n"))
    assert (done.returncode, "compiling" in done.stderr) == (0, True)
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert wheel.is_relative_to(tmp_path)
    assert {name.split("/")[0] for name in names} == {"denwa_spandsp", "denwa_spandsp-0.1.0.dist-info"}


def test_the_second_run_takes_it_from_the_cache(tmp_path):
    first, second = build(tmp_path), build(tmp_path)
    assert second.stdout == first.stdout
    assert "is in the cache" in second.stderr
    assert len(list(tmp_path.iterdir())) == 1


def test_the_wheel_installs_and_works_by_itself(tmp_path):
    """Installed by pip with no network, the module in it has the functions of api.h."""
    wheel = build(tmp_path / "cache").stdout.strip()
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--no-index",
            "--no-deps",
            "-q",
            "--target",
            tmp_path / "site",
            wheel,
        ],
        check=True,
        capture_output=True,
    )
    code = "import denwa_spandsp as d; print(d.__file__, d.lib.drive_abi(d.lib.speech_ops()))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{tmp_path / 'site' / 'denwa_spandsp' / '__init__.py'} 2\n"


@pytest.mark.parametrize("header", ["spandsp.h", "Python.h"])
def test_a_missing_header_names_the_debian_package(tmp_path, header):
    compiler = wrapper(tmp_path, f'grep -qsF -- "<{header}>" "$file"', f"fatal error: {header}: No such file")
    done = build(tmp_path / "cache", CC=compiler)
    assert (done.returncode, done.stdout) == (1, "")
    assert "headers are missing" in done.stderr
    assert "sudo apt install build-essential python3-dev libspandsp-dev" in done.stderr


def test_a_missing_compiler_names_the_debian_package(tmp_path):
    done = build(tmp_path, CC="/nowhere/cc")
    assert (done.returncode, done.stdout) == (1, "")
    assert "There is no C compiler (/nowhere/cc)" in done.stderr
    assert "sudo apt install build-essential" in done.stderr


def test_a_failed_compilation_is_shown_and_leaves_no_wheel(tmp_path):
    compiler = wrapper(tmp_path, 'case "$*" in *-shared*) true;; *) false;; esac', "the linker is unwell")
    done = build(tmp_path / "cache", CC=compiler)
    assert (done.returncode, done.stdout) == (1, "")
    assert "the linker is unwell" in done.stderr
    assert list((tmp_path / "cache").rglob("*.whl")) == []
