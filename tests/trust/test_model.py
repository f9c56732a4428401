"""Whatever happens in whatever order, trust answers as a model of it does that has no rows."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool
from support.rows import all_rows
from support.trusted import FAR, NOON_UTC, OWN, ROUND, SETTINGS

from store.base import Base
from trust import codes, opt_outs, proving_calls
from trust.answers import Answer, Granted, Purpose, Reason, Refused
from trust.gate import may_book, may_ring
from trust.proofs import revoke
from trust.rows import By
from trust.settings import Rate
from trust.target import Target

pytestmark = pytest.mark.unit

LOW = replace(
    SETTINGS,
    proof_days=20,
    per_source=Rate(3, 5),
    per_target=Rate(2, 3),
    per_trunk=Rate(3, 4),
    in_all=Rate(4, 7),
)
DESTINATIONS = {OWN: "own", FAR: "far", ROUND: "far", replace(FAR, number="3902222"): "second"}
TARGETS = st.sampled_from(list(DESTINATIONS))
PAUSES = st.sampled_from([timedelta(minutes=7), timedelta(hours=1), timedelta(hours=23), timedelta(days=7)])
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
NEVER_UTC = datetime.min.replace(tzinfo=UTC)
WRONG = "000000000000"


class Trust(RuleBasedStateMachine):
    """Steps of callers, services and the operator; every answer is compared."""

    @initialize()
    def begin(self) -> None:
        self.engine = create_engine("sqlite://", poolclass=StaticPool)
        event.listen(self.engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        all_rows()
        Base.metadata.create_all(self.engine)
        self.now_utc: datetime = NOON_UTC
        self.proved: dict[Target, datetime] = {}
        self.codes: dict[Target, tuple[str, datetime, int]] = {}
        self.rung: dict[str, datetime] = {}
        self.turns: dict[tuple[str, str], tuple[datetime | None, datetime | None]] = {}
        self.claimed: set[Target] = set()
        self.said: dict[str, By] = {}
        self.counts: Counter[tuple[str, str, object, str]] = Counter()

    def teardown(self) -> None:
        if hasattr(self, "engine"):
            self.engine.dispose()

    def run(self, work, *args: object) -> Answer:
        with Session(self.engine) as session, session.begin():
            return work(session, *args, self.now_utc)

    @rule(pause=PAUSES)
    def time_passes(self, pause: timedelta) -> None:
        self.now_utc += pause

    @rule(whom=TARGETS, of_other=st.booleans())
    def somebody_books(self, whom: Target, of_other: bool) -> None:
        source = OWN if of_other else whom
        unproved = not self.needs_none(whom)
        keys = [("in_all", f"book {unproved}", "")]
        keys += [("per_trunk", "book", whom.trunk)] if unproved else []
        keys += [("per_source", "book", source)]
        wanted = self.opted_out(whom)
        if not wanted and unproved and source != whom:
            wanted = {Reason.UNPROVED}
        self.compare(self.run(may_book, LOW, source, whom), wanted, keys)

    @rule(whom=TARGETS)
    def an_alarm_is_due(self, whom: Target) -> None:
        wanted = self.opted_out(whom) or (set() if self.needs_none(whom) else {Reason.UNPROVED})
        keys = [("in_all", "ring", ""), ("per_target", "ring", whom)]
        keys += [("per_trunk", "ring", whom.trunk)] if whom.trunk else []
        self.compare(self.run(may_ring, LOW, whom, Purpose.WANTED), wanted, keys)

    @rule(whom=TARGETS)
    def a_number_is_to_be_proved(self, whom: Target) -> None:
        keys = [("in_all", "prove", ""), ("per_trunk", "prove", whom.trunk)]
        keys = keys if whom.trunk else keys[:1]
        wanted = self.opted_out(whom)
        if not wanted and (
            whom.is_own or (self.needs_none(whom) and self.now_utc < self.proved[whom] + 15 * DAY)
        ):
            wanted = {Reason.PROVED_ALREADY}
        if not wanted and not self.full(keys) and self.waits_until_utc(whom, self.now_utc):
            wanted = {Reason.PROVING_LATELY}
        answer = self.run(may_ring, LOW, whom, Purpose.PROVING)
        self.compare(answer, wanted, keys)
        if answer == Granted():
            self.rung[DESTINATIONS[whom]] = self.now_utc
            self.turns[DESTINATIONS[whom], whom.trunk] = (None, self.now_utc)
            code = self.run(codes.issue, LOW, whom)
            assert len(code) == (16 if self.is_attacked(whom) else 12)
            self.codes[whom] = (code, self.now_utc, 0)

    @rule(whom=TARGETS)
    def a_booking_waits_for_its_proof(self, whom: Target) -> None:
        wanted_utc = self.waits_until_utc(whom, self.now_utc) or self.now_utc
        assert self.run(proving_calls.ask, LOW, whom) == wanted_utc

    @rule(whom=TARGETS, right=st.booleans(), times=st.integers(1, 3))
    def somebody_dials_a_code(self, whom: Target, right: bool, times: int) -> None:
        for _ in range(times):
            code, issued_utc, tries = self.codes.get(whom, ("", NOON_UTC - 9 * DAY, 0))
            answer = self.run(codes.confirm_by_dialling, whom, code if right else WRONG)
            if self.now_utc >= issued_utc + DAY:
                assert answer == Refused(Reason.NO_CODE)
            elif len(code) == 12 and (tries >= 5 or (tries == 4 and not right)):
                assert answer == Refused(Reason.CODE_LOCKED, issued_utc + DAY)
                self.codes[whom] = (code, issued_utc, 5)
            elif right:
                self.confirmed(whom, answer)
            else:
                assert answer == Refused(Reason.WRONG_CODE)
                self.codes[whom] = (code, issued_utc, tries + 1)

    @rule(whom=TARGETS)
    def the_one_we_rang_presses_the_code(self, whom: Target) -> None:
        code, issued_utc, _ = self.codes.get(whom, ("", NOON_UTC - 9 * DAY, 0))
        answer = self.run(codes.confirm_by_keys, whom, code)
        if self.now_utc < issued_utc + DAY:
            self.confirmed(whom, answer)
        else:
            assert answer == Refused(Reason.NO_CODE)

    @rule(whom=TARGETS, said_by=st.sampled_from(By))
    def somebody_opts_out(self, whom: Target, said_by: By) -> None:
        with Session(self.engine) as session, session.begin():
            opt_outs.opt_out(session, LOW, whom, said_by, self.now_utc)
        if said_by is By.CLAIM:
            self.claimed.add(whom)
        else:
            destination = DESTINATIONS[whom]
            self.said[destination] = max(said_by, self.said.get(destination, said_by))
            self.codes.pop(whom, None)

    @rule(whom=TARGETS, said_by=st.sampled_from(By))
    def somebody_opts_in(self, whom: Target, said_by: By) -> None:
        answer = self.run(opt_outs.take_back, LOW, whom, said_by)
        destination = DESTINATIONS[whom]
        if said_by is By.CLAIM and not self.needs_none(whom):
            assert answer == Refused(Reason.UNPROVED)
        elif self.said.get(destination, said_by) > said_by:
            assert answer == Refused(Reason.OPTED_OUT)
        else:
            assert answer == Granted()
            self.claimed.discard(whom)
            self.said.pop(destination, None)

    @rule(whom=TARGETS)
    def the_operator_revokes(self, whom: Target) -> None:
        assert self.run(revoke, whom.exchange, whom.number) == (whom in self.proved)
        self.proved.pop(whom, None)

    def needs_none(self, target: Target) -> bool:
        return target.is_own or (
            target in self.proved and self.now_utc < self.proved[target] + timedelta(days=20)
        )

    def opted_out(self, target: Target) -> set[Reason]:
        silent = target in self.claimed or DESTINATIONS[target] in self.said
        return {Reason.OPTED_OUT} if silent else set()

    def confirmed(self, target: Target, answer: Answer) -> None:
        assert answer == Granted()
        self.proved[target] = self.now_utc
        self.claimed.discard(target)
        del self.codes[target]

    def waits_until_utc(self, target: Target, now_utc: datetime) -> datetime | None:
        """Until when a telephone is not rung for a proof by that trunk; that it waits is noted."""
        here = DESTINATIONS[target]
        day_utc = self.rung[here] + DAY if here in self.rung else NEVER_UTC
        turns = {trunk: self.turn(there, trunk) for there, trunk in self.turns if there == here}
        asked_utc, rung_utc = turns.pop(target.trunk, (None, NEVER_UTC))
        own = (rung_utc, asked_utc or now_utc)
        others_utc = [asked for asked, rung in turns.values() if asked and (rung, asked) < own]
        may_utc = max([day_utc, now_utc, *(max(day_utc, asked) + HOUR for asked in others_utc)])
        if may_utc == now_utc:
            return None
        self.turns[here, target.trunk] = (
            asked_utc or now_utc,
            self.turns.get((here, target.trunk), (0, None))[1],
        )
        return may_utc

    def turn(self, destination: str, trunk: str) -> tuple[datetime | None, datetime]:
        """Since when a trunk waits, and when it was rung: as far as that still counts."""
        asked_utc, rung_utc = self.turns[destination, trunk]
        waits = asked_utc is not None and asked_utc > self.now_utc - 2 * DAY
        lately = rung_utc is not None and rung_utc > self.now_utc - 8 * DAY
        return asked_utc if waits else None, rung_utc if lately else NEVER_UTC

    def is_attacked(self, target: Target) -> bool:
        _, issued_utc, tries = self.codes.get(target, ("", NEVER_UTC, 0))
        others = [key for key in self.turns if key[0] == DESTINATIONS[target] and key[1] != target.trunk]
        return (tries >= 5 and issued_utc > self.now_utc - 8 * DAY) or any(
            self.turn(*key) != (None, NEVER_UTC) for key in others
        )

    def windows(self, keys: list[tuple[str, str, object]]) -> dict[tuple[str, str, object, str], int]:
        limits = {}
        for name, deed, key in keys:
            rate: Rate = getattr(LOW, name)
            limits[name, deed, key, f"{self.now_utc:%F %H}"] = rate.per_hour
            limits[name, deed, key, f"{self.now_utc:%F}"] = rate.per_day
        return limits

    def full(self, keys: list[tuple[str, str, object]]) -> set[Reason]:
        names = {
            "in_all": Reason.TOTAL_QUOTA,
            "per_trunk": Reason.TRUNK_QUOTA,
            "per_target": Reason.TARGET_QUOTA,
            "per_source": Reason.SOURCE_QUOTA,
        }
        limits = self.windows(keys)
        return {names[key[0]] for key, most in limits.items() if self.counts[key] >= most}

    def compare(self, answer: Answer, wanted: set[Reason], keys: list[tuple[str, str, object]]) -> None:
        wanted = wanted or self.full(keys)
        if isinstance(answer, Refused):
            assert answer.reason in wanted
            assert answer.retry_after_utc is None or answer.retry_after_utc > self.now_utc
        else:
            assert not wanted
            self.counts.update(self.windows(keys).keys())


def test_trust_answers_as_its_model():
    examples = settings().max_examples // 2
    run_state_machine_as_test(
        Trust, settings=settings(max_examples=examples, stateful_step_count=30, deadline=None)
    )
