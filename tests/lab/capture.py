"""What goes over the lab's loopback, as tcpdump records it."""

import signal
import subprocess
import time
from pathlib import Path
from typing import Self

from lab.namespace import LabMissingError, Namespace
from support.pcap import Datagram, read_pcap

LAST = b"the capture's own last datagram"


class Capture:
    """Records UDP of a range of ports; each packet once, with the kernel's time of its arrival."""

    def __init__(self, namespace: Namespace, path: Path, ports: tuple[int, int]) -> None:
        """Start, and return when packets are recorded; the name of the file must end in .pcap.

        Raises:
            LabMissingError: tcpdump may not, as in a user namespace, where it cannot change its user.
        """
        self.path = path
        self._namespace = namespace
        self._port = ports[0]
        # -s: a frame of the ring holds so much; with the usual 256 KiB it held 64 packets, and lost some
        command = [
            "tcpdump",
            "-i",
            "lo",
            "-n",
            "-U",
            "--immediate-mode",
            "-B",
            "16384",
            "-s",
            "2048",
            "-Z",
            "root",
        ]
        command += ["--time-stamp-precision=nano", "-w", str(path), f"udp portrange {ports[0]}-{ports[1]}"]
        self._process = namespace.popen(command, stderr=subprocess.PIPE, text=True)
        assert self._process.stderr
        said = []
        for line in self._process.stderr:
            if "listening on" in line:
                return
            said.append(line)
        self._process.stderr.close()
        self._process.wait()
        raise LabMissingError(f"tcpdump did not start; run the tests as root. It says: {''.join(said)}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End it when all that was sent so far is in the file; done twice it does nothing more."""
        if self._process.poll() is not None:
            return
        with self._namespace.socket() as sender:
            sender.sendto(LAST, ("127.0.0.1", self._port))
        ends_monotonic_s = time.monotonic() + 5
        while LAST not in self._end_of_file() and time.monotonic() < ends_monotonic_s:
            time.sleep(0.01)
        self._process.send_signal(signal.SIGINT)
        if self._process.stderr:
            self._process.stderr.close()
        self._process.wait(5)

    def datagrams(self) -> list[Datagram]:
        """All that was recorded; stops it."""
        self.stop()
        return [datagram for datagram in read_pcap(self.path) if datagram.payload != LAST]

    def _end_of_file(self) -> bytes:
        with self.path.open("rb") as file:
            file.seek(max(0, self.path.stat().st_size - 4096))
            return file.read()
