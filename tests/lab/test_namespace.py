"""The lab's network: apart from every other, sockets handed out of it, and nothing left when it is closed."""

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab.namespace import LabMissingError, Namespace, require_tools

pytestmark = [pytest.mark.lab, pytest.mark.timeout(10, func_only=True)]


@pytest.fixture
def namespace() -> Iterator[Namespace]:
    with Namespace() as opened:
        yield opened


def test_the_same_address_and_port_is_free_in_each_namespace(namespace: Namespace):
    with Namespace() as other, namespace.socket() as here, other.socket() as there:
        here.bind(("127.0.0.11", 5060))
        there.bind(("127.0.0.11", 5060))


def test_a_command_inside_reaches_a_socket_handed_out(namespace: Namespace):
    with namespace.socket(socket.SOCK_STREAM) as listener:
        listener.bind(("127.0.0.1", 7777))
        listener.listen()
        script = "import socket; socket.create_connection(('127.0.0.1', 7777)).sendall(b'hello')"
        namespace.run([sys.executable, "-c", script])
        connection, _ = listener.accept()
        with connection:
            assert connection.recv(10) == b"hello"


def test_a_command_ends_with_the_thread_that_started_it(namespace: Namespace):
    started: list[subprocess.Popen[bytes]] = []
    may_end = threading.Event()

    def start() -> None:
        started.append(namespace.popen(["sleep", "60"]))
        may_end.wait()

    thread = threading.Thread(target=start)
    thread.start()
    while not started or Path(f"/proc/{started[0].pid}/comm").read_text() != "sleep\n":
        time.sleep(0.01)
    may_end.set()
    thread.join()
    assert started[0].wait(5) == -signal.SIGKILL


def test_the_outside_is_not_reached(namespace: Namespace):
    listed = namespace.run(["ip", "-br", "link"], capture_output=True, text=True).stdout
    assert [line.split()[0] for line in listed.splitlines()] == ["lo"]


def test_a_missing_tool_is_named_with_its_debian_package():
    with pytest.raises(LabMissingError, match="needs no-such-program: apt install its-package"):
        require_tools({"no-such-program": "its-package", "sh": "dash"})
