"""Starts `line_server.py` as a child, and speaks to it."""

from pathlib import Path

from support.server_process import ServerProcess

SERVER = Path(__file__).with_name("line_server.py")


class LineProcess(ServerProcess):
    """A bare server on the packet line, of a test module's own, on a port of its own."""

    def __init__(
        self, transport: str = "udp", *, rt_priority: int = 0, through: tuple[str, ...] = ()
    ) -> None:
        """Start it, on request with real-time priority, or through a program that changes what it may do."""
        super().__init__(SERVER, transport, str(rt_priority), through=through)
