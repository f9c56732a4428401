"""`denwa serve` itself as a child, on a port of its own, and what the kernel and its log say it holds."""

import json
import os
import signal
import subprocess
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from support.pcap import Endpoint
from support.program import DENWA, free_port

_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Held:
    """What a process holds of the system, by the kernel's count."""

    descriptors: int
    udp_sockets: int
    threads: int
    children: int


class ServedProgram:
    """The installed program without an exchange, on loopback; its log, as JSON, goes to a file.

    Attributes:
        address: where it listens for SIP.
        pid: its process.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        """Start it in a folder of its own, and wait until it says what to dial."""
        self._log = folder / "log"
        self.address: Endpoint = ("127.0.0.1", free_port())
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [DENWA, "serve"],
                cwd=folder,
                env={
                    "PATH": os.environ["PATH"],
                    "HOME": str(folder),
                    "LANG": "C.UTF-8",
                    "DENWA_SIP__PORT": str(self.address[1]),
                    "DENWA_LOG__FORMAT": "json",
                    **(environment or {}),
                },
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.pid = self._process.pid
        assert self._process.stdout is not None
        if not any("sip:186@" in line for line in self._process.stdout):
            self._close()
            raise RuntimeError(f"it did not start: {self._log.read_text()}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        status = self._close()
        if kind is None:
            assert status == 0, f"it did not end in good order: {status}"
            assert self.logged()["stopped"] == 1

    def _close(self) -> int:
        try:
            return self._process.wait(20)
        finally:
            self._process.kill()
            self._process.communicate()

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def wait(self) -> None:
        """Wait until it has ended."""
        self._process.wait(20)

    def kill(self) -> None:
        """Let it die at once, as by kill -9; again does nothing."""
        if self._process.poll() is None:
            self._process.kill()
            self._close()

    def log(self) -> list[dict[str, Any]]:
        """All that it logged up to now."""
        whole, _, _ = self._log.read_text().rpartition("\n")
        return [json.loads(line) for line in whole.splitlines()]

    def logged(self) -> Counter[str]:
        """How often it logged each event."""
        return Counter(line["event"] for line in self.log())

    def held(self) -> Held:
        """What it holds now."""
        inodes = _inodes_of_udp_sockets(self.pid)
        links = _links(Path(f"/proc/{self.pid}/fd"))
        tasks = list(Path(f"/proc/{self.pid}/task").iterdir())
        return Held(
            descriptors=len(links),
            udp_sockets=sum(link in inodes for link in links),
            threads=len(tasks),
            children=sum(len((task / "children").read_text().split()) for task in tasks),
        )

    def resident_bytes(self) -> int:
        """The memory that it occupies now."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * _PAGE


def _links(folder: Path) -> list[str]:
    found = []
    for entry in folder.iterdir():
        try:
            found.append(os.readlink(entry))  # noqa: PTH115 - a socket's link is no path
        except FileNotFoundError:
            continue  # closed since the folder was read
    return found


def _inodes_of_udp_sockets(pid: int) -> set[str]:
    rows = Path(f"/proc/{pid}/net/udp").read_text().splitlines()[1:]
    return {f"socket:[{row.split()[9]}]" for row in rows}
