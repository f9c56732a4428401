"""What is said to the service manager, heard on a real datagram socket."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from denwa.systemd import Notifier

pytestmark = pytest.mark.unit


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """The socket of a service manager."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.setblocking(False)
        yield listening


def heard(manager: socket.socket) -> list[str]:
    return manager.recv(4096).decode().split("\n")


def test_ready_stopping_and_signs_of_life_are_heard(manager: socket.socket):
    notifier = Notifier(manager.getsockname())
    notifier.ready("117 時報")
    assert heard(manager) == ["READY=1", "STATUS=117 時報"]
    notifier.alive()
    assert heard(manager) == ["WATCHDOG=1"]
    notifier.status("two\nlines")
    assert heard(manager) == ["STATUS=two lines"]
    notifier.stopping()
    assert heard(manager) == ["STOPPING=1"]


def test_an_abstract_socket_is_reached():
    name = f"denwa-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0" + name)
        Notifier(f"@{name}").alive()
        assert listening.recv(100) == b"WATCHDOG=1"


def test_without_a_manager_nothing_is_said_and_nothing_fails(tmp_path: Path):
    Notifier().ready("x")
    Notifier(str(tmp_path / "gone")).alive()


def test_a_manager_that_does_not_read_holds_nothing_up(manager: socket.socket):
    manager.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    notifier = Notifier(manager.getsockname())
    for _ in range(2000):
        notifier.alive()
    assert heard(manager) == ["WATCHDOG=1"]


@pytest.mark.parametrize(
    ("environment", "watchdog_s"),
    [
        ({}, 0.0),
        ({"WATCHDOG_USEC": "10000000"}, 10.0),
        ({"WATCHDOG_USEC": "10000000", "WATCHDOG_PID": str(os.getpid())}, 10.0),
        ({"WATCHDOG_USEC": "10000000", "WATCHDOG_PID": "1"}, 0.0),
        ({"WATCHDOG_USEC": "soon"}, 0.0),
    ],
)
def test_the_watchdog_is_as_the_environment_says(environment: dict[str, str], watchdog_s: float):
    assert Notifier.of({"NOTIFY_SOCKET": "/n", **environment}) == Notifier("/n", watchdog_s)


def test_no_socket_named_is_none_used():
    assert Notifier.of({}).address == ""
