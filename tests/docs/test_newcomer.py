"""A newcomer does what README.md says: starts denwa, calls 117; then answers `init` and gets a text to paste."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from docs.pages import ROOT, commands
from support.program import DENWA, free_port

pytestmark = pytest.mark.native


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """No configuration, and a free port in the place of 5060, which another test may have."""
    port = free_port()
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "DENWA_SIP__PORT": str(port),
    }


def as_written(start: str) -> list[str]:
    """The README's command that begins so, with the denwa of this environment."""
    (found,) = {
        command.words for command in commands(ROOT / "README.md") if " ".join(command.words).startswith(start)
    }
    return [str(DENWA), *found[1:]]


@contextmanager
def serving(folder: Path, environment: dict[str, str]) -> Iterator[list[str]]:
    """`make run` without its set-up: what it printed until it was up; ended by Ctrl-C."""
    with subprocess.Popen(
        [str(DENWA), "serve"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        said: list[str] = []
        while not said or "sip:186@" not in said[-1]:
            line = process.stdout.readline()
            assert line, "it ended early"
            said.append(line)
        try:
            yield said
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0


def test_the_clock_is_heard_as_the_readme_says(tmp_path: Path, environment: dict[str, str]):
    with serving(tmp_path, environment) as said:
        assert f"sip:117@127.0.0.1:{environment['DENWA_SIP__PORT']}" in "".join(said)
        done = subprocess.run(
            [*as_written(".venv/bin/denwa call 117"), "--wav", "heard.wav", "--seconds", "3"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "answered" in done.stdout, done.stdout + done.stderr
    assert (tmp_path / "heard.wav").stat().st_size > 16_000


def test_five_answers_lead_to_a_text_to_paste(tmp_path: Path, environment: dict[str, str]):
    def run(start: str, typed: str = "") -> str:
        return subprocess.run(
            as_written(start),
            cwd=tmp_path,
            env=environment,
            input=typed,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    assert "denwa.toml, denwa.password" in run(".venv/bin/denwa init", "en\n192.0.2.10\n7000\npw\n\n")
    assert "no errors" in run(".venv/bin/denwa check")
    assert "exten => 117,1,Dial(PJSIP/${EXTEN}@7000" in run(".venv/bin/denwa dialplan mikopbx")
