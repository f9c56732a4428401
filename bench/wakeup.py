"""`make bench-wakeup`: how punctually a thousand alarms ring, beside call files in Asterisk; what a million stored ones cost."""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from lab.asterisk.install import install_asterisk
from lab.namespace import LabMissingError, Namespace
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bench.figures import Wish, conclude
from bench.lateness import BenchError, Lateness, denwa_rings
from bench.machine import describe
from bench.spool import asterisk_rings
from bench.stored import Stored, bookings_a_second, stored

ALARMS = 1000
BOOKINGS = 500
MODES = {
    "all at one instant": [0.0] * ALARMS,
    "over one minute": [float(60 * n // ALARMS) for n in range(ALARMS)],
}
"""The alarms' instants, in seconds after the first."""
WIDTH = 160


def main() -> int:
    """Measure, show, compare with what is wanted."""
    # As Ctrl-C: nothing is left running.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    most = 1_000_000 if os.environ.get("QUICK", "") in {"", "0"} else 100_000
    began_s = time.monotonic()

    def say(what: str) -> None:
        print(f"· {time.monotonic() - began_s:4.0f} s  {what} …", flush=True)

    rings: list[Lateness] = []
    try:
        with tempfile.TemporaryDirectory(prefix="denwa-bench") as name, Namespace() as namespace:
            folder, install = Path(name), install_asterisk()
            say("bookings")
            rate = bookings_a_second(folder / "bookings", BOOKINGS)
            kept = []
            for count in (1000, most):
                say(f"{count:,} alarms stored")
                kept.append(stored(namespace, folder / f"{count}", count))
            for n, (when, offsets_s) in enumerate(MODES.items()):
                say(f"denwa, {ALARMS} alarms {when}")
                rings.append(denwa_rings(namespace, folder / f"d{n}", when, offsets_s))
                say(f"Asterisk, {ALARMS} call files {when}")
                rings.append(asterisk_rings(namespace, folder / f"a{n}", install, when, offsets_s))
    except (BenchError, LabMissingError) as error:
        print(error, file=sys.stderr)
        return 1
    show(rings)
    print(f"bookings, each synced to disk: {rate:,.0f} a second")
    for each in kept:
        print(
            f"{each.alarms:9,} stored: the ticker's questions {each.tick_ms:.2f} ms, "
            f"denwa serve {each.resident_mib:.0f} MiB resident"
        )
    print("\nhow the database answers the ticker:")
    for line in sorted(kept[-1].plans):
        print(f"  {line}")
    print()
    return conclude(wishes(rings, *kept))


def show(rings: Sequence[Lateness]) -> None:
    """Print the table."""
    table = Table(title=f"The morning call. {describe()}", box=SIMPLE_HEAD, title_justify="left")
    table.add_column("")
    table.add_column(f"{ALARMS} alarms")
    for name in ("rung", "late p50 ms", "p99 ms", "max ms"):
        table.add_column(name, justify="right")
    for each in rings:
        figures = (f"{each.percentile_ms(percent):.1f}" for percent in (50, 99, 100))
        table.add_row(each.who, each.when, f"{each.rung}", *figures)
    Console(width=WIDTH, highlight=False).print(table)


def wishes(rings: Sequence[Lateness], few: Stored, many: Stored) -> list[Wish]:
    """What is wanted of denwa; the peer's figures are beside them."""
    scans = [plan for plan in many.plans if plan.startswith(("SCAN alarm", "SCAN occurrence"))]
    return [
        *(
            wish
            for each in rings
            if each.who == "denwa"
            for wish in (
                Wish(f"alarms rung, {each.when}", each.rung, "alarms", at_least=each.wanted),
                Wish(f"lateness p99, {each.when}", each.percentile_ms(99), "ms", at_most=250),
            )
        ),
        Wish(
            "the ticker's questions with all stored, over those with 1,000",
            many.tick_ms / few.tick_ms,
            "times",
            at_most=2,
        ),
        Wish("tables that the ticker has read to their end", len(scans), "tables", at_most=0),
        Wish(
            "memory with all stored, over that with 1,000",
            many.resident_mib / few.resident_mib,
            "times",
            at_most=1.25,
        ),
    ]


if __name__ == "__main__":
    sys.exit(main())
