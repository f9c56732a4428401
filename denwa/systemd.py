"""Tells systemd how we are (sd_notify(3)): a datagram of NAME=value lines to the socket that it names."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notifier:
    """Speaks to the service manager; without one (`address` "") it says nothing.

    `watchdog_s` is how long the manager waits for a sign of life, in seconds; 0: for ever.
    """

    address: str = ""
    watchdog_s: float = 0.0

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Notifier":
        """As NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID say; a watchdog meant for another process is none."""
        usec = environment.get("WATCHDOG_USEC", "")
        pid = environment.get("WATCHDOG_PID", str(os.getpid()))
        ours = pid == str(os.getpid()) and usec.isascii() and usec.isdigit()
        return cls(environment.get("NOTIFY_SOCKET", ""), int(usec) / 1e6 if ours else 0.0)

    def ready(self, status: str) -> None:
        """We take calls."""
        self._send("READY=1", f"STATUS={_line(status)}")

    def status(self, status: str) -> None:
        """What `systemctl status` shows."""
        self._send(f"STATUS={_line(status)}")

    def alive(self) -> None:
        """Feed the watchdog."""
        self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """We end by ourselves."""
        self._send("STOPPING=1")

    def _send(self, *lines: str) -> None:
        if not self.address:
            return
        # an abstract socket is written with @ for its zero byte
        address = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
            sender.setblocking(False)
            try:
                sender.sendto("\n".join(lines).encode(), address)
            except OSError:
                return  # a manager that does not listen is no reason to drop calls


def _line(text: str) -> str:
    return " ".join(text.splitlines())
