"""The commands that a newcomer types."""

import re
import subprocess
from pathlib import Path

import pytest

pytestmark = [pytest.mark.unit, pytest.mark.timeout(60)]
ROOT = Path(__file__).resolve().parents[2]


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_make_lists_every_target():
    said = run("make").stdout
    targets = set(re.findall(r"^([a-z-]+)[a-z% -]*:", (ROOT / "Makefile").read_text(), re.MULTILINE))
    inner = {"ready", "ready-test"}
    assert {"run", "test", "prove", "lint", "lock", "prompts", "try-fresh"} <= targets
    assert all(f"make {target}" in said for target in targets - inner)


@pytest.mark.parametrize(
    ("target", "command"),
    [
        ("run", ".venv/bin/denwa serve"),
        ("test", "-m setup.suite"),
        ("prove", "--scale=prove"),
        ("bench-clock", "-m bench.clock"),
        ("bench-of-two-words", "-m bench.of_two_words"),
    ],
)
def test_a_target_runs_its_command_after_the_set_up(target: str, command: str):
    said = run("make", "-n", target).stdout
    assert said.index("-m setup ") < said.index(command)


def test_the_shell_scripts_are_sound():
    scripts = [*map(str, (ROOT / "setup").glob("*.sh")), str(ROOT / ".ci" / "run")]
    done = run("shellcheck", *scripts)
    assert (done.returncode, done.stdout) == (0, "")


def test_continuous_integration_runs_make_test():
    assert "exec make test" in (ROOT / ".ci" / "run").read_text()


def test_a_wrong_word_is_refused():
    done = run("python3", "-m", "setup", "everything")
    assert done.returncode == 2
    assert "run|test" in done.stderr
