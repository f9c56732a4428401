"""The installed program, whole: it says what to dial, takes calls, and ends as it is told."""

import os
import signal
import socket
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from support.program import DENWA, free_port
from support.scripted_caller import ScriptedCaller

pytestmark = pytest.mark.native
Serve = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def port() -> int:
    """A port that is free for UDP and TCP."""
    return free_port()


@pytest.fixture
def serve(tmp_path: Path, port: int) -> Iterator[Serve]:
    """Start `denwa serve`; ended after the test, if it still runs."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, through: tuple[str, ...] = (), **environment: str) -> subprocess.Popen[str]:
        usual = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "LANG": "C.UTF-8",
            "DENWA_SIP__PORT": str(port),
        }
        process = subprocess.Popen(
            [*through, DENWA, "serve", *arguments],
            cwd=tmp_path,
            env=usual | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def read_until(process: subprocess.Popen[str], wanted: str) -> str:
    """What it printed up to a line with this text; fails when it ends before."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if wanted in line:
            return said
    pytest.fail(f"it ended: {said}{process.communicate()[1]}")


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Its exit status and what it said on stderr."""
    said = process.communicate(timeout=15)[1]
    return process.returncode, said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_what_to_dial_and_ends_in_good_order(serve: Serve, port: int, number: signal.Signals):
    process = serve()
    said = read_until(process, f"sip:186@127.0.0.1:{port}")
    assert f"sip:117@127.0.0.1:{port}" in said
    assert f"denwa call 117 --server 127.0.0.1:{port}" in said
    process.send_signal(number)
    status, log = ended(process)
    assert status == 0, log
    assert "stopped" in log
    assert "Traceback" not in log


@pytest.mark.parametrize("number", ["117", "186"])
def test_a_call_is_answered_with_sound(serve: Serve, port: int, number: str):
    read_until(serve(), f"sip:186@127.0.0.1:{port}")
    with ScriptedCaller(("127.0.0.1", port), number) as caller:
        assert caller.response(caller.request("INVITE", caller.sdp())).status == 200


def test_a_number_that_is_nobodys_is_not_found(serve: Serve, port: int):
    read_until(serve(), f"sip:186@127.0.0.1:{port}")
    with ScriptedCaller(("127.0.0.1", port), "118") as caller:
        assert caller.response(caller.request("INVITE", caller.sdp()), at_least=300).status == 404


def test_services_that_were_not_asked_for_are_not_there(serve: Serve, port: int):
    said = read_until(serve("echo"), f"sip:186@127.0.0.1:{port}")
    assert "117@" not in said, "a port may have it too"
    with ScriptedCaller(("127.0.0.1", port), "117") as caller:
        assert caller.response(caller.request("INVITE", caller.sdp()), at_least=300).status == 404


def test_a_call_that_is_up_is_ended_when_the_program_is(serve: Serve, port: int):
    process = serve()
    read_until(process, f"sip:186@127.0.0.1:{port}")
    with ScriptedCaller(("127.0.0.1", port), "186") as caller:
        cseq = caller.request("INVITE", caller.sdp())
        assert caller.response(cseq).status == 200
        caller.request("ACK", cseq=cseq)
        process.terminate()
        caller.respond(caller.expect("BYE", timeout_s=10), 200)
        assert ended(process)[0] == 0


def test_a_port_that_is_taken_is_named_with_what_to_do(serve: Serve, port: int):
    read_until(serve(), f"sip:186@127.0.0.1:{port}")
    status, said = ended(serve(DENWA_STORE__URL="sqlite:///other.db"))
    assert status == 1
    assert f"127.0.0.1:{port}" in said
    assert "DENWA_SIP__PORT" in said
    assert "Traceback" not in said


def test_an_error_of_the_configuration_ends_it_with_status_2(serve: Serve, tmp_path: Path):
    (tmp_path / "denwa.toml").write_text("[sip]\nprot = 1\n")
    status, said = ended(serve())
    assert status == 2
    assert "denwa.toml:2: error: sip.prot" in said


def test_a_misspelt_service_ends_it_with_status_2(serve: Serve):
    status, said = ended(serve("clokc"))
    assert status == 2
    assert "Did you mean clock?" in said


def test_systemd_hears_ready_signs_of_life_and_stopping(serve: Serve, tmp_path: Path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(10)
        process = serve(NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="600000")
        ready = manager.recv(4096).decode()
        assert ready == "READY=1\nSTATUS=117 clock, 186 echo, 7XXXX wakeup, 7XXXXX wakeup"
        fed_monotonic_s = []
        for _ in range(6):
            assert manager.recv(4096) == b"WATCHDOG=1"
            fed_monotonic_s.append(time.monotonic())
        assert statistics.median(later - sooner for sooner, later in pairwise(fed_monotonic_s)) < 0.3
        process.terminate()
        said = b""
        while said != b"STOPPING=1":
            said = manager.recv(4096)
            assert said in {b"WATCHDOG=1", b"STOPPING=1"}
        assert ended(process)[0] == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can take the permission away, or has it")
@pytest.mark.parametrize("through", [(), ("setpriv", "--bounding-set=-sys_nice", "--")])
def test_without_real_time_priority_it_says_how_to_allow_it(
    serve: Serve, port: int, through: tuple[str, ...]
):
    process = serve(through=through)
    read_until(process, f"sip:186@127.0.0.1:{port}")
    process.terminate()
    said = ended(process)[1]
    assert ("no_realtime_priority" in said) == bool(through)
    assert ("ulimit -r 50" in said) == bool(through)


def test_the_log_is_json_where_that_is_configured(serve: Serve, port: int):
    process = serve(DENWA_LOG__FORMAT="json")
    read_until(process, f"sip:186@127.0.0.1:{port}")
    process.terminate()
    lines = ended(process)[1].splitlines()
    assert lines
    assert all(line.startswith('{"timestamp": "') for line in lines)
