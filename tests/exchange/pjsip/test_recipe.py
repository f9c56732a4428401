"""The build recipe: what its caches go by, and what it says when it cannot build."""

import base64
import hashlib
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from exchange.pjsip import cache, needs, pin, source
from exchange.pjsip.report import BuildError, step

pytestmark = pytest.mark.native

ROOT = Path(__file__).resolve().parents[3]
BUILD = ROOT / "exchange" / "pjsip" / "build.py"


def run_build(**env: str):
    """build.py as anybody runs it."""
    return subprocess.run(
        [sys.executable, BUILD], env=os.environ | env, capture_output=True, text=True, check=False
    )


@pytest.fixture
def made_up_source(tmp_path):
    """A folder laid out as PJSIP's, with nothing of it."""
    tree = tmp_path / "pjproject"
    for name in (
        "pjlib/src/b.c",
        "pjlib/src/B.c",
        "pjsip/a.hpp",
        "pjmedia/bdimad_dev.c",
        "pjnath/readme.txt",
    ):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(name)
    for name in pin.BUILD_FILES:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(name)
    return tree


def test_the_digest_is_what_the_shell_computes(made_up_source):
    """The pinned figure can be checked by hand with find, sort and sha256sum."""
    command = (
        "find pjlib pjsip pjmedia pjnath -type f \\( -name '*.c' -o -name '*.hpp' \\) ! -name bdimad_dev.c"
        " | LC_ALL=C sort | xargs sha256sum | sha256sum"
    )
    shell = subprocess.run(
        ["bash", "-c", command], cwd=made_up_source, capture_output=True, text=True, check=True
    )
    assert source.code_digest(made_up_source) == shell.stdout.split()[0]


def test_any_changed_file_changes_the_digest(made_up_source):
    """A compiled file or a build file; one that is not compiled does not count."""
    code, build = source.code_digest(made_up_source), source.build_digest(made_up_source)
    (made_up_source / "pjnath/readme.txt").write_text("other")
    assert source.code_digest(made_up_source) == code
    (made_up_source / "pjlib/src/b.c").write_text("other")
    assert source.code_digest(made_up_source) != code
    (made_up_source / "version.mak").write_text("other")
    assert source.build_digest(made_up_source) != build


def test_another_source_is_refused_by_its_content(made_up_source, tmp_path):
    """As a folder and as an archive: said in words, nothing built."""
    archive = tmp_path / "pjproject.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(made_up_source, "pjproject-2.17")
    for given in (made_up_source, archive):
        # the made-up key makes the build believe that nothing is cached
        with pytest.raises(BuildError, match=r"not that of PJSIP 2\.17"):
            obtain_from(given, tmp_path / f"tree-{given.name}")


def obtain_from(given, tree):
    before = os.environ.get("PJSIP_SOURCE")
    os.environ["PJSIP_SOURCE"] = str(given)
    try:
        source.obtain(tree)
    finally:
        os.environ.pop("PJSIP_SOURCE")
        if before is not None:
            os.environ["PJSIP_SOURCE"] = before


def test_a_source_that_is_not_there_is_named(tmp_path):
    """The whole command: no wheel, status 1, the reason on stderr."""
    done = run_build(PJSIP_SOURCE="/no/such/file.tar.gz", DENWA_CACHE=str(tmp_path))
    assert done.returncode == 1
    assert done.stdout == ""
    assert "PJSIP_SOURCE=/no/such/file.tar.gz: there is no such file or folder" in done.stderr


def test_a_second_build_prints_the_wheel_at_once():
    """Stdout is the path alone, and pip would accept what is there."""
    done = run_build()
    assert done.returncode == 0, done.stderr
    wheel = Path(done.stdout.strip())
    with zipfile.ZipFile(wheel) as archive:
        record = next(name for name in archive.namelist() if name.endswith("/RECORD"))
        rows = [line.split(",") for line in archive.read(record).decode().splitlines()]
        listed = {name: digest for name, digest, _ in rows}
        assert set(listed) == set(archive.namelist())
        for name in set(listed) - {record}:
            digest = (
                base64.urlsafe_b64encode(hashlib.sha256(archive.read(name)).digest()).rstrip(b"=").decode()
            )
            assert listed[name] == f"sha256={digest}"
    assert {"denwa_pjsip/line.py", "denwa_pjsip/pjsua2.py", "denwa_pjsip/py.typed"} < set(listed)


def test_missing_packages_are_named_with_what_to_type(monkeypatch, tmp_path):
    """A machine with nothing on its PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BuildError) as refusal:
        needs.check_packages()
    assert "sudo apt-get install build-essential patch swig xz-utils" in str(refusal.value)


def test_a_key_goes_by_facts_names_and_contents(tmp_path):
    """Anything that could change the result changes the key; the folder does not."""
    one, other = tmp_path / "one.c", tmp_path / "other.c"
    one.write_text("a")
    other.write_text("a")
    key = cache.key_of(["2.17"], [one])
    assert key == cache.key_of(["2.17"], [one])
    assert (
        len({key, cache.key_of(["2.18"], [one]), cache.key_of(["2.17"], [other]), cache.key_of([], [one])})
        == 4
    )
    one.write_text("b")
    assert cache.key_of(["2.17"], [one]) != key


def test_old_results_are_forgotten(tmp_path):
    """The newest stay."""
    for age in range(5):
        entry = tmp_path / f"denwa_pjsip-{age}"
        entry.mkdir()
        os.utime(entry, (1000 - age, 1000 - age))
    cache.keep_newest(tmp_path, "denwa_pjsip-*", 2)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["denwa_pjsip-0", "denwa_pjsip-1"]


def test_a_failed_step_shows_the_end_of_what_it_said(tmp_path):
    """So that the reason is on the screen, and not the whole log."""
    with pytest.raises(BuildError, match="compile failed") as failure:
        step("compile", ["bash", "-c", "seq 100; echo no such header >&2; exit 1"], tmp_path)
    assert str(failure.value).endswith("no such header")
    assert "\n50\n" not in str(failure.value)


def test_every_patch_says_why_and_has_a_test():
    """The reason stands before the first line of the difference, and a test of this room names the patch."""
    tests = "".join(file.read_text() for file in Path(__file__).parents[1].rglob("test_*.py"))
    assert len(pin.PATCHES) == 9
    for patch in pin.PATCHES:
        assert len(patch.read_text().partition("\ndiff -u")[0]) > 80, (
            f"{patch.name} does not say why it is there"
        )
        assert f"patches/{patch.name}" in tests, f"no test names {patch.name}"
