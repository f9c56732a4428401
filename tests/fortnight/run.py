"""Drives the simulated fortnight: lets UTC go from one instant that something is due to the next, and kills at random."""

import itertools
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fortnight import plan
from fortnight.nodes import Node
from fortnight.plan import Planned
from fortnight.programs import command, environment
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload
from support.preloaded import build_preloaded
from support.stepped_clock import SteppedClock

from schedules import booking
from schedules.attempts import SILENT_FOR, given_up_utc
from schedules.occurrences import with_alarms
from schedules.policy import Policy
from schedules.rows import Attempt, Audit, Occurrence
from schedules.states import StateName
from store.database import Database
from store.errors import StoreError

LOOKS_EVERY_S = 0.1
AHEAD = timedelta(seconds=3.4)
"""The clock is set so much before what is due: a node takes it three seconds ahead."""
IDLE_S = 3.5
"""When attempts are open of before the last death and no telephone has rung for so long, time must pass first."""
LEFT_S = 20.0
STUCK_S = 120.0
DIES_EACH_S = 15.0
DIES_AT_CALLS = 5
"""A program dies while so many are up, or after the day: each that is left alone by a death is a wave of its own."""
DIES_ALONE_EACH_S = 40.0
"""With nobody else on duty: a call is to come to its end at times."""
IDLE_DIES_EACH_S = 2.0
"""On a day on which not enough have died, once it is over."""
AGAIN_IN, AGAIN_S = 0.2, 0.5
"""Some die again while they start."""
UP_AGAIN_AFTER_S = 1.5
STOPPED_S = 12.0
ASLEEP_IN = 10
"""One death of so many lasts for minutes of the fortnight, where nobody else is on duty; at times beyond the validity."""
ASLEEP_S = 600.0
CANCELLED_IN = 40
"""Of so many alarms one is cancelled, in the midst of its ringing."""
CANCELS_EACH_S = 5.0
_runs = itertools.count()
_BEGUN = [StateName.RINGING, StateName.RETRY, StateName.SNOOZED]


class FellError(Exception):
    """A node ended by itself."""


class StuckError(Exception):
    """Nothing goes on any more."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of it: alarms over so many days, deaths, and nodes that share the work."""

    alarms: int
    days: int
    policies: Sequence[Policy]
    deaths: int
    nodes: int
    seed: int


@dataclass(slots=True)
class Done:
    """What was done to it."""

    kills: int = 0
    stops: int = 0
    slept: int = 0
    cancelled: int = 0
    steps: int = 0
    took_s: float = 0.0


@dataclass(frozen=True, slots=True)
class View:
    """What the rows say."""

    next_utc: datetime | None
    settled_utc: datetime | None
    """When the first of the open attempts may be taken for dead."""
    begun_utc: datetime | None
    """When the last of them began."""
    written: int
    """How far the audit has come."""


