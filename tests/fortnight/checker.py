"""Judges a fortnight: a program of its own, which sees the plan, the SIP of the telephones and the audit, and no more.

`python -m fortnight.checker DATABASE PLAN SIP_LOG` prints what is wrong, then how many of what there were; 0: all is well.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from fortnight.audited import Entry, Story, stories
from fortnight.wire import Call, Wire, read_wire

FOLLOWS = {
    None: {"booked"},
    "booked": {"ringing", "due", "expired", "cancelled"},
    "due": {"ringing", "expired", "cancelled"},
    "ringing": {
        *("acknowledged", "snoozed", "retry", "escalating", "checking", "closing", "missed", "cancelled"),
    },
    "retry": {"ringing", "acknowledged", "missed", "cancelled"},
    "snoozed": {"ringing", "acknowledged", "missed", "cancelled"},
    "escalating": {"ringing", "acknowledged", "missed", "cancelled"},
    "checking": {"ringing", "acknowledged", "missed", "cancelled"},
    "closing": {"acknowledged", "missed", "cancelled"},
}
"""What may follow what (docs/wakeup.md)."""
ENDS = {"acknowledged", "missed", "cancelled", "expired"}
COMES_OF = {
    "busy": {"busy"},
    "refused": {"refused"},
    "absent": {"no answer"},
    "unknown": {"unreachable"},
    "not lifted": {"no answer"},
    "dropped at once": {"answered but not acknowledged"},
    "hangs up early": {"snoozed"},
    "presses": {"acknowledged"},
    "hangs up and dials back": {"snoozed"},
}
"""What the history must say of what a telephone did."""
UNKNOWN = "unknown"
VALIDITY_OVER = "its validity is over"
CALLED_BACK = "called back"
CALLED_BACK_WITHIN_S = 600
CALLS_US = "it has called us meanwhile"
"""Why no INVITE left."""
EARLY_S = 0.05
CLAIMED_BEFORE_S = 15.0
"""A row is written so much before its INVITE at most: three seconds ahead, and what hundreds at one instant take."""
GLARE_S = 1.5
"""Who dials us while we are about to ring him is rung: both INVITEs are under way."""
CROSSES_S = 0.5
"""Who cancels, or calls back, writes when he asked for it, and may have waited for the database; a call may leave meanwhile, and is
ended at once."""
LEAST_PAUSE_S = 10
LEASE_S = 10
"""A node that stood still for some seconds may find its lease gone a moment later, or have missed what a telephone did."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt as the audit has it, its end, and its call, if there was one."""

    story: Story
    began: Entry
    ended: Entry | None
    number: str
    call: Call | None

    def __str__(self) -> str:
        return f"{self.story.uid} of {self.story.due_utc_s:.0f}, attempt {self.began.attempt_id} to {self.number}"


