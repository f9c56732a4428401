"""What the runs came to is counted truly, and a run that broke off never counts as good."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from setup import suite
from setup.suite import Tally, tally

pytestmark = [pytest.mark.unit, pytest.mark.timeout(60)]
CONFTEST = Path(__file__).resolve().parents[1] / "conftest.py"
Pytest = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of its own with our conftest.py."""
    (tmp_path / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\nmarkers = ["unit: u", "native: n", "lab: l", "exclusive: e"]\n'
        'filterwarnings = ["error"]\n'
    )
    (tmp_path / "conftest.py").write_text(CONFTEST.read_text())
    return tmp_path


@pytest.fixture
def run_pytest(project: Path) -> Pytest:
    """Run pytest on a module's text, with a report."""

    def run(text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        (project / "test_it.py").write_text(text)
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "--junitxml=report.xml",
            *arguments,
        ]
        return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)

    return run


UNIT = "import pytest\npytestmark = pytest.mark.unit\n"
MIXED = f"""{UNIT}
def test_good(): pass
def test_bad(): assert False
@pytest.mark.skip
def test_skipped(): pass
@pytest.fixture
def broken():
    yield
    raise ValueError
def test_bad_twice(broken): assert False
def test_broken_afterwards(broken): pass
"""


def test_a_report_is_counted_and_each_test_once(run_pytest: Pytest, project: Path):
    status = run_pytest(MIXED).returncode
    assert tally(status, project / "report.xml") == Tally(passed=1, failed=3, skipped=1)


def test_a_run_without_tests_is_good(run_pytest: Pytest, project: Path):
    status = run_pytest(f"{UNIT}def test_it(): pass\n", "-m", "lab").returncode
    assert status == suite.NO_TESTS
    assert tally(status, project / "report.xml") == Tally()


def test_a_module_that_cannot_be_imported_is_a_failure(run_pytest: Pytest, project: Path):
    status = run_pytest("import no_such_module\n").returncode
    assert tally(status, project / "report.xml").failed >= 1


@pytest.mark.parametrize("status", [2, 3, 4, -9, 1])
def test_a_run_that_broke_off_is_a_failure_without_any_report(tmp_path: Path, status: int):
    assert tally(status, tmp_path / "missing.xml") == Tally(failed=1)


def test_a_run_that_broke_off_after_a_good_report_is_a_failure(run_pytest: Pytest, project: Path):
    run_pytest(f"{UNIT}def test_it(): pass\n")
    assert tally(3, project / "report.xml") == Tally(passed=1, failed=1)


def test_tallies_add_up_and_read_plainly():
    assert str(Tally(1, 2, 3) + Tally(4, 5, 6)) == "5 passed, 7 failed, 9 skipped"


def test_a_failing_check_shows_what_it_said(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(suite, "BIN", Path("/bin"))
    assert suite.check("looking", ["sh", "-c", "echo found a fault; exit 1"]) == Tally(failed=1)
    assert "found a fault" in capfd.readouterr().out
    assert suite.check("looking", ["sh", "-c", "echo quiet"]) == Tally(passed=1)
    assert "quiet" not in capfd.readouterr().out


def test_the_last_line_tells_all_and_the_status_agrees(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(suite, "BIN", Path("/bin"))
    for script, status in (("exit 0", 0), ("exit 1", 1)):
        monkeypatch.setattr(suite, "CHECKS", {"a": ["sh", "-c", script], "b": ["true"]})
        assert suite.main(["--only=lint"]) == status
        last = capfd.readouterr().out.splitlines()[-1]
        assert last == f"tests: {2 - status} passed, {status} failed, 0 skipped"


# -- conftest.py --


@pytest.mark.parametrize(
    ("marks", "says"),
    [
        ("[]", "it has none"),
        ("[pytest.mark.unit, pytest.mark.lab]", "it has lab and unit"),
    ],
)
def test_a_module_without_exactly_one_marker_is_refused(run_pytest: Pytest, marks: str, says: str):
    done = run_pytest(f"import pytest\npytestmark = {marks}\ndef test_it(): pass\n")
    assert done.returncode == 4
    assert says in done.stdout + done.stderr


def test_a_descriptor_that_is_left_open_fails_its_test(run_pytest: Pytest):
    done = run_pytest(f"{UNIT}import os\ndef test_leak(): os.open('/dev/null', 0)\ndef test_next(): pass\n")
    assert "descriptors left open" in done.stdout
    assert "/dev/null" in done.stdout
    assert re.search(r"2 passed, 1 error", done.stdout)


def test_a_descriptor_that_closes_soon_is_forgiven(run_pytest: Pytest):
    soon = "threading.Timer(0.1, os.close, [os.open('/dev/null', 0)]).start()"
    done = run_pytest(f"{UNIT}import os, threading\ndef test_soon(): {soon}\n")
    assert done.returncode == 0, done.stdout


def test_a_task_that_is_left_running_fails_its_test(run_pytest: Pytest):
    text = f"""{UNIT}
import asyncio
kept = []
async def leave():
    kept.append(asyncio.create_task(asyncio.sleep(60), name="forgotten"))
def test_leak(): asyncio.run(leave())
"""
    done = run_pytest(text)
    assert "tasks left running" in done.stdout
    assert "forgotten" in done.stdout


def test_a_test_that_exceeds_its_budget_fails(run_pytest: Pytest):
    text = f"{UNIT}import time\n@pytest.mark.timeout(0.3)\ndef test_slow(): time.sleep(20)\n"
    done = run_pytest(text)
    assert done.returncode == 1
    assert "Timeout" in done.stdout


def test_the_budget_of_a_marker_holds_where_no_other_is_given(run_pytest: Pytest):
    text = f"{UNIT}def test_it(request): assert request.node.get_closest_marker('timeout').args == (20,)\n"
    assert run_pytest(text).returncode == 0
    prove = text.replace("20,", "1200,") + "def test_scale(scale): assert scale == 'prove'\n"
    assert run_pytest(prove, "--scale=prove").returncode == 0
