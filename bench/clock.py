"""make bench-clock: the talking clock to 1, 100 and 1,000 listeners, beside an Asterisk that plays them the same sound."""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from lab.asterisk.ami import AmiError
from lab.asterisk.install import Install, install_asterisk
from lab.namespace import LabMissingError, Namespace, require_tools
from support.pcap import read_pcap

from audio.pips import PERIOD_S
from bench.figures import Wish, conclude
from bench.listeners import SAMPLED_CARD, Listeners, ListenersError, add_cards
from bench.machine import Meter, Spent, describe, loaded
from bench.peers import NUMBER, Peer, PeerError, asterisk, denwa
from bench.rows import Row, show
from bench.wire import SILENT, recording, streams
from bench.wishes import wishes

NEEDED_TOOLS = {"sipp": "sip-tester", "tcpdump": "tcpdump", "ip": "iproute2"}
PROMPT_S = 6.0
"""Where the host's clock is not synchronised, a caller hears that first."""
BEGINS_S = 6.3
"""The second of the ten at which a window begins: the first pip comes at 7, the mark at 10."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: listeners, how many of them are sampled, and for how long, in seconds."""

    listeners: tuple[int, ...]
    sampled: int
    window_s: float
    peer_window_s: float

    @property
    def rows(self) -> int:
        """How many there are to be: three peers, idle and loaded."""
        return 3 * 2 * len(self.listeners)


FULL = Size((1, 100, 1000), sampled=30, window_s=95.2, peer_window_s=45)
QUICK = Size((1, 100, 1000), sampled=20, window_s=5.2, peer_window_s=5)


class Bench:
    """Measures peer after peer in one network namespace, and says what it does."""

    def __init__(self, size: Size, folder: Path) -> None:
        self.size = size
        self.rows: list[Row] = []
        self.troubles: list[str] = []
        self._folder = folder
        self._started_monotonic_s = time.monotonic()

    def run(self, install: Install) -> None:
        """All of it; what a peer fails in is among the troubles. Raises LabMissingError."""
        with Namespace() as namespace:
            add_cards(namespace)
            peers: list[Callable[[], AbstractContextManager[Peer]]] = [
                partial(denwa, namespace, self._folder / "realtime", realtime=True),
                partial(denwa, namespace, self._folder / "ordinary", realtime=False),
                partial(asterisk, namespace, self._folder / "asterisk", install),
            ]
            for start in peers:
                try:
                    with start() as peer:
                        self.measure(namespace, peer)
                except (PeerError, ListenersError, AmiError, ProcessLookupError) as error:
                    self.troubles.append(str(error))
                    self._say(f"not measured: {error}")

    def measure(self, namespace: Namespace, peer: Peer, load: tuple[bool, ...] = (False, True)) -> None:
        """Rows for one peer: each number of listeners on the machine idle, and loaded. Raises ListenersError."""
        folder = self._folder / f"listeners{len(self.rows)}"
        listeners = Listeners(namespace, folder, peer.address, NUMBER, self.size.sampled)
        with ExitStack() as ending:
            ending.callback(listeners.close)
            for count in self.size.listeners:
                priority = "real-time priority" if peer.realtime else "ordinary priority"
                self._say(f"{peer.name}, {priority}: {count:,} listeners …")
                listeners.grow(count)
                if peer.keeps_time:
                    time.sleep(PROMPT_S)
                for busy in load:
                    with loaded() if busy else nullcontext():
                        spent = self._window(namespace, peer)
                    self.rows.append(self._row(peer, listeners, spent, busy=busy))
                    self._say(f"  {self.rows[-1].brief}")

    def _window(self, namespace: Namespace, peer: Peer) -> Spent:
        """Let the time pass, and record what the sampled listeners are sent meanwhile."""
        if peer.keeps_time:
            time.sleep((BEGINS_S - time.time()) % PERIOD_S)
        with recording(namespace, self._folder / "sampled.pcap", SAMPLED_CARD):
            meter = Meter(peer.pid)
            time.sleep(self.size.window_s if peer.keeps_time else self.size.peer_window_s)
            return meter.read()

    def _row(self, peer: Peer, listeners: Listeners, spent: Spent, *, busy: bool) -> Row:
        # a peer that is overwhelmed may leave some unanswered: it is measured with those it has
        listeners.check(listeners.count if peer.keeps_time else (listeners.count + 1) // 2)
        heard = streams(read_pcap(self._folder / "sampled.pcap"))
        unheard = min(listeners.count, self.size.sampled) - len(heard)
        if not heard or (unheard and peer.keeps_time):
            raise ListenersError(f"{unheard} sampled listeners were sent nothing")
        return Row(
            peer.name,
            wanted=listeners.count,
            listeners=listeners.up(),
            loaded=busy,
            realtime=peer.realtime,
            spent=spent,
            heard=(*heard, *[SILENT] * unheard),
            keeps_time=peer.keeps_time,
        )

    def _say(self, what: str) -> None:
        print(f"· {time.monotonic() - self._started_monotonic_s:4.0f} s  {what}", flush=True)


def main() -> int:
    """Measure, show, compare."""
    # As Ctrl-C: nothing is left running.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    size = FULL if os.environ.get("QUICK", "") in ("", "0") else QUICK
    try:
        require_tools(NEEDED_TOOLS)
        with tempfile.TemporaryDirectory(prefix="denwa-bench") as folder:
            bench = Bench(size, Path(folder))
            bench.run(install_asterisk())
    except LabMissingError as error:
        print(error, file=sys.stderr)
        return 1
    show(bench.rows, f"The talking clock. {describe()}")
    why = "; ".join(trouble.partition("\n")[0] for trouble in bench.troubles)
    return conclude(
        [*wishes(bench.rows), Wish("rows measured", len(bench.rows), "rows", at_least=size.rows, why=why)]
    )


if __name__ == "__main__":
    sys.exit(main())