class Judge:
    """Holds all three beside each other."""

    def __init__(self, plan: list[dict[str, Any]], wire: Wire, told: list[Story]) -> None:
        self.plan = {each["uid"]: each for each in plan}
        self.wire = wire
        self.stories = told
        self.placed = [call for call in wire.calls if call.placed_by_us]
        self.unclaimed: list[Call] = []
        self.attempts = self._match()
        self._of_story: dict[int, list[Attempt]] = defaultdict(list)
        for attempt in self.attempts:
            self._of_story[id(attempt.story)].append(attempt)

    def faults(self) -> Iterator[str]:
        """All that is wrong."""
        yield from self._lost()
        for story in self.stories:
            yield from self._chain(story)
        for call in self.unclaimed:
            yield f"{call.number} was rung at {call.begin_utc_s:.3f}, and no row says so"
        yield from self._at_once()
        for attempt in self.attempts:
            yield from self._punctual(attempt)
            yield from self._outcome(attempt)
        for story in self.stories:
            yield from self._policy(story)

    # -- reading --

    def _match(self) -> list[Attempt]:
        """Each attempt with its call: the first to its number between its row and the row of its end.

        A row's instant is that of its transaction's begin: one that had to wait may be older than a call before it.
        """
        by_number: dict[str, list[Call]] = defaultdict(list)
        for call in self.placed:
            by_number[call.number].append(call)
        begun = [
            (entry, ended, story)
            for story in self.stories
            for entry, ended in pairwise([*story.entries, None])
            if entry is not None and entry.new == "ringing"
        ]
        found = []
        for entry, ended, story in sorted(begun, key=lambda each: _utc_s(each[1])):
            number = self._number(story, entry)
            ends_utc_s = _utc_s(ended) + CROSSES_S * _is_from_elsewhere(ended)
            calls = by_number[number]
            mine = next((c for c in calls if entry.at_utc_s <= c.begin_utc_s <= ends_utc_s), None)
            if mine is not None:
                calls.remove(mine)
            found.append(Attempt(story, entry, ended, number, mine))
        self.unclaimed = [call for calls in by_number.values() for call in calls]
        return sorted(found, key=lambda attempt: attempt.began.at_utc_s)

    def _number(self, story: Story, entry: Entry) -> str:
        planned = self.plan[story.uid]
        number: str = planned["policy"]["escalate_to"] if entry.old == "escalating" else planned["number"]
        return number

    # -- judging --

    def _lost(self) -> Iterator[str]:
        by_uid: dict[str, dict[float, Story]] = {}
        for story in self.stories:
            if by_uid.setdefault(story.uid, {}).setdefault(story.due_utc_s, story) is not story:
                yield f"{story.uid} has two occurrences at {story.due_utc_s:.0f}"
        for uid, planned in self.plan.items():
            mine = by_uid.get(uid, {})
            cancelled = [due for due, story in mine.items() if story.entries[-1].new == "cancelled"]
            wanted = [due for due in planned["due_utc"] if not cancelled or due <= min(cancelled)]
            for due in wanted:
                if due not in mine:
                    yield f"{uid} of {due:.0f} is lost"
                elif mine[due].entries[-1].new not in ENDS:
                    yield f"{uid} of {due:.0f} has stayed {mine[due].entries[-1].new}"
            for due in mine.keys() - planned["due_utc"]:
                if len(planned["due_utc"]) == 1 or due < max(planned["due_utc"]):
                    yield f"{uid} has an occurrence at {due:.0f} that nobody booked"

    @staticmethod
    def _chain(story: Story) -> Iterator[str]:
        state: str | None = None
        for entry in story.entries:
            if entry.old != state or entry.new not in FOLLOWS.get(state, set()):
                yield f"{story.uid} of {story.due_utc_s:.0f} went from {entry.old} to {entry.new}, being {state}"
            state = entry.new

    def _at_once(self) -> Iterator[str]:
        for number, calls in self.wire.by_number().items():
            for earlier, later in pairwise(calls):
                glare = later.begin_utc_s - earlier.begin_utc_s <= GLARE_S
                elsewhere = earlier.node != later.node  # no node knows who talks to another one
                if not earlier.placed_by_us and (glare or elsewhere or self._left_hanging(earlier)):
                    continue
                if later.placed_by_us and earlier.end_utc_s > later.begin_utc_s:
                    yield (
                        f"{number} was rung at {later.begin_utc_s:.3f} in its call from {earlier.begin_utc_s:.3f} "
                        f"to {earlier.end_utc_s:.3f}, which ended by {earlier.ended_by}"
                    )

    def _left_hanging(self, call: Call) -> bool:
        """The sleeper's own call to a program that died: his exchange knows of it, and says busy; nobody else can."""
        return self.wire.died(call.node, call.begin_utc_s, call.end_utc_s)

    def _punctual(self, attempt: Attempt) -> Iterator[str]:
        call, story = attempt.call, attempt.story
        if call is None:
            return
        if call.begin_utc_s - attempt.began.at_utc_s > CLAIMED_BEFORE_S:
            yield f"{attempt} was begun {call.begin_utc_s - attempt.began.at_utc_s:.1f} s before its INVITE"
        if attempt.began.old in {"booked", "due"}:
            late_s = call.begin_utc_s - story.due_utc_s
            validity_s = self.plan[story.uid]["policy"]["validity_s"]
            if not -EARLY_S <= late_s <= validity_s + CLAIMED_BEFORE_S:
                yield f"{attempt} came {late_s:.3f} s after what was promised"

    def _outcome(self, attempt: Attempt) -> Iterator[str]:
        call, ended = attempt.call, attempt.ended
        if ended is None or ended.new == "cancelled":
            return
        said = ended.why.partition(":")[0]
        if said.startswith(CALLED_BACK):
            return
        if call is None:
            if said != UNKNOWN and not ended.why.endswith(CALLS_US):
                yield f"{attempt} never left, and is said to be {ended.why!r}"
            return
        gone = self.wire.died(call.node, attempt.began.at_utc_s - LEASE_S, ended.at_utc_s)
        if said == UNKNOWN:
            if not gone:
                yield f"{attempt} is unknown, and nobody died"
        elif said not in COMES_OF[call.deed] and not gone:
            yield f"{attempt} is said to be {ended.why!r}, and the telephone: {call.deed}"
        if said not in {"acknowledged", UNKNOWN} and call.digits_utc_s and call.ended_by == "denwa":
            yield f"{attempt} was acknowledged by key and ended by us, and is said to be {ended.why!r}"

    def _policy(self, story: Story) -> Iterator[str]:
        name = f"{story.uid} of {story.due_utc_s:.0f}"
        policy = self.plan[story.uid]["policy"]
        mine = self._of_story[id(story)]
        last = story.entries[-1]
        if last.new == "acknowledged" and not self._showed(mine, last):
            yield f"{name} was acknowledged, and nobody showed that he is awake"
        if last.new == "expired" and last.at_utc_s <= story.due_utc_s + policy["validity_s"]:
            yield f"{name} expired within its validity"
        if last.new == "missed" and last.why != VALIDITY_OVER:
            escalated = any(attempt.began.old == "escalating" for attempt in mine)
            if bool(policy["escalate_to"]) != escalated:
                yield f"{name} was missed; escalated: {escalated}, to {policy['escalate_to']!r}"
            rung = sum(attempt.began.old != "escalating" for attempt in mine)
            least = min(policy["attempts"], policy["snoozes"] + 1)
            if rung < least:
                yield f"{name} was missed after {rung} attempts of at least {least}"
        for earlier, later in pairwise(mine):
            yield from self._pause(earlier, later, policy)

    def _showed(self, mine: list[Attempt], last: Entry) -> bool:
        if last.why.startswith(CALLED_BACK):
            return any(
                not call.placed_by_us
                and call.number in {attempt.number for attempt in mine}
                and 0 <= last.at_utc_s - call.begin_utc_s <= CALLED_BACK_WITHIN_S
                for call in self.wire.calls
            )
        call = mine[-1].call if mine else None
        return call is not None and any(digit <= last.at_utc_s for digit in call.digits_utc_s)

    @staticmethod
    def _pause(earlier: Attempt, later: Attempt, policy: dict[str, Any]) -> Iterator[str]:
        if earlier.call is None or later.call is None:
            return
        gap_s = later.call.begin_utc_s - earlier.call.begin_utc_s
        least_s = {"retry": policy["gap_s"], "snoozed": policy["snooze_s"]}.get(
            later.began.old or "", LEAST_PAUSE_S
        )
        # a row's instant is what was promised; an INVITE among hundreds leaves a moment after it
        if gap_s < min(least_s, policy["gap_s"]) - CLAIMED_BEFORE_S or gap_s < LEAST_PAUSE_S - EARLY_S:
            yield f"{later} came {gap_s:.1f} s after the one before, of {least_s}"


