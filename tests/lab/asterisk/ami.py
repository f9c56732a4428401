"""A small client of Asterisk's manager interface: actions, console commands, events."""

import contextlib
import socket
import time
from collections import deque
from collections.abc import Callable
from typing import Self

from lab.asterisk.files import MANAGER_PORT, MANAGER_SECRET, MANAGER_USER

Message = dict[str, str]


class AmiError(Exception):
    """Asterisk refused an action, closed the connection, or did not say in time what was waited for."""


class Ami:
    """A connection that is logged in; events are kept, in order, until they are asked for or forgotten."""

    def __init__(self, connection: socket.socket, address: str) -> None:
        """Connect this new socket to the exchange at `address` and log in.

        Raises:
            OSError: nothing listens there.
            AmiError: not let in.
        """
        connection.settimeout(10)
        connection.connect((address, MANAGER_PORT))
        self._socket = connection
        self._unread = b""
        self._sent = 0
        self.events: deque[Message] = deque(maxlen=10_000)
        self._line()
        self.action("Login", Username=MANAGER_USER, Secret=MANAGER_SECRET)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def action(self, name: str, **fields: str) -> Message:
        """Do an action and hand back its response; `Output` holds what a console command printed.

        Raises:
            AmiError: the response is not a success.
        """
        response = self._respond(name, fields)
        if response["Response"] == "Error":
            raise AmiError(f"{name}: {response.get('Message', response)}")
        return response

    def command(self, line: str) -> str:
        """What the console prints for this command, be it that it failed."""
        return self._respond("Command", {"Command": line}).get("Output", "")

    def listing(self, name: str, complete: str) -> list[Message]:
        """The events of an action that answers with a list, which ends with the event `complete`.

        An empty list is an error to Asterisk, not to us.
        """
        response = self._respond(name, {})
        if response["Response"] == "Error":
            return []
        number = response["ActionID"]
        listed = []
        while (event := self.wait_for(lambda event: event.get("ActionID") == number))["Event"] != complete:
            listed.append(event)
        return listed

    def wait_for(self, wanted: Callable[[Message], bool], timeout_s: float = 10) -> Message:
        """The first event, kept or to come, that is wanted; those before it are forgotten.

        Raises:
            AmiError: none came in time.
        """
        ends_monotonic_s = time.monotonic() + timeout_s
        while True:
            while self.events:
                event = self.events.popleft()
                if wanted(event):
                    return event
            self._socket.settimeout(max(0.001, ends_monotonic_s - time.monotonic()))
            try:
                message = self._message()
            except TimeoutError:
                raise AmiError(f"no such event within {timeout_s} s") from None
            if "Event" in message:
                self.events.append(message)

    def _respond(self, name: str, fields: dict[str, str]) -> Message:
        self._sent += 1
        lines = [f"Action: {name}", f"ActionID: {self._sent}"]
        lines += [f"{key}: {value}" for key, value in fields.items()]
        self._socket.settimeout(10)
        self._socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        while True:
            message = self._message()
            if "Event" in message:
                self.events.append(message)
            elif message.get("ActionID") == str(self._sent):
                return message

    def _message(self) -> Message:
        message: Message = {}
        while True:
            line = self._line()
            if not line:
                return message
            key, _, value = line.partition(": ")
            message[key] = f"{message[key]}\n{value}" if key == "Output" and key in message else value

    def _line(self) -> str:
        while b"\r\n" not in self._unread:
            received = self._socket.recv(65536)
            if not received:
                raise AmiError("Asterisk closed the manager connection")
            self._unread += received
        line, _, self._unread = self._unread.partition(b"\r\n")
        return line.decode(errors="replace")


def connect(make_socket: Callable[[], socket.socket], address: str, timeout_s: float = 20) -> Ami:
    """Connect as soon as something listens.

    Raises:
        AmiError: nothing did in time.
    """
    ends_monotonic_s = time.monotonic() + timeout_s
    while time.monotonic() < ends_monotonic_s:
        connection = make_socket()
        with contextlib.suppress(ConnectionError):
            return Ami(connection, address)
        connection.close()
        time.sleep(0.02)
    raise AmiError(f"no manager interface at {address} within {timeout_s} s")
