"""Who rings what: a node takes what is due, at most so many at once, and has it until its attempt ends."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, func, select, text
from sqlalchemy.orm import Session, aliased

from schedules import states
from schedules.history import move, state_of
from schedules.occurrences import oldest_unlocked, with_alarms
from schedules.rows import Alarm, Attempt, Occurrence
from schedules.shaping import Lines, Shaping
from schedules.taking import Gate, Ring, Taking

MOST_HELD_BACK = 200
"""How many occurrences one claim marks as due whose turn has not come."""
_LEAST_VALIDITY = timedelta(seconds=60)
_LOCK = 0x636C61696D
"""PostgreSQL's advisory lock under which nodes count what rings ("claim")."""


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
    taking = Taking(session, node_id, now_utc, shaping, gate, in_use)
    taking.end_what_is_over(session.scalars(_others(now_utc, extensions, most)).all())
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


def _hold_back(session: Session, now_utc: datetime, node_id: str) -> None:
    """Mark what was due by now and was not taken."""
    query = with_alarms().where(Occurrence.next_utc <= now_utc, Occurrence.state == states.StateName.BOOKED)
    for occurrence in session.scalars(oldest_unlocked(query, MOST_HELD_BACK)):
        state = state_of(occurrence)
        if isinstance(state, states.Booked):
            why = "waits for a free line, or for its telephone"
            move(session, occurrence, state.hold_back(), why=why, now_utc=now_utc, node_id=node_id)
