"""Takes occurrences that are due: asks whether each may ring, and writes its attempt, before anybody rings."""

import secrets
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from schedules import states
from schedules.attempts import end
from schedules.booking import Telephone, follow_on
from schedules.history import facts_of, move, state_of
from schedules.outcomes import Outcome, Purpose
from schedules.policy import Policy
from schedules.rows import AlarmKind, Attempt, Occurrence
from schedules.shaping import Lines, Shaping
from store.outbox import tell_of

LATE_S = 30.0
"""From how many seconds on a ring counts as late, and is told of."""
CODE_DIGITS = "1234"
"""Cheap to pulse on a rotary dial."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Ring:
    """An attempt that this node is to make; its row is committed.

    Attributes:
        booked_by: who booked it; for a question of consent the number that asks.
        begin_utc: when its INVITE is to leave; may lie a moment ahead.
        alarm_number: the number that is to wake; another one than the telephone's where it is escalated.
        late_s: how many seconds after what was promised that is (the first ring only, else None).
        last_snooze: whoever hangs up early now is granted no further ring.
        code: to be dialled back, to say that one is awake.
    """

    attempt_id: int
    occurrence_id: int
    alarm_id: int
    kind: AlarmKind
    telephone: Telephone
    alarm_number: str
    booked_by: str
    purpose: Purpose
    policy: Policy
    message: str
    language: str
    zone: str
    begin_utc: datetime
    due_utc: datetime
    late_s: float | None
    last_snooze: bool
    code: str


Gate = Callable[[Session, Occurrence, datetime], str]
"""Whoever keeps strangers from being rung: "" lets it ring, anything else says why not. Runs in the claim's transaction."""


