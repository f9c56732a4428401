"""A running exchange: booted, asked, reloaded, killed and started again."""

import contextlib
import dataclasses
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from lab.asterisk.ami import Ami, AmiError, connect
from lab.asterisk.exchange import Connection, Exchange
from lab.asterisk.install import Install
from lab.asterisk.writer import write_exchange, write_own_files
from lab.namespace import Namespace

LONGEST_SOCKET_PATH = 107

T = TypeVar("T")


class RunningExchange:
    """An Asterisk of the lab. `start` returns at once, `wait_booted` when it takes calls."""

    def __init__(self, exchange: Exchange, folder: Path, install: Install, namespace: Namespace) -> None:
        """Write its configuration; its folder must be short, for a socket in it."""
        assert len(str(folder / "run/asterisk.ctl")) <= LONGEST_SOCKET_PATH, (
            f"{folder} is too long for a socket"
        )
        self.exchange = exchange
        self.folder = folder
        self._install = install
        self._namespace = namespace
        self._process: subprocess.Popen[Any] | None = None
        write_exchange(exchange, folder, install)

    @property
    def address(self) -> str:
        """Where its SIP, its media and its manager interface are."""
        return self.exchange.address

    @property
    def pid(self) -> int:
        """Of its running process."""
        assert self._process is not None, f"exchange {self.exchange.name} is not running"
        return self._process.pid

    def manager(self, timeout_s: float = 20) -> Ami:
        """A new connection to its manager interface, to be closed by whoever asked."""
        return connect(lambda: self._namespace.socket(socket.SOCK_STREAM), self.address, timeout_s)

    def start(self) -> None:
        """Start it, in a session of its own, so that Ctrl-C reaches the tests first."""
        command = [str(self._install.program), "-f", "-C", str(self.folder / "etc/asterisk.conf")]
        with (self.folder / "log/console").open("ab") as console:
            self._process = self._namespace.popen(
                command, stdin=subprocess.DEVNULL, stdout=console, stderr=console, start_new_session=True
            )

    def wait_booted(self, timeout_s: float = 20) -> None:
        """Wait until it takes calls.

        Raises:
            AmiError: it does not; the message has the last lines of its log.
        """
        try:
            with self.manager(timeout_s) as manager:
                manager.wait_for(lambda event: event["Event"] == "FullyBooted", timeout_s)
        except AmiError as error:
            raise AmiError(f"exchange {self.exchange.name}: {error}\n{self.last_log_lines()}") from None

    def kill(self) -> None:
        """End it as a power cut would: no BYE, no un-registration."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """Kill it and start it again, once its registrations are in its database's file: they are there again.

        Asterisk commits what it writes there once a second; what is younger dies with it.
        """
        self._wait(self._keeps_its_contacts, "registrations are not kept", 5)
        self.kill()
        self.start()
        self.wait_booted()

    def paste(self, *connections: Connection) -> None:
        """Take these connections in the place of the ones before, by a reload; calls stay up."""
        self.become(dataclasses.replace(self.exchange, connections=connections))

    def become(self, exchange: Exchange) -> None:
        """Take another description of it in the place of the one before, by a reload; calls stay up."""
        self.exchange = exchange
        write_own_files(self.exchange, self.folder)
        self.cli("module reload res_pjsip.so")
        self.cli("dialplan reload")

    def cli(self, command: str) -> str:
        """What its console prints for a command."""
        with self.manager() as manager:
            return manager.command(command)

    def contacts(self, extension: str) -> list[str]:
        """The URIs under which an extension is registered now."""
        with self.manager() as manager:
            listed = manager.listing("PJSIPShowContacts", "ContactListComplete")
        return [event["Uri"] for event in listed if event["Endpoint"] == extension]

    def wait_registered(self, extension: str, timeout_s: float = 10) -> str:
        """Wait for the extension's contact; an unregistered target is refused at once.

        Raises:
            AmiError: it did not register in time.
        """
        return self._wait(lambda: self.contacts(extension), f"{extension} did not register", timeout_s)[0]

    def channels(self) -> list[str]:
        """The channels that are up, one line each."""
        return self.cli("core show channels concise").splitlines()

    def hang_up_all(self) -> None:
        """End every call, and wait until they are over."""
        if self.channels():
            self.cli("channel request hangup all")
            self.wait_no_channels()

    def wait_no_channels(self, timeout_s: float = 5) -> None:
        """Wait until all calls are over.

        Raises:
            AmiError: some are not.
        """
        self._wait(lambda: not self.channels(), "channels are left", timeout_s)

    def last_log_lines(self, count: int = 12) -> str:
        """The end of its console log."""
        log = (self.folder / "log/console").read_text(errors="replace")
        return "\n".join(log.splitlines()[-count:])

    def _keeps_its_contacts(self) -> bool:
        with self.manager() as manager:
            listed = manager.listing("PJSIPShowContacts", "ContactListComplete")
        uri = f"file:{self.folder / 'db/astdb.sqlite3'}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True)) as database:
            kept = [key for (key,) in database.execute("SELECT key FROM astdb")]
        return all(any(f"/contact/{event['Endpoint']};@" in key for key in kept) for event in listed)

    def _wait(self, condition: Callable[[], T], complaint: str, timeout_s: float) -> T:
        ends_monotonic_s = time.monotonic() + timeout_s
        while time.monotonic() < ends_monotonic_s:
            if value := condition():
                return value
            time.sleep(0.02)
        raise AmiError(f"exchange {self.exchange.name}: {complaint} within {timeout_s} s")
