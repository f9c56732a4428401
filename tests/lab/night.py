"""A night at C: denwa with the morning call, and a clock that a test lets pass."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lab.laboratory import Lab
from lab.wakeup_service import Service, service
from support.preloaded import build_preloaded
from support.stepped_clock import SteppedClock

S_NS = 10**9


@dataclass
class Night:
    """denwa at C, and how far its clock is ahead."""

    lab: Lab
    denwa: Service
    clock: SteppedClock
    ahead_ns: int = 0

    def comes(self, by: timedelta) -> None:
        """Let so much time pass for denwa, at once."""
        self.ahead_ns += round(by.total_seconds() * S_NS)
        self.clock.step(self.ahead_ns)

    def now_utc(self) -> datetime:
        """By denwa's clock."""
        return datetime.now(UTC) + timedelta(seconds=self.ahead_ns / S_NS)

    def nobody_waits(self, *kinds: str) -> None:
        """Wait until all of these kinds that is due by now has had its turn, if only to be forbidden."""
        chosen = ", ".join(f"'{kind}'" for kind in kinds)
        waiting = "SELECT count(*) FROM occurrence JOIN alarm ON alarm.id = alarm_id WHERE"
        waiting += f" kind IN ({chosen}) AND occurrence.state IN ('booked', 'due')"
        waiting += f" AND occurrence.next_utc <= '{self.now_utc():%Y-%m-%d %H:%M:%S}'"
        self.denwa.until(waiting, [(0,)], 120)


@contextmanager
def night(lab: Lab, folder: Path, more: str) -> Iterator[Night]:
    """One with an empty folder for it, and more of denwa's configuration."""
    library = build_preloaded("stepped_clock", folder)
    with (
        SteppedClock(library, folder / "clock") as clock,
        service(lab, lab.c, folder, more, clock.environment) as denwa,
    ):
        yield Night(lab, denwa, clock)