@dataclass(frozen=True, slots=True)
class Taking:
    """One claim's: what is asked of each occurrence that is due, and what is written.

    Attributes:
        session: of a writing unit of work.
        node_id: who takes it.
        now_utc: the time.
        shaping: how many at once.
        gate: asked for each before it is taken.
        in_use: telephones (exchange, number) that talk to us at the moment.
    """

    session: Session
    node_id: str
    now_utc: datetime
    shaping: Shaping
    gate: Gate
    in_use: Collection[tuple[str, str]]

    def together(self, due: Sequence[Occurrence]) -> list[Ring]:
        """Take them in a few statements for all; each by itself only when something is wrong with one of them."""
        try:
            with self.session.begin_nested():
                return self._take(due)
        except DBAPIError:
            raise
        except Exception:  # noqa: BLE001 - whose it is, is told below
            rings = []
            for occurrence in due:
                with self._alone(occurrence):
                    rings += self._take([occurrence])
            return rings

    def end_what_is_over(self, occurrences: Sequence[Occurrence]) -> None:
        """End those that have waited beyond their validity, and leave the others."""
        for occurrence in occurrences:
            with self._alone(occurrence):
                self._is_over(occurrence)

    @contextmanager
    def _alone(self, occurrence: Occurrence) -> Iterator[None]:
        """What goes wrong with one alarm is undone and told of, and stops no other one."""
        alarm_id = occurrence.alarm_id
        try:
            with self.session.begin_nested():
                yield
        except DBAPIError:
            raise  # the database's trouble is everybody's
        except Exception:
            log.exception("alarm_not_taken", alarm=alarm_id)

    def _is_over(self, occurrence: Occurrence) -> bool:
        """End what is due and has waited beyond its validity, or for a call back that did not come."""
        validity = timedelta(seconds=Policy.from_row(occurrence.alarm.policy).validity_s)
        state, why = state_of(occurrence), "its validity is over"
        match state:
            case states.Booked() | states.Due() if self.now_utc > occurrence.due_utc + validity:
                ended: states.Ended = state.expire()
            case states.Retry() | states.Snoozed() | states.Checking() | states.Escalating() if (
                self.now_utc > state.next_utc + validity
            ):
                ended = state.give_up()
            case states.Closing():
                ended, why = state.give_up(), "nobody called back"
            case _:
                return False
        move(self.session, occurrence, ended, why=why, now_utc=self.now_utc, node_id=self.node_id)
        follow_on(self.session, occurrence, self.now_utc)
        return True

    def _take(self, due: Sequence[Occurrence]) -> list[Ring]:
        lines = Lines(self.session, self.shaping)
        attempts = []
        for occurrence in due:
            if self._is_over(occurrence):
                continue
            if (occurrence.exchange, occurrence.number) in self.in_use or not lines.free_for(occurrence):
                continue
            refusal = self.gate(self.session, occurrence, self.now_utc)
            if not refusal:
                lines.take(occurrence)
            attempts.append(self._attempt(occurrence, refusal))
        self.session.add_all(attempts)  # only now: each question of the gate's would write what is there
        self.session.flush()  # gives them their numbers
        rings = []
        for attempt in attempts:
            if attempt.ended_utc is None:
                rings.append(self._ring(attempt))
            else:
                self._refuse(attempt)
        return rings

    def _attempt(self, occurrence: Occurrence, refusal: str) -> Attempt:
        """The row of an attempt; one that is refused has ended."""
        state = _waiting(occurrence)
        return Attempt(
            occurrence=occurrence,
            node_id=self.node_id,
            exchange=occurrence.exchange,
            number=occurrence.number,
            trunk=occurrence.trunk,
            purpose=state.rings_for,
            began_utc=max(self.now_utc, state.next_utc),
            ended_utc=self.now_utc if refusal else None,
            code="".join(secrets.choice(CODE_DIGITS) for _ in range(3)),
            detail=refusal[:200],
            wrong_codes=0,
        )

    def _begin(self, attempt: Attempt, ringing: states.Ringing) -> None:
        move(
            self.session,
            attempt.occurrence,
            ringing,
            why="rings",
            now_utc=self.now_utc,
            node_id=self.node_id,
            attempt=attempt,
        )

    def _refuse(self, attempt: Attempt) -> None:
        """It rings and ends at once."""
        self._begin(attempt, _waiting(attempt.occurrence).ring())
        end(self.session, attempt, Outcome.FORBIDDEN, self.now_utc, self.node_id, attempt.detail)

    def _ring(self, attempt: Attempt) -> Ring:
        occurrence, alarm = attempt.occurrence, attempt.occurrence.alarm
        policy = Policy.from_row(alarm.policy)
        state = _waiting(occurrence)
        self._begin(attempt, state.ring())
        if state.rings_for is Purpose.ESCALATION and occurrence.escalated == 1:
            tell_of(
                self.session,
                "alarm.escalated",
                self.now_utc,
                {**facts_of(occurrence), "to": occurrence.number},
            )
        late_s = None
        if isinstance(state, states.Booked | states.Due):
            late_s = occurrence.late_s = (attempt.began_utc - occurrence.due_utc).total_seconds()
            if late_s > LATE_S:
                facts = {**facts_of(occurrence), "late_s": round(late_s, 1)}
                tell_of(self.session, "alarm.late", self.now_utc, facts)
        return Ring(
            attempt_id=attempt.id,
            occurrence_id=occurrence.id,
            alarm_id=alarm.id,
            kind=AlarmKind(alarm.kind),
            telephone=Telephone(occurrence.exchange, alarm.extension, occurrence.number, occurrence.trunk),
            alarm_number=alarm.number,
            booked_by=alarm.booked_by,
            purpose=state.rings_for,
            policy=policy,
            message=alarm.message,
            language=alarm.language,
            zone=alarm.zone,
            begin_utc=attempt.began_utc,
            due_utc=occurrence.due_utc,
            late_s=late_s,
            last_snooze=occurrence.snoozed >= policy.snoozes,
            code=attempt.code,
        )


def _waiting(occurrence: Occurrence) -> states.Waiting:
    state = state_of(occurrence)
    assert isinstance(state, states.Waiting)  # noqa: S101 - it has an instant to wait for
    return state
