"""A node on duty in a process of its own, whose calls are simulated: it prints what it rings and what came of it.

`python tests/support/duty_process.py URL NAME RINGS_S`: each call is "answered and acknowledged" after so many seconds.
Leases are short, so that a test need not wait for half a minute; what is due is taken three seconds ahead, so that a test
can stop the node before it rings.
"""

import asyncio
import sys
from datetime import UTC, datetime, timedelta

from support.alarms import lets_all_ring

from schedules import attempts, duty, nodes, ticker
from schedules.duty import Duty, Report
from schedules.outcomes import Outcome
from schedules.shaping import Shaping
from schedules.taking import Ring
from store.store import open_store

nodes.LEASE_S, nodes.SAFETY_S, duty.RENEWED_EVERY_S = 2.0, 0.5, 0.4
attempts.SETTLES_AFTER = attempts.SILENT_FOR = ticker.LONGEST_SLEEP = timedelta(seconds=1)
duty.AHEAD = timedelta(seconds=3)


def now_utc() -> datetime:
    """The host's clock."""
    return datetime.now(UTC)


async def main(url: str, name: str, rings_s: float) -> None:
    """Be on duty until killed."""

    async def make(ring: Ring) -> Report:
        await asyncio.sleep((ring.begin_utc - now_utc()).total_seconds())
        print(name, "rings", ring.telephone.number, flush=True)
        await asyncio.sleep(rings_s)
        print(name, "ends", ring.telephone.number, flush=True)
        return Report(Outcome.ACKNOWLEDGED)

    async with open_store(url) as store, asyncio.TaskGroup() as tasks:
        node = Duty(
            store,
            now_utc=now_utc,
            shaping=Shaping(),
            gate=lets_all_ring,
            make=make,
            in_use=tuple,
            extensions=["alarms"],
            tasks=tasks,
        )
        async with node.kept():
            print(name, "on duty", flush=True)
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))
