"""One row of the table: a peer, its listeners, the machine's state, and what was measured."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bench.figures import percentile
from bench.machine import Spent
from bench.wire import Heard


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured in one window.

    Attributes:
        wanted: how many listeners called.
        listeners: how many of them were answered.
        spent: the peer's processor time, and what the machine lost to others.
        heard: the sampled streams.
        keeps_time: whether the peer's marks are to be on UTC's seconds.
    """

    peer: str
    wanted: int
    listeners: int
    loaded: bool
    realtime: bool
    spent: Spent
    heard: tuple[Heard, ...]
    keeps_time: bool

    @property
    def late_ms(self) -> list[float]:
        """Of every sampled packet."""
        return [late_ms for stream in self.heard for late_ms in stream.late_ms]

    @property
    def errors_ms(self) -> list[float]:
        """Of every pip of every sampled listener, without sign."""
        return [abs(error_ms) for stream in self.heard for error_ms in stream.mark_errors_ms]

    @property
    def worst_listener_ms(self) -> float:
        """The greatest p99.9 of the mark's error that a sampled listener has; not a number without any pip."""
        each = [[abs(error_ms) for error_ms in stream.mark_errors_ms] for stream in self.heard]
        return max((percentile(errors_ms, 99.9) for errors_ms in each if errors_ms), default=math.nan)

    @property
    def pips_missed(self) -> int:
        """Pips that were due to sampled listeners and were not found."""
        return sum(max(0, stream.pips_due - len(stream.mark_errors_ms)) for stream in self.heard)

    @property
    def lost(self) -> int:
        """Packets that were never sent to sampled listeners."""
        return sum(stream.lost for stream in self.heard)

    @property
    def cpu_a_listener(self) -> float:
        """Processor seconds for a second of sound to one listener: sound that did not come is not counted."""
        share = sum(stream.share for stream in self.heard) / len(self.heard)
        return self.spent.cpu / share / self.listeners

    @property
    def brief(self) -> str:
        """What matters most, in a few words."""
        mark = f"mark p99.9 {percentile(self.errors_ms, 99.9):.3f} ms, " if self.keeps_time else ""
        late = f"packets p99.9 {percentile(self.late_ms, 99.9):.2f} ms late, "
        return f"{self.machine}: {mark}{late}{100 * self.cpu_a_listener:.4f} % of a core a listener"

    @property
    def machine(self) -> str:
        """Its state."""
        return "loaded" if self.loaded else "idle"


CAPTION = (
    "mark: |error| by the RTP stream clock. late: packets against the same clock. CPU: of one core; a listener's: for "
    "a second of sound.\nstolen: time that this machine's host gave to others; it makes packets late."
)


WIDTH = 160
MARK = ("mark p50", "p99.9", "max ms")
LATE = ("late p50", "p99.9", "max ms")
COST = ("CPU %", "a listener", "stolen %")


def show(rows: Sequence[Row], title: str) -> None:
    """Print the table."""
    table = Table(title=title, box=SIMPLE_HEAD, title_justify="left", caption_justify="left")
    table.caption = CAPTION
    for name in ("", "listeners", "machine", "priority"):
        table.add_column(name, no_wrap=True)
    for name in (*MARK, *LATE, "lost", *COST):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        errors = [f"{percentile(row.errors_ms, percent):.3f}" for percent in (50, 99.9, 100)]
        table.add_row(
            row.peer,
            f"{row.listeners:,}" + (f" of {row.wanted:,}" if row.listeners < row.wanted else ""),
            row.machine,
            "real-time" if row.realtime else "ordinary",
            *(errors if row.keeps_time else ("", "", "")),
            *(f"{percentile(row.late_ms, percent):.3f}" for percent in (50, 99.9, 100)),
            f"{row.lost}",
            f"{100 * row.spent.cpu:.2f}",
            f"{100 * row.cpu_a_listener:.4f}",
            f"{100 * row.spent.stolen:.1f}",
        )
    Console(width=WIDTH, highlight=False).print(table)
