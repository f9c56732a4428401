"""The whole life of alarms, in any order of what can happen, held against what was promised."""

import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from shutil import copyfile, rmtree

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from hypothesis.strategies import integers, sampled_from
from sqlalchemy import select
from sqlalchemy.orm import Session
from support.alarms import Night, wish

from schedules import booking
from schedules.attempts import ended_elsewhere
from schedules.claims import next_instant
from schedules.history import state_of
from schedules.outcomes import Outcome
from schedules.policy import Policy
from schedules.rows import Alarm, Attempt, Audit, Occurrence
from schedules.shaping import Shaping
from schedules.states import Ended, StateName
from schedules.taking import Ring
from store.database import Database

pytestmark = [pytest.mark.unit, pytest.mark.timeout(60)]

ENDS = {StateName.ACKNOWLEDGED, StateName.MISSED, StateName.CANCELLED, StateName.EXPIRED}
OVER = {StateName.ACKNOWLEDGED, StateName.CANCELLED}
OUTCOMES = [Outcome.ACKNOWLEDGED] * 3 + [Outcome.SNOOZED] * 3 + list(Outcome)
NUMBERS = ("1001", "1002", "1003")


class Life(RuleBasedStateMachine):
    """Bookings, time, calls, deaths and clock steps; what rings is kept by the number it rings at."""

    template: Path

    @initialize()
    def open_database(self) -> None:
        """A fresh database."""
        self.folder = Path(tempfile.mkdtemp())
        copyfile(self.template, self.folder / "denwa.db")
        self.database = Database.open(f"sqlite:///{self.folder}/denwa.db")
        self.night = Night(self.database, shaping=Shaping(calls=2))
        self.ringing: dict[str, Ring] = {}
        self.node = 0

    @rule(
        number=sampled_from(NUMBERS),
        recurrence=sampled_from(["once", "daily", "workdays"]),
        attempts=integers(1, 3),
        snoozes=integers(0, 2),
        escalates=sampled_from(["", "1003", "1009"]),
    )
    def book(self, number: str, recurrence: str, attempts: int, snoozes: int, escalates: str) -> None:
        """Somebody books."""
        policy = Policy(attempts=attempts, snoozes=snoozes, escalate_to=escalates)
        self.night.book(wish(number, recurrence=recurrence, policy=policy))

    @rule(seconds=sampled_from([0, 1, 30, 120, 300, 3600, 8 * 3600, 30 * 3600]))
    def time_passes(self, seconds: int) -> None:
        """Less or more of it."""
        self.night.wait(seconds)

    @rule(outcome=sampled_from([None, *OUTCOMES]))
    def the_next_ones_time_comes(self, outcome: Outcome | None) -> None:
        """To the second, and the ticker wakes; the call may end at once."""
        next_utc = self.database.read(next_instant, self.night.now_utc)
        if next_utc is not None:
            self.night.now_utc = next_utc
            self.what_is_due_rings()
        if outcome is not None:
            self.a_call_ends(outcome)

    @rule(hours=sampled_from([-2, 2]))
    def the_clock_is_set(self, hours: int) -> None:
        """By an operator who was wrong before."""
        self.night.wait(hours * 3600)

    @rule()
    def what_is_due_rings(self) -> None:
        """The ticker's turn."""
        under_way = [ring.attempt_id for ring in self.ringing.values()]
        self.night.close_orphans(self.night.node_id, under_way=under_way)
        for ring in self.night.claim():
            assert ring.telephone.number not in self.ringing, "two calls to one number at once"
            assert self._state(ring.alarm_id) == StateName.RINGING
            self.ringing[ring.telephone.number] = ring

    @rule(outcome=sampled_from(OUTCOMES))
    def a_call_ends(self, outcome: Outcome) -> None:
        """The oldest one, somehow; it may have been cancelled or acknowledged meanwhile."""
        if self.ringing:
            ring = self.ringing.pop(next(iter(self.ringing)))
            over = self.database.read(ended_elsewhere, [ring.attempt_id])
            assert self.night.finish(ring, outcome) != bool(over)

    @rule(right=sampled_from([True, True, False]))
    def a_sleeper_calls_back(self, *, right: bool) -> None:
        """While his telephone rings; with the code, or with another."""
        if self.ringing:
            ring = next(iter(self.ringing.values()))
            over = self.night.dial_back(ring.telephone.number, ring.code if right else "000")
            assert not over or self._last_state(ring.occurrence_id) == StateName.ACKNOWLEDGED

    @rule()
    def somebody_cancels(self) -> None:
        """The alarm booked first of those that live."""
        if alarm_id := self._live():
            self.night.cancel(alarm_id)

    @rule()
    def somebody_skips(self) -> None:
        """One occurrence of it."""
        if alarm_id := self._live():

            def work(session: Session) -> None:
                occurrence = booking.occurrence_to_change(session, alarm_id)
                assert occurrence is not None
                booking.skip(session, occurrence, "by the test", self.night.now_utc)

            self.database.write(work)

    @rule()
    def the_program_dies(self) -> None:
        """And is started again at once: what rang is not ended by anybody, and the exchange gives it up in time."""
        self.node += 1
        self.night.node_id = f"node {self.node}"
        latest = max((ring.begin_utc for ring in self.ringing.values()), default=self.night.now_utc)
        self.ringing.clear()
        self.night.now_utc = max(self.night.now_utc, latest + timedelta(seconds=105))

    @invariant()
    def promises_hold(self) -> None:
        """What must be true at every instant."""
        if hasattr(self, "database"):
            self.database.read(_check)

    def teardown(self) -> None:
        """In the end every alarm comes to its end by itself, once the program runs on."""
        if not hasattr(self, "database"):
            return
        try:
            left = self._lived_out()
        finally:
            self.database.close()
            rmtree(self.folder)
        assert left is None, f"alarm {left} never ends"

    def _lived_out(self) -> int | None:
        for number in list(self.ringing):
            self.night.finish(self.ringing.pop(number), Outcome.NO_ANSWER)
        for _ in range(60):
            if not self._live(repeating=False):
                break
            self.night.wait(3600)
            self.night.close_orphans(self.night.node_id)
            for ring in self.night.claim():
                self.night.finish(ring, Outcome.BUSY)
        return self._live(repeating=False)

    def _state(self, alarm_id: int) -> str:
        return self.night.state(alarm_id)

    def _last_state(self, occurrence_id: int) -> str:
        return self.database.read(lambda session: session.get_one(Occurrence, occurrence_id).state)

    def _live(self, *, repeating: bool = True) -> int | None:
        query = select(Alarm.id).where(Alarm.state == "active").order_by(Alarm.id).limit(1)
        if not repeating:
            query = query.where(Alarm.recurrence == "once")
        return self.database.read(lambda session: session.scalar(query))


