"""What goes over the lab's loopback, as tcpdump records it."""

import signal
import subprocess
from pathlib import Path
from typing import Self

from lab.namespace import Namespace
from support.pcap import Datagram, read_pcap


class Capture:
    """Records UDP of a range of ports; each packet once, with the kernel's time of its arrival."""

    def __init__(self, namespace: Namespace, path: Path, ports: tuple[int, int]) -> None:
        """Start, and return when packets are recorded; the name of the file must end in .pcap."""
        self.path = path
        command = ["tcpdump", "-i", "lo", "-n", "-U", "--immediate-mode", "-B", "16384", "-Z", "root"]
        command += ["--time-stamp-precision=nano", "-w", str(path), f"udp portrange {ports[0]}-{ports[1]}"]
        self._process = namespace.popen(command, stderr=subprocess.PIPE, text=True)
        assert self._process.stderr
        for line in self._process.stderr:
            if "listening on" in line:
                return
        raise AssertionError("tcpdump did not start")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Write out what is left, and end; done twice it does nothing more."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        if self._process.stderr:
            self._process.stderr.close()
        self._process.wait(5)

    def datagrams(self) -> list[Datagram]:
        """All that was recorded; stops it."""
        self.stop()
        return read_pcap(self.path)
