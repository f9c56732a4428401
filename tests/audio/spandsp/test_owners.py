"""The C sources under the compiler's sanitizers."""

import subprocess
from pathlib import Path

import pytest

import audio.spandsp
from audio.spandsp.build import SOURCES as NAMES

pytestmark = pytest.mark.native

SOURCES = Path(audio.spandsp.__file__).parent
PROGRAM = Path(__file__).with_name("owners.c")


@pytest.mark.parametrize("sanitizers", ["thread", "address,undefined"])
def test_two_owners_at_once_give_no_report(sanitizers, tmp_path):
    """No race, no use after free, no leak, no undefined behaviour; every clip is accounted for."""
    binary = tmp_path / "owners"
    files = [PROGRAM, *(SOURCES / name for name in NAMES)]
    options = ["-std=gnu11", "-g", "-O1", "-Wall", "-Wextra", "-Werror", "-pthread", f"-I{SOURCES}"]
    checks = [f"-fsanitize={sanitizers}", "-fno-sanitize-recover=all"]
    subprocess.run(["cc", *options, *checks, *files, "-lspandsp", "-lm", "-o", binary], check=True)
    done = subprocess.run([binary], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert (done.returncode, done.stdout) == (0, "12000 clips\n")
