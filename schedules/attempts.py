"""What comes of an attempt: its end, an acknowledgement from elsewhere, and the attempts of a node that is gone."""

import hmac
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from schedules import states
from schedules.booking import follow_on, open_attempt
from schedules.history import move, state_of
from schedules.outcomes import Outcome
from schedules.policy import Policy
from schedules.rows import Attempt, Occurrence
from store.news import announce

ACKNOWLEDGED_WITHIN = timedelta(seconds=states.CALL_BACK_S)
MOST_WRONG_CODES = 5
"""After so many wrong ones, an attempt's code is worth nothing."""
LONGEST_CALL = timedelta(minutes=5)
"""So long an answered call lasts at most."""
SETTLES_AFTER = timedelta(seconds=60)
"""How long after its ringing time an exchange may still let a call ring whose caller has died."""
SILENT_FOR = timedelta(seconds=40)
"""How long an exchange may keep an answered call whose caller has died: it ends those without sound, most after 30 s."""


def finish(
    session: Session,
    attempt_id: int,
    outcome: Outcome,
    now_utc: datetime,
    *,
    node_id: str,
    detail: str = "",
    answered_utc: datetime | None = None,
) -> bool:
    """Write what came of an attempt whose call is over; False when others have written that meanwhile.

    Others are whoever cancelled or acknowledged it, and a node that took us for dead.
    """
    attempt = session.scalars(
        select(Attempt).where(Attempt.id == attempt_id).with_for_update(of=Attempt)
    ).one_or_none()
    if attempt is None or attempt.ended_utc is not None or attempt.node_id != node_id:
        return False
    if attempt.outcome is not None:
        attempt.ended_utc = now_utc
        return False
    attempt.answered_utc = answered_utc
    end(session, attempt, outcome, now_utc, node_id, detail)
    return True


def acknowledge_by_call(
    session: Session, exchange: str, number: str, code: str, now_utc: datetime
) -> Occurrence | None:
    """The sleeper dials us from his telephone, with the code that the call spoke; what is over by that, or None.

    A wrong code is counted against each attempt that it might have meant.
    """
    attempts = session.scalars(
        select(Attempt)
        .join(Attempt.occurrence)
        .options(contains_eager(Attempt.occurrence).joinedload(Occurrence.alarm))
        .where(
            Attempt.exchange == exchange,
            Attempt.number == number,
            Attempt.began_utc > now_utc - ACKNOWLEDGED_WITHIN,
            Attempt.began_utc <= now_utc,
            Attempt.wrong_codes < MOST_WRONG_CODES,
            Occurrence.ended_utc.is_(None),
        )
        .order_by(Attempt.id.desc())
        .with_for_update(of=(Attempt, Occurrence))
    ).all()
    for attempt in attempts:
        state = state_of(attempt.occurrence)
        begun = not isinstance(state, states.Booked | states.Due)
        if begun and hmac.compare_digest(attempt.code.encode(), code.encode()):
            _acknowledge(session, attempt, now_utc)
            return attempt.occurrence
    for attempt in attempts:
        attempt.wrong_codes += 1
    return None


def given_up_utc(attempt: Attempt) -> datetime:
    """When the exchange has given up a call that rang, if its caller died."""
    return attempt.began_utc + _ring_time(attempt) + SETTLES_AFTER


def close_orphans(
    session: Session,
    node_id: str,
    alive: Collection[str],
    under_way: Collection[int],
    noticed: dict[int, datetime],
    now_utc: datetime,
) -> int:
    """End the attempts that nobody makes as unknown; how many.

    They are those of nodes that are gone, and of this one those that it began and left: its lease had run out, or the
    database could not be had when they ended.

    Not before an exchange has given up a call whose caller died, ringing or answered: else a telephone might ring
    twice at once. A clock that was set back meanwhile shortens that. What follows is reckoned from then on, so that what was left for longer
    than its validity does not ring any more.

    Args:
        session: of a writing unit of work.
        node_id: who does it.
        alive: the nodes whose lease holds.
        under_way: the attempts that this node makes.
        noticed: when this node first saw which of them; kept for the next time.
        now_utc: the time.
    """
    others = set(alive) - {node_id}
    orphans = session.scalars(
        select(Attempt)
        .options(joinedload(Attempt.occurrence).joinedload(Occurrence.alarm))
        .where(Attempt.ended_utc.is_(None), Attempt.node_id.not_in(others), Attempt.id.not_in(under_way))
        .with_for_update(of=Attempt, skip_locked=True)
    ).all()
    closed = 0
    for orphan in orphans:
        ringing_over_utc = given_up_utc(orphan)
        noticed_utc = noticed.setdefault(orphan.id, now_utc)
        longest_utc = orphan.began_utc + 2 * _ring_time(orphan) + LONGEST_CALL
        silent_utc = min(noticed_utc, longest_utc) + SILENT_FOR
        if orphan.began_utc <= now_utc < max(ringing_over_utc, silent_utc):
            continue
        if orphan.outcome is not None:
            orphan.ended_utc = now_utc
        else:
            over_utc = min(now_utc, ringing_over_utc)
            end(session, orphan, Outcome.UNKNOWN, now_utc, node_id, "whoever rang is gone", over_utc=over_utc)
        closed += 1
    for attempt_id in noticed.keys() - {orphan.id for orphan in orphans}:
        del noticed[attempt_id]
    return closed


def ended_elsewhere(session: Session, attempt_ids: Collection[int]) -> set[int]:
    """Of which of these attempts others have written what came: their calls must end too."""
    query = select(Attempt.id).where(Attempt.id.in_(attempt_ids), Attempt.outcome.is_not(None))
    return set(session.scalars(query))


def end(
    session: Session,
    attempt: Attempt,
    outcome: Outcome,
    now_utc: datetime,
    node_id: str,
    detail: str,
    *,
    over_utc: datetime | None = None,
) -> None:
    """Write an attempt's end, and what follows; `over_utc` is when it was over, if not now."""
    attempt.ended_utc, attempt.outcome, attempt.detail = now_utc, outcome, detail[:200]
    occurrence = attempt.occurrence
    state = state_of(occurrence)
    assert isinstance(state, states.Ringing)  # noqa: S101 - its attempt was not over
    occurrence.last_outcome = outcome
    policy = Policy.from_row(occurrence.alarm.policy)
    after = state.end(outcome, policy, began_utc=attempt.began_utc, now_utc=over_utc or now_utc)
    why = f"{outcome}: {detail}" if detail else str(outcome)
    move(session, occurrence, after, why=why, now_utc=now_utc, node_id=node_id, attempt=attempt)
    if isinstance(after, states.Ended):
        follow_on(session, occurrence, now_utc)


def _ring_time(attempt: Attempt) -> timedelta:
    return timedelta(seconds=Policy.from_row(attempt.occurrence.alarm.policy).ring_s)


def _acknowledge(session: Session, attempt: Attempt, now_utc: datetime) -> None:
    occurrence = attempt.occurrence
    state = state_of(occurrence)
    assert not isinstance(state, states.Ended | states.Booked | states.Due)  # noqa: S101 - just looked at
    if isinstance(state, states.Ringing):
        # may be to another number, which need not be troubled then; it ends once its call has
        open_attempt(session, occurrence).outcome = Outcome.ACKNOWLEDGED
        announce(session)
    occurrence.last_outcome = Outcome.ACKNOWLEDGED
    move(
        session,
        occurrence,
        state.acknowledge(),
        why="called back with the code",
        now_utc=now_utc,
        node_id=attempt.node_id,
        attempt=attempt,
    )
    follow_on(session, occurrence, now_utc)
