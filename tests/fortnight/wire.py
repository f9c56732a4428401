"""What the simulated exchange saw of SIP, read back for the checker."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class Call:
    """One call between denwa and a telephone, with instants in seconds of UTC.

    Attributes:
        placed_by_us: whether denwa rang; else the sleeper dialled back.
        deed: what the telephone was to do.
        ended_by: "denwa", "sleeper", "exchange", "refusal N"; "" while it lasts.
    """

    number: str
    node: str
    placed_by_us: bool
    begin_utc_s: float
    deed: str = ""
    digits_utc_s: list[float] = field(default_factory=list)
    end_utc_s: float = float("inf")
    ended_by: str = ""


@dataclass(frozen=True, slots=True)
class Wire:
    """All calls in order, and when which node died or stood still."""

    calls: list[Call]
    deaths_utc_s: dict[str, list[float]]

    def died(self, node: str, from_utc_s: float, to_utc_s: float) -> bool:
        """Whether a node died or stood still in between."""
        return any(from_utc_s <= at_utc_s <= to_utc_s for at_utc_s in self.deaths_utc_s[node])

    def by_number(self) -> dict[str, list[Call]]:
        """Each telephone's calls, in order."""
        found: dict[str, list[Call]] = defaultdict(list)
        for call in self.calls:
            found[call.number].append(call)
        return found


def read_wire(path: Path) -> Wire:
    """Read the exchange's log."""
    calls: dict[str, Call] = {}
    deaths: dict[str, list[float]] = defaultdict(list)
    for row, at_utc_s in _in_time([json.loads(line) for line in path.read_text().splitlines()]):
        match row["event"]:
            case "gone":
                deaths[row["node"]].append(at_utc_s)
            case "invite" | "dials back" as event:
                ours = event == "invite"
                calls[row["call_id"]] = Call(row["number"], row["node"], ours, at_utc_s, row.get("deed", ""))
            case "digit":
                calls[row["call_id"]].digits_utc_s.append(at_utc_s)
            case "ended":
                call = calls[row["call_id"]]
                call.end_utc_s, call.ended_by = at_utc_s, row["by"]
    return Wire(list(calls.values()), deaths)


def _in_time(rows: Sequence[dict[str, Any]]) -> list[tuple[dict[str, Any], float]]:
    """Each with its instant: not after a death that was told later.

    Where a death lasts, the clock is set at once; what the exchange takes from its socket then was sent before it.
    """
    latest_utc_s = float("inf")
    found: list[tuple[dict[str, Any], float]] = []
    for row in reversed(rows):
        if row["event"] == "gone":
            latest_utc_s = min(latest_utc_s, row["utc_s"])
        found.append((row, min(row["utc_s"], latest_utc_s)))
    return found[::-1]
