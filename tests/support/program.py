"""denwa as it is installed beside this Python, and ports for it."""

import socket
import sys
from pathlib import Path

DENWA = Path(sys.executable).with_name("denwa")


def free_port() -> int:
    """A port of 127.0.0.1 that nobody has now, for UDP and TCP."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
