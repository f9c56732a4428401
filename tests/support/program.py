"""denwa as it is installed beside this Python, and ports for it."""

import itertools
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path

DENWA = Path(sys.executable).with_name("denwa")

_FIRST_PORT, _PORTS = 61_000, 4_000
"""Above those that Linux gives to whoever asks for any (ip_local_port_range): a telephone of another test may have been given
one of these before the program that is to have it has started."""
_FAR_APART = 2_472
"""Processes that were started one after the other begin so far apart, round the ports."""
_next = itertools.count(os.getpid() * _FAR_APART)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody has now, for UDP and TCP, nor takes but by name."""
    for number in itertools.islice(_next, _PORTS):
        port = _FIRST_PORT + number % _PORTS
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
            socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp,
            suppress(OSError),
        ):
            tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            udp.bind(("127.0.0.1", port))
            tcp.bind(("127.0.0.1", port))
            return port
    raise OSError("no port is free for both UDP and TCP")
