"""`denwa doctor` on a terminal and in a pipe, as the program itself writes."""

import os
import pty
import re
import select
import subprocess
from pathlib import Path

import pytest
from support.program import DENWA

pytestmark = pytest.mark.native

CLEAR = "\r\x1b[2K"


def environment(folder: Path, **more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8", "TERM": "xterm"} | more


def on_a_terminal(folder: Path, *arguments: str, **more: str) -> tuple[int, str]:
    """Exit status, and all that the terminal got."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [DENWA, "doctor", *arguments],
        cwd=folder,
        env=environment(folder, **more),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        shown = b""
        while select.select([ours], [], [], 20)[0]:
            try:
                piece = os.read(ours, 4096)
            except OSError:  # the terminal's other end was closed
                break
            if not piece:
                break
            shown += piece
        os.close(ours)
    return process.returncode, shown.decode().replace("\r\n", "\n")


def in_a_pipe(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [DENWA, "doctor", *arguments],
        cwd=folder,
        env=environment(folder, **more),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_terminal_shows_what_is_done_and_clears_it_away(tmp_path: Path):
    status, shown = on_a_terminal(tmp_path)
    assert status == 0
    assert f"{CLEAR}asking for the clock …{CLEAR}" in shown
    left = re.sub(r"[^\n]*\r\x1b\[2K", "", shown)
    assert "asking for" not in left
    assert "registration: No exchange is configured" in left


def test_a_terminal_has_colours(tmp_path: Path):
    _, shown = on_a_terminal(tmp_path)
    assert re.search(r"\x1b\[32m(\x1b\[22m)?ok\x1b\[0m  configuration", shown)


def test_progress_is_in_the_terminals_language(tmp_path: Path):
    _, shown = on_a_terminal(tmp_path, LC_ALL="ja_JP.UTF-8")
    assert "時計を調べています…" in shown


def test_a_pipe_gets_neither_progress_nor_colours(tmp_path: Path):
    finished = in_a_pipe(tmp_path)
    assert finished.returncode == 0
    assert finished.stderr == ""
    assert "\x1b" not in finished.stdout
    assert "…\n" not in finished.stdout
    assert finished.stdout.startswith(
        "ok  configuration: no configuration file (the defaults hold): no errors.\n"
    )


def test_programs_get_json_alone_while_a_person_sees_the_progress(tmp_path: Path):
    status, shown = on_a_terminal(tmp_path, "--json")
    assert status == 0
    assert "asking for the clock" in shown
    assert '"findings": [' in shown


@pytest.mark.parametrize(("variables", "word"), [({}, "ok"), ({"LC_ALL": "ja_JP.UTF-8"}, "良好")])
@pytest.mark.parametrize("lang", ["", "en", "ja"])
def test_the_language_is_the_terminals_unless_one_is_asked_for(
    tmp_path: Path, variables: dict[str, str], word: str, lang: str
):
    finished = in_a_pipe(tmp_path, *(["--lang", lang] if lang else []), **variables)
    assert finished.stdout.startswith({"": word, "en": "ok", "ja": "良好"}[lang] + "  ")


def test_a_configuration_that_does_not_exist_is_an_error(tmp_path: Path):
    finished = in_a_pipe(tmp_path, "--config", "nowhere.toml")
    assert finished.returncode == 2
    assert "mend  configuration: nowhere.toml: " in finished.stdout
