"""make bench-clock: the talking clock to 1, 100 and 1,000 listeners, beside an Asterisk that plays them the same sound."""

import os
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path

from lab.asterisk.install import Install, install_asterisk
from lab.namespace import LabMissingError, Namespace, require_tools
from support.pcap import read_pcap

from bench.figures import Wish, conclude, percentile
from bench.listeners import SAMPLED_CARD, Listeners, ListenersError, add_cards
from bench.machine import Spent, describe, loaded
from bench.peers import NUMBER, Peer, PeerError, asterisk, denwa
from bench.rows import Row, show
from bench.wire import recording, streams

NEEDED_TOOLS = {"sipp": "sip-tester", "tcpdump": "tcpdump", "ip": "iproute2"}
PROMPT_S = 6.0
"""Where the host's clock is not synchronised, a caller hears that first."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: listeners, how many of them are sampled, and for how long, in seconds."""

    listeners: tuple[int, ...]
    sampled: int
    window_s: float
    peer_window_s: float


FULL = Size((1, 100, 1000), sampled=50, window_s=121.5, peer_window_s=60)
QUICK = Size((1, 100, 1000), sampled=20, window_s=11.5, peer_window_s=6)


class Bench:
    """Measures peer after peer in one network namespace, and says what it does."""

    def __init__(self, size: Size, folder: Path) -> None:
        self.size = size
        self.rows: list[Row] = []
        self._folder = folder
        self._started_monotonic_s = time.monotonic()

    def run(self, install: Install) -> None:
        """All of it. Raises PeerError, ListenersError, LabMissingError."""
        with Namespace() as namespace:
            add_cards(namespace)
            for realtime in (True, False):
                with denwa(namespace, self._folder / f"denwa-{realtime}", realtime=realtime) as peer:
                    self.measure(namespace, peer, self.size.window_s, keeps_time=True)
            with asterisk(namespace, self._folder / "asterisk", install) as peer:
                self.measure(namespace, peer, self.size.peer_window_s, keeps_time=False)

    def measure(self, namespace: Namespace, peer: Peer, window_s: float, *, keeps_time: bool) -> None:
        """Rows for one peer: each number of listeners, idle and loaded. Raises ListenersError."""
        folder = self._folder / f"listeners{len(self.rows)}"
        listeners = Listeners(namespace, folder, peer.address, NUMBER, self.size.sampled)
        with ExitStack() as ending:
            ending.callback(listeners.close)
            for count in self.size.listeners:
                self._say(f"{peer.name}: {count:,} listeners …")
                listeners.grow(count)
                if keeps_time:
                    time.sleep(PROMPT_S)
                for busy in (False, True):
                    with loaded() if busy else nullcontext():
                        self.rows.append(
                            self._row(namespace, peer, count, window_s, busy=busy, keeps_time=keeps_time)
                        )
                    listeners.check()

    def _row(
        self, namespace: Namespace, peer: Peer, count: int, window_s: float, *, busy: bool, keeps_time: bool
    ) -> Row:
        capture = self._folder / f"row{len(self.rows)}.pcap"
        with recording(namespace, capture, SAMPLED_CARD):
            spent = Spent(peer.pid)
            time.sleep(window_s)
            cpu, stolen = spent.of_a_core(), spent.stolen()
        heard = tuple(streams(read_pcap(capture)))
        capture.unlink()
        if len(heard) != min(count, self.size.sampled):
            raise ListenersError(f"{len(heard)} of {min(count, self.size.sampled)} sampled streams were seen")
        return Row(peer.name, count, busy, peer.realtime, cpu, stolen, heard, keeps_time=keeps_time)

    def _say(self, what: str) -> None:
        print(f"· {time.monotonic() - self._started_monotonic_s:4.0f} s  {what}", flush=True)


def wishes(rows: Sequence[Row]) -> list[Wish]:
    """What the clock is wanted to do, beside what it did."""
    ours = [row for row in rows if row.keeps_time]
    realtime = [row for row in ours if row.realtime]
    late_ms = max((percentile(row.late_ms, 99.9) for row in realtime), default=None)
    return [
        Wish(
            "error of the mark, p99.9, of the worst sampled listener, idle and loaded",
            percentile([row.worst_listener_ms for row in ours], 100),
            "ms",
            at_most=0.3,
        ),
        Wish("pips missed by sampled listeners", sum(row.pips_missed for row in ours), "pips", at_most=0),
        Wish("packets never sent to sampled listeners", sum(row.lost for row in ours), "packets", at_most=0),
        Wish(
            "lateness of packets with real-time priority, p99.9, idle and loaded",
            late_ms,
            "ms",
            at_most=5,
            why="" if realtime else "this machine grants no real-time priority: see docs/running.md",
        ),
        *(
            Wish(
                f"Asterisk's processor time a listener over ours, {count:,} listeners, idle",
                _cpu(rows, count, keeps_time=False) / _cpu(rows, count, keeps_time=True),
                "times",
                at_least=10,
            )
            for count in sorted({row.listeners for row in rows})[1:]
        ),
    ]


def _cpu(rows: Sequence[Row], listeners: int, *, keeps_time: bool) -> float:
    """The most that a listener cost."""
    return max(
        row.cpu_a_listener
        for row in rows
        if row.keeps_time == keeps_time and row.listeners == listeners and not row.loaded
    )


def main() -> int:
    """Measure, show, compare."""
    quick = os.environ.get("QUICK", "") not in ("", "0")
    try:
        require_tools(NEEDED_TOOLS)
        with tempfile.TemporaryDirectory(prefix="denwa-bench") as folder:
            bench = Bench(QUICK if quick else FULL, Path(folder))
            bench.run(install_asterisk())
    except (LabMissingError, ListenersError, PeerError) as error:
        print(error, file=sys.stderr)
        return 1
    show(bench.rows, f"The talking clock. {describe()}")
    return conclude(wishes(bench.rows))


if __name__ == "__main__":
    sys.exit(main())
