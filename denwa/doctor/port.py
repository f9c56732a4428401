"""Whether our own SIP port is free, and who has it if not."""

import contextlib
import socket
from pathlib import Path

LISTENING = "0A"
"""State TCP_LISTEN in /proc/net/tcp."""


def is_free(address: str, port: int, *, tcp: bool) -> bool:
    """Whether SIP could be listened for here; an address that is not ours counts as free."""
    kinds = [socket.SOCK_DGRAM, *([socket.SOCK_STREAM] if tcp else [])]
    for kind in kinds:
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError as error:
                if error.errno == 98:  # EADDRINUSE
                    return False
    return True


def holder(port: int, *, proc: Path = Path("/proc")) -> str:
    """The program that has a SIP port as "name (process 123)", "" where the kernel does not tell us."""
    inodes = _inodes(port, proc)
    for folder in proc.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            for link in (folder / "fd").iterdir():
                target = str(link.readlink())
                if target.startswith("socket:[") and target[8:-1] in inodes:
                    name = (folder / "comm").read_text(errors="replace").strip()
                    return f"{name} (process {folder.name})"
    return ""


def _inodes(port: int, proc: Path) -> set[str]:
    found = set()
    for table in ("udp", "tcp"):
        with contextlib.suppress(OSError):
            for line in (proc / "net" / table).read_text().splitlines()[1:]:
                fields = line.split()
                here = fields[1].rpartition(":")[2] == f"{port:04X}"
                if here and (table == "udp" or fields[3] == LISTENING):
                    found.add(fields[9])
    return found