def _check(session: Session) -> None:
    occurrences = session.scalars(select(Occurrence)).all()
    open_attempts = session.scalars(select(Attempt).where(Attempt.ended_utc.is_(None))).all()
    numbers = Counter((attempt.exchange, attempt.number) for attempt in open_attempts)
    assert max(numbers.values(), default=1) == 1, "two calls to one number at once"
    by_alarm: Counter[int] = Counter()
    for occurrence in occurrences:
        ended = isinstance(state_of(occurrence), Ended)
        assert ended == (occurrence.ended_utc is not None) == (occurrence.state in ENDS)
        mine = [attempt for attempt in open_attempts if attempt.occurrence_id == occurrence.id]
        rings = [attempt for attempt in mine if attempt.outcome is None]
        assert (occurrence.state == StateName.RINGING) == bool(rings)
        by_alarm[occurrence.alarm_id] += not ended
    for alarm in session.scalars(select(Alarm)):
        assert by_alarm[alarm.id] == (alarm.state == "active"), "an active alarm has one occurrence to come"
    _check_audit(session)


def _check_audit(session: Session) -> None:
    """The history is a chain, and nothing rings after its end."""
    last: dict[int, str | None] = {}
    for row in session.scalars(select(Audit).where(Audit.occurrence_id.is_not(None)).order_by(Audit.id)):
        assert row.occurrence_id is not None
        before = last.get(row.occurrence_id)
        assert row.old_state == before, "the history has a gap"
        assert before not in ENDS, "something follows an end"
        last[row.occurrence_id] = row.new_state


def test_whatever_happens_what_was_promised_holds(sqlite_template: Path, monkeypatch, scale, scaled):
    monkeypatch.setattr(Life, "template", sqlite_template, raising=False)
    # to find the smallest example may take minutes, and then the time is over before anything is printed
    phases = [phase for phase in Phase if scale == "prove" or phase is not Phase.shrink]
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=scaled(25, 2000),
            stateful_step_count=scaled(30, 60),
            phases=phases,
            report_multiple_bugs=False,
            deadline=None,
        ),
    )
