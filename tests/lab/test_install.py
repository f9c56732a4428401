"""The private Asterisk: whole, installed once, and plain words where it cannot be had."""

import subprocess
import time
from pathlib import Path

import pytest
from lab.asterisk.files import wanted_modules
from lab.asterisk.install import SCRIPT, Install, install_asterisk
from lab.laboratory import Lab

pytestmark = [pytest.mark.lab, pytest.mark.timeout(20, func_only=True)]


def test_a_second_install_takes_no_time_and_finds_the_first(asterisk: Install):
    began_monotonic_s = time.monotonic()
    assert install_asterisk() == asterisk
    assert time.monotonic() - began_monotonic_s < 5, "the first takes some 15"


def test_it_has_every_module_that_an_exchange_wants_and_they_all_run(asterisk: Install, lab: Lab):
    for exchange in (lab.b, lab.q):
        listed = exchange.cli("module show")
        running = {line.split(".so")[0] for line in listed.splitlines() if " Running " in line}
        missing = set(wanted_modules(exchange.exchange)) - running
        assert not missing, asterisk.version


def test_it_runs_on_its_own_libraries_only(lab: Lab, asterisk: Install):
    mapped = Path(f"/proc/{lab.a.pid}/maps").read_text()
    libraries = {line.split()[-1] for line in mapped.splitlines() if ".so" in line.split()[-1]}
    assert libraries
    assert all(library.startswith(str(asterisk.root)) for library in libraries)


def test_no_exchange_complains_of_its_configuration(lab: Lab):
    for exchange in lab.exchanges.values():
        log = (exchange.folder / "log/full").read_text()
        boot = log.split("Asterisk Ready")[0]
        complaints = [line for line in boot.splitlines() if "WARNING" in line or "ERROR" in line]
        assert not complaints


def test_where_debians_tools_are_missing_it_says_so(tmp_path: Path):
    done = subprocess.run(
        ["/bin/bash", str(SCRIPT), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": str(_tools_without_apt(tmp_path)), "ASTERISK_SUITES": "forky"},
    )
    assert done.returncode == 1
    assert "apt-get is missing: this needs Debian" in done.stderr


def _tools_without_apt(folder: Path) -> Path:
    tools = folder / "tools"
    tools.mkdir()
    for name in ("mkdir", "cat", "uname", "sha256sum", "cut", "flock"):
        (tools / name).symlink_to(f"/usr/bin/{name}")
    return tools
