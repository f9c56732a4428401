"""The operator's program is run for an event as it is promised, whatever it does."""

import asyncio
import json
import os
import stat
import time
from pathlib import Path

import pytest
from support.events import NOON_UTC
from support.waiting import until

from store.deliveries import Told
from store.delivery import DeliveryFailed
from store.hook import OUTPUT_KEPT, Hook

pytestmark = pytest.mark.unit

TOLD = Told(7, "alarm.missed", NOON_UTC, {"number": "1001", "why": "話中", "odd": "\ud800"})


@pytest.fixture
def script(tmp_path: Path):
    """Write a shell script that is the hook; the command."""

    def written(text: str, *arguments: str) -> list[str]:
        path = tmp_path / "hook"
        path.write_text(f"#!/bin/sh\ncd {tmp_path}\n{text}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return [str(path), *arguments]

    return written


def run(command: list[str], limit_s: float = 5.0, told: Told = TOLD) -> None:
    asyncio.run(Hook(command, limit_s).deliver(told))


def failure(command: list[str], limit_s: float = 5.0) -> str:
    with pytest.raises(DeliveryFailed) as failed:
        run(command, limit_s)
    return str(failed.value)


def test_it_gets_the_event_as_json_its_kind_and_its_arguments(script, tmp_path: Path):
    run(script('cat > event; echo "$DENWA_EVENT $1" > rest', "a b; $HOME"))
    assert json.loads((tmp_path / "event").read_text()) == {
        "id": 7,
        "event": "alarm.missed",
        "happened_utc": "2026-12-01T12:00:00+00:00",
        "facts": TOLD.facts,
    }
    assert (tmp_path / "rest").read_text() == "alarm.missed a b; $HOME\n"


def test_our_secrets_are_not_passed_on(script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DENWA_STORE__URL", "postgresql://u:geheim@h/d")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/run/geheim")
    run(script("env > env"))
    assert "geheim" not in (tmp_path / "env").read_text()
    assert "PATH=" in (tmp_path / "env").read_text()


def test_another_exit_status_is_a_failure_with_what_it_said(script):
    assert failure(script("echo out; echo err >&2; exit 3")) == "exit status 3: out\nerr"
    assert failure(script("exit 1")) == "exit status 1"
    assert failure(script("kill -9 $$")) == "exit status -9"


def test_of_much_output_the_end_is_kept_and_nothing_stands_still(script):
    said = failure(script("head -c 3000000 /dev/zero | tr '\\0' x; printf '\\377 the end'; exit 1"))
    assert said.endswith("\N{REPLACEMENT CHARACTER} the end")
    assert len(said) < OUTPUT_KEPT + 50


def test_one_that_does_not_read_its_input_is_no_failure(script):
    run(script("exec 0<&-"), told=Told(1, "x", NOON_UTC, {"long": "x" * 1_000_000}))


@pytest.mark.parametrize("missing", ["/nowhere/hook", "/etc/passwd", "/"])
def test_one_that_cannot_be_started_is_named(missing: str):
    assert failure([missing]).startswith(f"{missing} cannot be started: ")


def _gone(pid: int) -> bool:
    try:
        return "Z" in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):  # the latter when it goes between open and read
        return True


def _await_gone(pid: int) -> None:
    ends_monotonic_s = time.monotonic() + 5
    while not _gone(pid):
        assert time.monotonic() < ends_monotonic_s, "it still runs"
        time.sleep(0.01)


def test_after_its_time_it_is_killed_with_its_children(script, tmp_path: Path):
    command = script("sleep 60 & echo $! > child; echo working; trap '' TERM; wait")
    assert failure(command, 1.0) == "took longer than 1 s: working"
    _await_gone(int((tmp_path / "child").read_text()))


def test_what_it_leaves_behind_holds_nobody_up(script, tmp_path: Path):
    start_monotonic_s = time.monotonic()
    run(script("sleep 60 & echo $! > child"))
    assert time.monotonic() - start_monotonic_s < 4
    child = int((tmp_path / "child").read_text())
    assert not _gone(child)
    os.kill(child, 9)


def test_at_the_end_of_the_program_it_is_killed(script, tmp_path: Path):
    async def main() -> None:
        task = asyncio.create_task(Hook(script("echo $$ > pid; exec sleep 60")).deliver(TOLD))
        await until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    _await_gone(int((tmp_path / "pid").read_text()))