def _is_from_elsewhere(ended: Entry | None) -> bool:
    return ended is not None and (ended.new == "cancelled" or ended.why.startswith(CALLED_BACK))


def _utc_s(ended: Entry | None) -> float:
    """When an attempt ended that may last."""
    return ended.at_utc_s if ended else float("inf")


def summary(judge: Judge) -> str:
    """How many of what."""
    ends = Counter(story.entries[-1].new for story in judge.stories)
    outcomes = Counter(
        attempt.ended.why.partition(":")[0] for attempt in judge.attempts if attempt.ended is not None
    )
    late_s = sorted(
        attempt.call.begin_utc_s - attempt.story.due_utc_s
        for attempt in judge.attempts
        if attempt.call is not None and attempt.began.old == "booked"
    )
    lines = [
        f"{len(judge.stories)} occurrences: " + ", ".join(f"{count} {name}" for name, count in ends.items()),
        f"{len(judge.attempts)} attempts, {len(judge.placed)} INVITEs: "
        + ", ".join(f"{count} {name}" for name, count in outcomes.most_common()),
        f"{sum(map(len, judge.wire.deaths_utc_s.values()))} deaths",
    ]
    if late_s:
        lines.append(
            f"first rings after what was promised: p50 {late_s[len(late_s) // 2]:.3f} s, max {late_s[-1]:.3f} s"
        )
    return "\n".join(lines)


def main(database: str, plan: str, sip_log: str) -> int:
    """Judge, and tell."""
    judge = Judge(json.loads(Path(plan).read_text()), read_wire(Path(sip_log)), stories(database))
    faults = list(judge.faults())
    for fault in faults:
        print(fault)
    print(summary(judge))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