class Telephones:
    """The simulated exchange's process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def tell(self, *words: str) -> None:
        """Give it a command."""
        assert self._process.stdin is not None
        self._process.stdin.write(" ".join(words) + "\n")
        self._process.stdin.flush()

    def calls(self) -> int:
        """How many calls are up whose caller lives."""
        self.tell("calls")
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())


class Fortnight:
    """One run: its nodes, its telephones, its clock."""

    def __init__(
        self,
        scale: Scale,
        planned: Sequence[Planned],
        database: Database,
        clock: SteppedClock,
        telephones: Telephones,
        nodes: Sequence[Node],
    ) -> None:
        self.done = Done()
        self._scale = scale
        self._ends_utc = plan.ends_utc(planned)
        self._database = database
        self._clock = clock
        self._telephones = telephones
        self._nodes = nodes
        self._rng = random.Random(scale.seed)
        self._offset = timedelta(0)
        self._up_again: dict[Node, float] = {}
        self._dies_monotonic_s = 0.0
        self._is_day_over = False
        self._set_monotonic_s = 0.0
        self._died_utc = plan.BEGINS_UTC

    def go(self) -> None:
        """From the bookings to the end of the last alarm.

        Raises:
            StuckError: nothing goes on any more.
            FellError: a node ended by itself.
        """
        self._set(plan.BEGINS_UTC)
        for node in self._nodes:
            node.start()
        was, rang_s = None, time.monotonic()
        changed_s = rang_s
        while True:
            time.sleep(LOOKS_EVERY_S)
            self._bring_up()
            view, calls, now_s = self._database.read(_view), self._telephones.calls(), time.monotonic()
            self._harm(calls)
            if (view, calls, self._deaths) != was:
                was, changed_s = (view, calls, self._deaths), now_s
            if now_s - changed_s > STUCK_S:
                raise StuckError(
                    f"at {self._now_utc()}: {was}\n" + "\n".join(node.log for node in self._nodes)
                )
            rang_s = now_s if calls else rang_s
            if not calls and not self._pass_time(view, now_s - max(rang_s, changed_s, self._set_monotonic_s)):
                return

    def _pass_time(self, view: View, idle_s: float) -> bool:
        """Set the clock to where something is to be done, if nothing is now; False at the end."""
        now_utc = self._now_utc()
        if view.next_utc is not None and timedelta(0) < view.next_utc - now_utc <= AHEAD:
            return True
        until = [] if view.next_utc is None else [view.next_utc - AHEAD]
        if view.settled_utc is not None:
            assert view.begun_utc is not None
            # a node that lives is about to make what began later, or has left it
            if idle_s < (IDLE_S if view.begun_utc <= self._died_utc + AHEAD else LEFT_S):
                return True
            until.append(max(view.settled_utc, now_utc + SILENT_FOR))
        elif view.next_utc is None or view.next_utc > self._ends_utc:
            self._is_day_over = True
            return self._deaths < self._scale.deaths
        elif view.next_utc - now_utc > timedelta(hours=6) and self._deaths < self._by_today(
            self._scale.deaths
        ):
            self._is_day_over = True
            return True
        if until := [each for each in until if each > now_utc]:
            self._set(min(until))
            self.done.steps += 1
            self._is_day_over = False
        return True

    # -- what is done to it --

    @property
    def _deaths(self) -> int:
        return self.done.kills + self.done.stops

    def _by_today(self, whole: int) -> int:
        """How many of the fortnight's deaths, say, there are to be by the end of this day."""
        now_utc = self._now_utc()
        days = max(0, (now_utc - plan.BEGINS_UTC).days + (now_utc > plan.BEGINS_UTC + timedelta(hours=20)))
        return min(whole, -(-whole * days // self._scale.days))

    def _harm(self, calls: int) -> None:
        ripe = time.monotonic() >= self._dies_monotonic_s and (calls >= DIES_AT_CALLS or self._is_day_over)
        if ripe and self._deaths < self._by_today(self._scale.deaths):
            self._let_die()
            ringing_each_s = DIES_EACH_S if len(self._nodes) > 1 else DIES_ALONE_EACH_S
            each_s = IDLE_DIES_EACH_S if self._is_day_over else ringing_each_s
            if self._rng.random() < AGAIN_IN:
                each_s = AGAIN_S
            pause_s = self._rng.expovariate(1 / each_s)
            self._dies_monotonic_s = time.monotonic() + pause_s
        cancels = self.done.cancelled < self._by_today(self._scale.alarms // CANCELLED_IN)
        if cancels and self._rng.random() < LOOKS_EVERY_S / CANCELS_EACH_S:
            with suppress(StoreError):
                self.done.cancelled += self._database.write(_cancel_one, self._rng, self._now_utc())

    def _let_die(self) -> None:
        up = [node for node in self._nodes if node.is_up]
        if not up:
            return
        node = self._rng.choice(up)
        stops = len(self._nodes) > 1 and self._rng.random() < 0.5
        if stops:
            node.stop()
            self.done.stops += 1
        else:
            node.kill()
            self.done.kills += 1
        self._died_utc = self._now_utc()
        self._telephones.tell("stopped" if stops else "died", node.address, str(self._died_utc.timestamp()))
        longest_s = STOPPED_S if stops else UP_AGAIN_AFTER_S
        self._up_again[node] = time.monotonic() + self._rng.uniform(0, longest_s)
        if len(self._nodes) == 1 and self._rng.random() < 1 / ASLEEP_IN:
            self._set(self._now_utc() + timedelta(seconds=self._rng.expovariate(1 / ASLEEP_S)))
            self.done.slept += 1

    def _bring_up(self) -> None:
        now_s = time.monotonic()
        for node in self._nodes:
            if node.has_fallen:
                raise FellError(node.log)
            if node.is_up or now_s < self._up_again.get(node, 0):
                continue
            if node.is_stopped:
                node.resume()
                self._telephones.tell("back", node.address)
            else:
                node.start()

    # -- the clock of the programs --

    def _now_utc(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def _set(self, utc: datetime) -> None:
        if utc.date() != self._now_utc().date():
            print(f"{utc:%d %B}: {self.done}", file=sys.stderr)
        self._offset = utc - datetime.now(UTC)
        self._set_monotonic_s = time.monotonic()
        self._clock.step(round(self._offset / timedelta(microseconds=1)) * 1000)


def run(folder: Path, database_url: str, scale: Scale) -> Done:
    """One fortnight, whose SIP is in `sip.jsonl` and whose plan is in `plan.json` of the folder. Raises StuckError."""
    began_s = time.monotonic()
    planned = plan.plan(scale.alarms, scale.days, scale.policies, scale.seed)
    plan.write(planned, folder / "plan.json")
    net = f"127.{64 + os.getpid() % 64}.{(os.getpid() // 64 + next(_runs)) % 256}"
    library = build_preloaded("stepped_clock", folder)
    with ExitStack() as scope:
        database = scope.enter_context(closing(Database.open(database_url)))
        clock = scope.enter_context(SteppedClock(library, folder / "step"))
        database.write(plan.book, planned)
        arguments = [f"{net}.1", str(scale.seed), database_url, str(folder / "sip.jsonl")]
        telephones = scope.enter_context(_telephones(arguments, clock.environment))
        nodes = [
            Node(folder / f"node{n}", f"{net}.1", f"{net}.{n + 2}", database_url, clock.environment)
            for n in range(scale.nodes)
        ]
        for node in nodes:
            scope.callback(node.kill)
        fortnight = Fortnight(scale, planned, database, clock, telephones, nodes)
        fortnight.go()
        for node in nodes:
            if node.is_up:
                assert node.end() == 0, node.log
    fortnight.done.took_s = time.monotonic() - began_s
    return fortnight.done


@contextmanager
def _telephones(arguments: Sequence[str], clock: Mapping[str, str]) -> Iterator[Telephones]:
    with subprocess.Popen(
        command("telephones", *arguments),
        env=environment(clock),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Telephones(process)
        finally:
            process.kill()


def _view(session: Session) -> View:
    next_utc = session.scalar(select(func.min(Occurrence.next_utc)))
    whole = joinedload(Attempt.occurrence).joinedload(Occurrence.alarm)
    ringing = session.scalars(select(Attempt).options(whole).where(Attempt.ended_utc.is_(None))).all()
    settled = [given_up_utc(attempt) for attempt in ringing]
    begun_utc = max((attempt.began_utc for attempt in ringing), default=None)
    return View(
        next_utc, min(settled, default=None), begun_utc, session.scalar(select(func.max(Audit.id))) or 0
    )


def _cancel_one(session: Session, rng: random.Random, now_utc: datetime) -> int:
    """Cancel one alarm of those that ring or have rung; how many there were."""
    begun = session.scalars(select(Occurrence.id).where(Occurrence.state.in_(_BEGUN))).all()
    if not begun:
        return 0
    chosen = rng.choice(begun)
    occurrence = session.scalars(
        with_alarms().where(Occurrence.id == chosen).with_for_update(of=Occurrence)
    ).one()
    if occurrence.ended_utc is not None:
        return 0
    booking.cancel(session, occurrence, "not wanted any more", now_utc)
    return 1
