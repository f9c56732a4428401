"""Starts a server of the tests as a child, so that its death fails a test and not the run, and speaks to it."""

import contextlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from support.pcap import Endpoint

ROOT = Path(__file__).resolve().parents[2]


class ServerProcess:
    """A Python program that prints its SIP port, then a line of JSON for each line of JSON, and `"clean"` at the end."""

    def __init__(
        self,
        program: Path,
        *arguments: str,
        through: tuple[str, ...] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start it, on request through a program that changes what it may do, and with more in its environment."""
        self._process = subprocess.Popen(
            [*through, sys.executable, str(program), *arguments],
            cwd=ROOT,
            env={
                "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}",
                "PATH": "/usr/bin:/bin",
                "PYTHONFAULTHANDLER": "1",
                **(environment or {}),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            self.address: Endpoint = ("127.0.0.1", self._read()["port"])
        except BaseException:
            self._close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        last = self._close()
        assert self._process.returncode == 0, "the server did not end by itself"
        assert last == '"clean"', f"the server's last words: {last!r}"

    def _close(self) -> str:
        """Let it end, and return what it still said."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        last = self._process.stdout.read().strip()
        self._process.stdout.close()
        self._process.wait(10)
        return last

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """In this scope the process is stopped, as by Ctrl-Z."""
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def do(self, what: str, **order: Any) -> Any:
        """Have a command of the program's carried out, and return its result."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": what, **order}) + "\n")
        self._process.stdin.flush()
        return self._read()

    def report(self) -> dict[str, Any]:
        """All that the server knows of itself."""
        report: dict[str, Any] = self.do("report")
        return report

    def await_report(
        self, wanted: Callable[[dict[str, Any]], object], timeout_s: float = 5
    ) -> dict[str, Any]:
        """The first report of which `wanted` is true; the last one in the error when none is."""
        ends_monotonic_s = time.monotonic() + timeout_s
        while not wanted(report := self.report()):
            assert time.monotonic() < ends_monotonic_s, f"it never came to that: {report}"
            time.sleep(0.02)
        return report

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def _read(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"the server is dead, status {self._process.wait(5)}"
        return json.loads(line)
