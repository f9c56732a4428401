"""What the talking clock is wanted to do, beside what it did."""

from collections.abc import Iterable, Sequence

from bench.figures import Wish, percentile
from bench.rows import Row

NO_REALTIME = "this machine grants no real-time priority: see docs/running.md"


def wishes(rows: Sequence[Row]) -> list[Wish]:
    """A wish for each wanted figure; one that no row tells of has no figure, and is not met."""
    ours = [row for row in rows if row.keeps_time]
    realtime = [row for row in ours if row.realtime]
    crowds = sorted({row.wanted for row in rows} - {1})  # of one listener's cost most is the program's own
    return [
        Wish(
            "error of the mark, p99.9, of the worst sampled listener, idle and loaded",
            percentile([row.worst_listener_ms for row in ours], 100),
            "ms",
            at_most=0.3,
        ),
        Wish("pips missed by sampled listeners", _sum(row.pips_missed for row in ours), "pips", at_most=0),
        Wish("packets never sent to sampled listeners", _sum(row.lost for row in ours), "packets", at_most=0),
        Wish(
            "lateness of packets with real-time priority, p99.9, idle and loaded",
            max((percentile(row.late_ms, 99.9) for row in realtime), default=None),
            "ms",
            at_most=5,
            why="" if realtime else NO_REALTIME,
        ),
        *(
            Wish(
                f"Asterisk's processor time a listener over ours, {count:,} listeners, idle",
                _times_cheaper(rows, count),
                "times",
                at_least=10,
            )
            for count in crowds
        ),
    ]


def _sum(counts: Iterable[int]) -> int | None:
    """None where nothing was counted."""
    found = list(counts)
    return sum(found) if found else None


def _times_cheaper(rows: Sequence[Row], count: int) -> float | None:
    """How many times more a listener costs the peer than us, at our dearest; None when one was not measured."""
    idle = [row for row in rows if row.wanted == count and not row.loaded]
    ours = [row.cpu_a_listener for row in idle if row.keeps_time]
    theirs = [row.cpu_a_listener for row in idle if not row.keeps_time]
    return min(theirs) / max(ours) if ours and theirs else None
