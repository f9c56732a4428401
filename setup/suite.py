"""`make test`: the static checks and the three runs of the tests, with one line at the end.

The runs follow the tests' markers: unit and native, then lab, two at a time; then exclusive with nothing beside it.
"""

import argparse
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
REPORTS = ROOT / "build" / "reports"
NO_TESTS = 5
"""pytest's exit status when nothing was collected."""
SETTLED = {0, 1, NO_TESTS}
"""pytest's exit statuses that a report tells everything about."""

CHECKS = {
    "ruff": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy": ["mypy"],
    "import-linter": ["lint-imports"],
}
RUNS = {
    "parallel": ["-m", "unit or native", "-n", "2"],
    "lab": ["-m", "lab", "-n", "2"],
    "exclusive": ["-m", "exclusive"],
}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many passed, failed and were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
        )

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def read_report(path: Path) -> Tally:
    """Count a JUnit report of pytest; a test that failed and whose teardown failed too counts once."""
    cases: dict[tuple[str, str], str] = {}
    rank = ("passed", "skipped", "failed")
    for case in ET.parse(path).iter("testcase"):  # noqa: S314 - pytest wrote it just now
        found = {child.tag for child in case}
        state = "failed" if found & {"failure", "error"} else "skipped" if "skipped" in found else "passed"
        name = (case.get("classname", ""), case.get("name", ""))
        cases[name] = max(state, cases.get(name, "passed"), key=rank.index)
    states = list(cases.values())
    return Tally(states.count("passed"), states.count("failed"), states.count("skipped"))


def tally(status: int, report: Path) -> Tally:
    """What a run of pytest came to; one that broke off counts as a failure whatever it reported."""
    counted = read_report(report) if report.is_file() and status != NO_TESTS else Tally()
    broke = status not in SETTLED or (status == 1 and not counted.failed)
    return counted + Tally(failed=1) if broke else counted


def check(name: str, command: list[str]) -> Tally:
    """Run a static check; its output is shown when it fails."""
    started_monotonic_s = time.monotonic()
    done = subprocess.run(
        [BIN / command[0], *command[1:]],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    took_s = time.monotonic() - started_monotonic_s
    if done.returncode == 0:
        print(f"{name}: ok ({took_s:.1f} s)", flush=True)
        return Tally(passed=1)
    print(f"{done.stdout}\n{name}: FAILED ({took_s:.1f} s)", flush=True)
    return Tally(failed=1)


def run(name: str, selection: list[str], scale: str, more: list[str]) -> Tally:
    """Run the tests of one selection."""
    print(f"\n— tests: {name} —", flush=True)
    report = REPORTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    command = [
        str(BIN / "pytest"),
        *selection,
        f"--scale={scale}",
        f"--junitxml={report}",
        "--durations=10",
        *more,
    ]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False)
    return tally(done.returncode, report)


def main(argv: list[str] | None = None) -> int:
    """Run what was asked for; 0 when all of it passed."""
    parser = argparse.ArgumentParser(prog="suite", description=__doc__)
    parser.add_argument("--scale", choices=("quick", "prove"), default="quick")
    parser.add_argument("--only", choices=("lint", *RUNS), action="append", default=[])
    parser.add_argument("more", nargs="*", help="passed on to pytest, after --")
    asked = parser.parse_args(argv)
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    started_monotonic_s = time.monotonic()
    total = Tally()
    if not asked.only or "lint" in asked.only:
        for name, command in CHECKS.items():
            total += check(name, command)
    for name, selection in RUNS.items():
        if not asked.only or name in asked.only:
            total += run(name, selection, asked.scale, asked.more)
    minutes, seconds = divmod(round(time.monotonic() - started_monotonic_s), 60)
    print(f"\nstatic checks and tests, {minutes} min {seconds} s\ntests: {total}", flush=True)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
