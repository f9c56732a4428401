"""Listeners by the thousand: sipp calls; what they are sent leaves by a network card that is none.

They send no RTP themselves, so that what is measured is the sending of sound, and the machine is not busy with
telephones that a real one would not have to carry.
"""

import csv
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.namespace import LabMissingError, Namespace

SCENARIO = Path(__file__).with_name("listen.sipp.xml")
RTP_FROM = 16384
A_SECOND = 200
PATIENCE_S = 20.0
"""How long all may take to be answered, beyond the time of calling."""
SIP_PORT = 5060
SIP_ADDRESS = "127.0.1.1"
PEER_ADDRESS = "10.117.0.2"
"""Where the measured program is; a loopback address could not send to a card."""
CROWD_ADDRESS = "10.117.0.9"
SAMPLED_ADDRESS = "10.117.1.9"
CROWD_CARD, SAMPLED_CARD = "crowd", "sampled"
CARDS = ("dummy", "ifb")
"""Devices that take what is sent, and drop it there. Loopback would deliver it, within the sender's own time."""
COMPLAINT = 300
"""So many characters of what sipp complains of are shown."""
PAUSE = "6_Pause_Sessions"
"""What sipp calls the last step of the scenario."""


class ListenersError(Exception):
    """Calls did not come up, or not stay; the text has what sipp says."""


@dataclass(slots=True)
class _Batch:
    process: subprocess.Popen[Any]
    folder: Path
    calls: int

    def up(self) -> int:
        """Calls that are up now: those in the scenario's pause, by the last whole line of sipp's counts."""
        counts = next(iter(self.folder.glob("*_counts.csv")), None)
        if counts is None:
            return 0
        whole_lines = counts.read_text().rpartition("\n")[0].splitlines()
        rows = list(csv.DictReader(whole_lines, delimiter=";"))
        return int(rows[-1][PAUSE]) if rows else 0


def add_cards(namespace: Namespace) -> None:
    """Give the namespace what sound is sent through.

    Raises:
        LabMissingError: this kernel has neither device.
    """
    for card, network in ((CROWD_CARD, f"{PEER_ADDRESS}/24"), (SAMPLED_CARD, "10.117.1.2/24")):
        # txqueuelen 0: no queue before either, as the one has by itself and the other only then
        if not any(_ip(namespace, "link", "add", card, "txqueuelen", "0", "type", kind) for kind in CARDS):
            raise LabMissingError("the bench needs a dummy or ifb network device: modprobe dummy")
        _ip(namespace, "address", "add", network, "dev", card)
        _ip(namespace, "link", "set", card, "up")


def _ip(namespace: Namespace, *words: str) -> bool:
    return namespace.run(["ip", *words], check=False, stderr=subprocess.DEVNULL).returncode == 0


class Listeners:
    """Calls to one number of a program at `address`, ever more of them; at most `sampled` are sampled."""

    def __init__(self, namespace: Namespace, folder: Path, address: str, number: str, sampled: int) -> None:
        self._namespace = namespace
        self._folder = folder
        self._target = f"{address}:{SIP_PORT}"
        self._number = number
        self._sampled = sampled
        self._batches: list[_Batch] = []

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(batch.calls for batch in self._batches)

    def grow(self, count: int) -> None:
        """Call until there are `count` listeners, and wait until all are answered, or patience is at its end."""
        missing = count - self.count
        sampled_now = min(self.count, self._sampled)
        sampled = min(missing, self._sampled - sampled_now)
        if sampled:
            self._call(SAMPLED_ADDRESS, sampled)
        if missing > sampled:
            self._call(CROWD_ADDRESS, missing - sampled)
        ends_monotonic_s = time.monotonic() + missing / A_SECOND + PATIENCE_S
        while self.up() < count and time.monotonic() < ends_monotonic_s:
            time.sleep(0.1)
        time.sleep(1)  # the last of them are answered

    def up(self) -> int:
        """How many calls are up, a second ago at most."""
        return sum(batch.up() for batch in self._batches)

    def check(self, at_least: int) -> None:
        """Raises ListenersError when fewer are up, or a caller has ended."""
        up = self.up()
        if up < at_least or any(batch.process.poll() is not None for batch in self._batches):
            raise ListenersError(f"{up} of {self.count} listeners are there:\n{self._complaints()}")

    def close(self) -> None:
        """End sipp without a BYE; to be done when the other end is ended too."""
        for batch in self._batches:
            batch.process.kill()
            batch.process.wait()

    def _call(self, address: str, calls: int) -> None:
        number = len(self._batches)
        folder = self._folder / f"sipp{number}"
        folder.mkdir(parents=True)
        before = sum(batch.calls for batch in self._batches)
        command = ["sipp", self._target, "-sf", str(SCENARIO), "-s", self._number, "-i", SIP_ADDRESS]
        command += ["-key", "rtp_address", address]
        command += ["-p", str(SIP_PORT + number), "-mp", str(RTP_FROM + 4 * before), "-aa", "-nostdin"]
        command += ["-m", str(calls), "-l", str(calls), "-r", str(A_SECOND)]
        command += ["-trace_counts", "-fd", "1", "-trace_err", "-error_file", "errors"]
        # else sipp ends itself after having been late so often, as it will be on a loaded machine
        command += ["-watchdog_minor_maxtriggers", "1000000", "-watchdog_major_maxtriggers", "1000000"]
        with (folder / "screen").open("wb") as screen:
            process = self._namespace.popen(command, cwd=folder, stdout=screen, stderr=subprocess.STDOUT)
        self._batches.append(_Batch(process, folder, calls))

    def _complaints(self) -> str:
        texts = []
        for batch in self._batches:
            errors = batch.folder / "errors"
            texts.append(f"{batch.up()} of {batch.calls} calls")
            texts.append(errors.read_text(errors="replace")[:COMPLAINT] if errors.exists() else "")
        return "\n".join(texts)
