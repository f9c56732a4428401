"""`denwa call` as its user has it: a telephone in the terminal that rings the real program."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.program import DENWA, free_port

from audio.prompts import load
from audio.wav import read_wav

pytestmark = pytest.mark.native


class Program:
    """`denwa serve` on a port of its own, and what rings it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        port = free_port()
        self._environment = {
            "PATH": "/nowhere",
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "DENWA_SIP__PORT": str(port),
        }
        self.process = self.start("serve", stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        assert any("sip:186@" in line for line in self.process.stdout), "it did not start"

    def start(self, *arguments: str, stdout: int) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [DENWA, *arguments],
            cwd=self.folder,
            env=self._environment,
            stdout=stdout,
            stderr=subprocess.STDOUT if stdout == subprocess.PIPE and arguments[0] == "call" else None,
            text=True,
        )

    def call(self, *arguments: str) -> tuple[int, str]:
        """Ring, and give the exit status and all that was shown."""
        process = self.start("call", *arguments, stdout=subprocess.PIPE)
        shown = process.communicate(timeout=50)[0]
        return process.returncode, shown


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    running = Program(tmp_path_factory.mktemp("program"))
    yield running
    running.process.terminate()
    running.process.communicate(timeout=20)


def test_117_shows_the_error_of_each_mark(program: Program):
    """4.5 s of a prompt where the machine's clock is not synchronised, 13 s to a whole mark, and 2 s to find it."""
    status, shown = program.call("117", "--seconds", "21")
    assert status == 0, shown
    assert "answered" in shown
    errors = [float(found) for found in re.findall(r"mark \d\d:\d\d:\d0 UTC, ([+-][\d.]+) ms", shown)]
    assert errors, shown
    assert all(abs(error) < 3 for error in errors), shown
    assert re.search(r"2[01]\.\d s heard, 0 packets lost", shown), shown


def test_186_reads_the_digits_back_into_the_wav_file(program: Program):
    """The far end's own clips are in the file, sample by sample."""
    status, shown = program.call("186", "--digits", ",,,,,,,,5", "--seconds", "14", "--wav", "echo.wav")
    assert status == 0, shown
    assert "pressed 5" in shown
    assert "saved echo.wav" in shown
    heard = read_wav(program.folder / "echo.wav")[0].tobytes()
    clips = load("ja")
    for name in ("echo_welcome", "you_pressed", "digit_5"):
        assert clips[name].pcm.tobytes() in heard, name


def test_without_a_player_it_says_how_to_hear(program: Program):
    status, shown = program.call("186", "--seconds", "1")
    assert status == 0
    assert "--wav FILE" in shown


def test_a_number_that_is_nobodys_is_told_with_its_status(program: Program):
    status, shown = program.call("118")
    assert status == 1
    assert "118 was not reached: " in shown
    assert "404" in shown
    assert "Traceback" not in shown


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (("117", "--server", "nowhere.invalid"), "no address for nowhere.invalid"),
        (("117", "--as", "time"), "no extension 'time'"),
        (("one one seven",), "one one seven"),
        (("117", "--server", "127.0.0.1", "--password-file", "missing"), "missing"),
    ],
)
def test_what_cannot_be_rung_is_said_in_words(program: Program, arguments: tuple[str, ...], wanted: str):
    status, shown = program.call(*arguments)
    assert status != 0
    assert wanted in shown
    assert "Traceback" not in shown


def test_it_ends_when_the_far_end_hangs_up(program: Program):
    """The morning call cannot ring a telephone without an exchange: it says so, and hangs up."""
    status, shown = program.call("70630")
    assert status == 0, shown
    assert re.search(r"far end .* after \d+\.\d s", shown), shown


def test_ctrl_c_hangs_up_and_says_how_long_it_was(program: Program):
    process = program.start("call", "186", stdout=subprocess.PIPE)
    assert process.stdout is not None
    shown = ""
    while "--wav FILE" not in shown:
        shown += process.stdout.readline()
    os.kill(process.pid, signal.SIGINT)
    shown += process.communicate(timeout=10)[0]
    assert "s heard" in shown, shown
    assert "Traceback" not in shown
    assert process.returncode == 0
