"""A network namespace of the lab's own: its 127.0.0.0/8 is no other run's, and it ends with the tests."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

HOLDER = Path(__file__).with_name("namespace_holder.py")
NEEDED_TOOLS = {"unshare": "util-linux", "nsenter": "util-linux", "setpriv": "util-linux"}


class LabMissingError(Exception):
    """The machine lacks something that the lab needs; the message says what, and what to do."""


class Namespace:
    """Commands and sockets inside it. Works as root, and as a plain user where user namespaces are allowed."""

    def __init__(self) -> None:
        """Open it.

        Raises:
            LabMissingError: neither way of opening one is permitted here, or a tool is missing.
        """
        require_tools(NEEDED_TOOLS)
        complaints = []
        for options in (["-n"], ["-U", "-r", "-n"]):
            door, holders_door = socket.socketpair()
            command = [
                "unshare",
                *options,
                "--",
                sys.executable,
                "-I",
                str(HOLDER),
                str(holders_door.fileno()),
            ]
            holder = subprocess.Popen(
                command,
                pass_fds=[holders_door.fileno()],
                stdin=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            holders_door.close()
            if door.recv(1) == b"r":
                self._door, self._holder = door, holder
                self._by_user_namespace = "-U" in options
                return
            door.close()
            _, complaint = holder.communicate()
            complaints.append(f"unshare {' '.join(options)}: {complaint.strip()}")
        raise LabMissingError(
            "the lab needs a network namespace. Run the tests as root (in a container: with CAP_SYS_ADMIN), or "
            "allow user namespaces (sysctl kernel.unprivileged_userns_clone=1). Tried: "
            + "; ".join(complaints)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let it go; it vanishes when its last process has ended."""
        self._door.close()
        self._holder.wait()
        if self._holder.stderr:
            self._holder.stderr.close()

    def inside(self, command: Sequence[str | os.PathLike[str]]) -> list[str]:
        """The command that runs `command` inside, and kills it should the starting thread end first."""
        as_user = ["-U", "--preserve-credentials"] if self._by_user_namespace else []
        enter = ["nsenter", "-t", str(self._holder.pid), "-n", *as_user, "--"]
        return [*enter, "setpriv", "--pdeathsig", "KILL", "--", *(os.fspath(word) for word in command)]

    def popen(self, command: Sequence[str | os.PathLike[str]], **options: Any) -> subprocess.Popen[Any]:
        """subprocess.Popen inside; to be called from a thread that lives as long as the command, as main does."""
        return subprocess.Popen(self.inside(command), **options)

    def run(
        self, command: Sequence[str | os.PathLike[str]], **options: Any
    ) -> subprocess.CompletedProcess[Any]:
        """subprocess.run inside."""
        return subprocess.run(self.inside(command), check=options.pop("check", True), **options)

    def socket(self, kind: socket.SocketKind = socket.SOCK_DGRAM) -> socket.socket:
        """A new IPv4 socket inside, for use by this very process."""
        self._door.sendall(b"u" if kind is socket.SOCK_DGRAM else b"t")
        _, descriptors, _, _ = socket.recv_fds(self._door, 1, 1)
        return socket.socket(fileno=descriptors[0])


def require_tools(tools: dict[str, str]) -> None:
    """Check that these programs are there.

    Raises:
        LabMissingError: names each missing one and the Debian package that has it.
    """
    missing = {program: package for program, package in tools.items() if not shutil.which(program)}
    if missing:
        raise LabMissingError(
            f"the lab needs {', '.join(missing)}: apt install {' '.join(sorted(set(missing.values())))}"
        )
