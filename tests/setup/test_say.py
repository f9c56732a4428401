"""A long command is watched, logged, and told about where it fails."""

import sys
from pathlib import Path

import pytest

from setup import say
from setup.say import LINES_KEPT, CommandError, watch

pytestmark = pytest.mark.unit


def test_all_that_is_said_is_in_the_log(tmp_path: Path):
    log = tmp_path / "new" / "log"
    watch("talk", ["sh", "-c", "echo out; echo err >&2"], log=log)
    watch("more", ["echo", "again"], log=log)
    assert sorted(log.read_text().split()) == ["again", "err", "out"]


def test_standard_output_can_be_had_apart(tmp_path: Path):
    said = tmp_path / "said"
    watch("talk", ["sh", "-c", "echo out; echo err >&2"], log=tmp_path / "log", stdout=said)
    assert said.read_text() == "out\n"
    assert (tmp_path / "log").read_text() == "err\n"


def test_a_failure_is_told_with_the_last_lines(tmp_path: Path):
    with pytest.raises(CommandError) as caught:
        watch("counting", ["sh", "-c", "seq 1 100; exit 3"], log=tmp_path / "log")
    assert str(caught.value).startswith("counting failed")
    assert caught.value.output.split() == [str(number) for number in range(101 - LINES_KEPT, 101)]


def test_the_command_cannot_ask_questions(tmp_path: Path):
    watch("read", [sys.executable, "-c", "import sys; assert sys.stdin.read() == ''"], log=tmp_path / "log")


def test_text_that_is_no_utf8_stops_nothing(tmp_path: Path):
    watch("octets", ["printf", r"\377\n"], log=tmp_path / "log")
    assert (tmp_path / "log").read_text(encoding="utf-8") == "\ufffd\n"


def test_a_silent_machine_hears_that_work_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(say, "QUIET_S", 0.0)
    watch("work", ["echo", "step 1"], log=tmp_path / "log")
    assert "step 1" in capsys.readouterr().err


def test_the_environment_is_the_one_given(tmp_path: Path):
    watch("env", ["/bin/sh", "-c", "echo $ONE"], log=tmp_path / "log", env={"ONE": "two"})
    assert (tmp_path / "log").read_text() == "two\n"
