"""Who rings what: a node takes what is due, at most so many at once, and has it until its attempt ends."""

import secrets
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Select, and_, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, aliased

from schedules import states
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
    lines = Lines(session, shaping)
    rings: list[Ring] = []
    for occurrence in session.scalars(_others(now_utc, extensions, most)).all():
        with _alone(session, occurrence):
            _over(session, occurrence, now_utc, node_id)
    for occurrence in session.scalars(_due(now_utc + ahead, lines.full_trunks(), extensions, most)).all():
        with _alone(session, occurrence):
            if _over(session, occurrence, now_utc, node_id):
                continue
            if (occurrence.exchange, occurrence.number) in in_use or not lines.free_for(occurrence):
                continue
            refusal = gate(session, occurrence, now_utc)
            if ring := _begin(session, occurrence, node_id, now_utc, refusal):
                lines.take(occurrence)
                rings.append(ring)
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
    """End what has waited beyond its validity."""
    validity = timedelta(seconds=Policy.from_row(occurrence.alarm.policy).validity_s)
    state = state_of(occurrence)
    match state:
        case states.Booked() | states.Due() if now_utc > occurrence.due_utc + validity:
            ended: states.Ended = state.expire()
        case states.Retry() | states.Snoozed() | states.Checking() | states.Escalating() if (
            now_utc > state.next_utc + validity
        ):
            ended = state.give_up()
        case _:
            return False
    move(session, occurrence, ended, why="its validity is over", now_utc=now_utc, node_id=node_id)
    follow_on(session, occurrence, now_utc)
    return True


def _begin(
    session: Session, occurrence: Occurrence, node_id: str, now_utc: datetime, refusal: str
) -> Ring | None:
    """Write the attempt; None when it may not be made."""
    state = state_of(occurrence)
    assert isinstance(state, states.Waiting)  # noqa: S101 - it has an instant to wait for
    first = isinstance(state, states.Booked | states.Due)
    begin_utc = max(now_utc, state.next_utc)
    ringing = state.ring()
    alarm, policy = occurrence.alarm, Policy.from_row(occurrence.alarm.policy)
    attempt = Attempt(
        occurrence=occurrence,
        node_id=node_id,
        exchange=occurrence.exchange,
        number=occurrence.number,
        trunk=occurrence.trunk,
        purpose=ringing.purpose,
        began_utc=begin_utc,
        code="".join(secrets.choice(CODE_DIGITS) for _ in range(3)),
        detail="",
        wrong_codes=0,
    )
    session.add(attempt)
    session.flush()
    move(session, occurrence, ringing, why="rings", now_utc=now_utc, node_id=node_id, attempt=attempt)
    if refusal:
        attempt.ended_utc, attempt.outcome, attempt.detail = now_utc, Outcome.FORBIDDEN, refusal[:200]
        after = ringing.end(Outcome.FORBIDDEN, policy, began_utc=begin_utc, now_utc=now_utc)
        move(session, occurrence, after, why=refusal, now_utc=now_utc, node_id=node_id, attempt=attempt)
        if isinstance(after, states.Ended):
            follow_on(session, occurrence, now_utc)
        return None
    late_s = None
    if first:
        late_s = occurrence.late_s = (begin_utc - occurrence.due_utc).total_seconds()
        if late_s > LATE_S:
            tell_of(session, "alarm.late", now_utc, {**facts_of(occurrence), "late_s": round(late_s, 1)})
    telephone = Telephone(occurrence.exchange, alarm.extension, occurrence.number, occurrence.trunk)
    return Ring(
        attempt_id=attempt.id,
        occurrence_id=occurrence.id,
        alarm_id=alarm.id,
        kind=AlarmKind(alarm.kind),
        telephone=telephone,
        alarm_number=alarm.number,
        purpose=ringing.purpose,
        policy=policy,
        message=alarm.message,
        language=alarm.language,
        zone=alarm.zone,
        begin_utc=begin_utc,
        due_utc=occurrence.due_utc,
        late_s=late_s,
        last_snooze=occurrence.snoozed >= policy.snoozes,
        code=attempt.code,
    )


def _hold_back(session: Session, now_utc: datetime, node_id: str) -> None:
    """Mark what was due by now and was not taken."""
    query = with_alarms().where(Occurrence.next_utc <= now_utc, Occurrence.state == states.StateName.BOOKED)
    for occurrence in session.scalars(oldest_unlocked(query, MOST_HELD_BACK)):
        state = state_of(occurrence)
        if isinstance(state, states.Booked):
            why = "waits for a free line, or for its telephone"
            move(session, occurrence, state.hold_back(), why=why, now_utc=now_utc, node_id=node_id)
