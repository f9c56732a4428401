"""Who rings what: a node takes what is due, at most so many at once, and has it until its attempt ends."""

import secrets
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Select, and_, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, aliased

from schedules import states
from schedules.attempts import end
from schedules.booking import Telephone, follow_on
from schedules.history import facts_of, move, state_of
from schedules.occurrences import oldest_unlocked, with_alarms
from schedules.outcomes import Outcome, Purpose
from schedules.policy import Policy
from schedules.rows import Alarm, AlarmKind, Attempt, Occurrence
from schedules.shaping import Lines, Shaping
from store.outbox import tell_of

LATE_S = 30.0
"""From how many seconds on a ring counts as late, and is told of."""
MOST_HELD_BACK = 200
"""How many occurrences one claim marks as due whose turn has not come."""
CODE_DIGITS = "1234"
"""Cheap to pulse on a rotary dial."""
_LEAST_VALIDITY = timedelta(seconds=60)
_LOCK = 0x636C61696D
"""PostgreSQL's advisory lock under which nodes count what rings ("claim")."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Ring:
    """An attempt that this node is to make; its row is committed.

    Attributes:
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


def claim(
    session: Session,
    node_id: str,
    now_utc: datetime,
    *,
    shaping: Shaping,
    gate: Gate,
    ahead: timedelta = timedelta(0),
    in_use: Collection[tuple[str, str]] = (),
    extensions: Collection[str],
    most: int = 100,
) -> list[Ring]:
    """Take what is due until `ahead` from now, oldest first, as far as lines are free.

    What has waited beyond its validity ends here. What must wait for a line is marked as due.

    Args:
        session: of a writing unit of work.
        node_id: who takes it.
        now_utc: the time.
        shaping: how many at once.
        gate: asked for each before it is taken.
        ahead: so much earlier it is taken, to be rung on the second.
        in_use: telephones (exchange, number) that talk to us at the moment.
        extensions: those that this node has; what rings by others is left to other nodes, until it is over.
        most: how many to take at once.
    """
    if session.get_bind().dialect.name == "postgresql":
        # several nodes count the same lines: one after the other, or they would take too many
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    for occurrence in session.scalars(_others(now_utc, extensions, most)).all():
        with _alone(session, occurrence):
            _over(session, occurrence, now_utc, node_id)
    taking = _Taking(session, node_id, now_utc, shaping, gate, in_use)
    full = Lines(session, shaping).full_trunks()
    due = session.scalars(_due(now_utc + ahead, full, extensions, most)).all()
    rings = taking.together(due)
    if len(due) < most:  # else the next claim takes more
        _hold_back(session, now_utc, node_id)
    return rings


def next_instant(session: Session, after_utc: datetime) -> datetime | None:
    """When something is due next after an instant; None when nothing is."""
    return session.scalar(select(func.min(Occurrence.next_utc)).where(Occurrence.next_utc > after_utc))


def any_waits(session: Session, now_utc: datetime) -> bool:
    """Whether something was due by now and waits for a line."""
    query = select(Occurrence.id).where(Occurrence.next_utc <= now_utc).limit(1)
    return session.scalar(query) is not None


@contextmanager
def _alone(session: Session, occurrence: Occurrence) -> Iterator[None]:
    """What goes wrong with one alarm is undone and told of, and stops no other one."""
    alarm_id = occurrence.alarm_id
    try:
        with session.begin_nested():
            yield
    except DBAPIError:
        raise  # the database's trouble is everybody's
    except Exception:
        log.exception("alarm_not_taken", alarm=alarm_id)


def _others(now_utc: datetime, extensions: Collection[str], most: int) -> Select[Occurrence]:
    """What other nodes ought to have rung: nobody may have the extension any more, and that must not be silent."""
    query = with_alarms().where(
        Occurrence.next_utc <= now_utc - _LEAST_VALIDITY, Alarm.extension.not_in(extensions)
    )
    return oldest_unlocked(query, most)


def _due(
    until_utc: datetime, full: list[tuple[str, str]], extensions: Collection[str], most: int
) -> Select[Occurrence]:
    """What is due, oldest first, but for telephones and trunks that are taken: those would stand in others' way."""
    ringing = aliased(Attempt)
    taken = (
        select(ringing.id)
        .where(
            ringing.ended_utc.is_(None),
            ringing.exchange == Occurrence.exchange,
            ringing.number == Occurrence.number,
        )
        .exists()
    )
    query = with_alarms().where(Occurrence.next_utc <= until_utc, Alarm.extension.in_(extensions), ~taken)
    for exchange, trunk in full:
        query = query.where(~and_(Occurrence.exchange == exchange, Occurrence.trunk == trunk))
    return oldest_unlocked(query, most)


def _over(session: Session, occurrence: Occurrence, now_utc: datetime, node_id: str) -> bool:
    """End what is due and has waited beyond its validity, or for a call back that did not come."""
    validity = timedelta(seconds=Policy.from_row(occurrence.alarm.policy).validity_s)
    state, why = state_of(occurrence), "its validity is over"
    match state:
        case states.Booked() | states.Due() if now_utc > occurrence.due_utc + validity:
            ended: states.Ended = state.expire()
        case states.Retry() | states.Snoozed() | states.Checking() | states.Escalating() if (
            now_utc > state.next_utc + validity
        ):
            ended = state.give_up()
        case states.Closing():
            ended, why = state.give_up(), "nobody called back"
        case _:
            return False
    move(session, occurrence, ended, why=why, now_utc=now_utc, node_id=node_id)
    follow_on(session, occurrence, now_utc)
    return True


@dataclass(frozen=True, slots=True)
class _Taking:
    """One claim: what is asked of each occurrence, and what is written."""

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
                with _alone(self.session, occurrence):
                    rings += self._take([occurrence])
            return rings

    def _take(self, due: Sequence[Occurrence]) -> list[Ring]:
        lines = Lines(self.session, self.shaping)
        attempts = []
        for occurrence in due:
            if _over(self.session, occurrence, self.now_utc, self.node_id):
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


def _hold_back(session: Session, now_utc: datetime, node_id: str) -> None:
    """Mark what was due by now and was not taken."""
    query = with_alarms().where(Occurrence.next_utc <= now_utc, Occurrence.state == states.StateName.BOOKED)
    for occurrence in session.scalars(oldest_unlocked(query, MOST_HELD_BACK)):
        state = state_of(occurrence)
        if isinstance(state, states.Booked):
            why = "waits for a free line, or for its telephone"
            move(session, occurrence, state.hold_back(), why=why, now_utc=now_utc, node_id=node_id)
