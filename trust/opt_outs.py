"""Telephones that nobody shall ring: it holds at once, for every purpose, whoever booked.

What a caller by a trunk says holds for his number only: whoever forges it could else silence a telephone for all ways
that lead to it. What the telephone itself says, and the operator, holds for every way.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from store.outbox import tell_of
from store.rows import inserting
from trust.answers import Answer, Granted, Reason, Refused
from trust.consents import withdraw
from trust.keys import destinations, exact
from trust.proofs import needs_proof
from trust.rows import By, Code, OptOut
from trust.settings import TrustSettings
from trust.target import Target

_OF_KEYS = (
    select(OptOut)
    .where(OptOut.key.in_(bindparam("keys", expanding=True)))
    .execution_options(populate_existing=True)
)


def dialled_by(target: Target) -> By:
    """How certain it is that a caller is the telephone of his number."""
    return By.TELEPHONE if target.is_own else By.CLAIM


def is_opted_out(session: Session, settings: TrustSettings, target: Target) -> bool:
    """Whether a telephone may not be rung."""
    return bool(_of(session, settings, target))


def opt_out(
    session: Session, settings: TrustSettings, target: Target, said_by: By, now_utc: datetime
) -> None:
    """Never ring this telephone again. What was opted out already stays so, by the stronger of both.

    A code that was spoken before ends, and what it consented to, unless this is a mere claim: whoever heard the code is better
    known than who made it.
    """
    keys = [exact(target)] if said_by is By.CLAIM else destinations(settings, target)
    rows = [
        {
            "key": key,
            "exchange": target.exchange,
            "number": target.number,
            "said_by": said_by,
            "since_utc": now_utc,
        }
        for key in keys
    ]
    before = {row.key: row.said_by for row in _of(session, settings, target)}
    insert = inserting(session, OptOut)
    stronger = insert.on_conflict_do_update(
        index_elements=[OptOut.key],
        set_={"said_by": insert.excluded.said_by},
        where=OptOut.said_by < insert.excluded.said_by,
    )
    session.execute(stronger, rows)
    if said_by is not By.CLAIM:
        session.execute(delete(Code).where(Code.exchange == target.exchange, Code.number == target.number))
        withdraw(session, target.exchange, target.number)
    if any(before.get(key, 0) < said_by for key in keys):
        tell_of(session, "trust.opted_out", now_utc, _facts(target, said_by))


def take_back(
    session: Session, settings: TrustSettings, target: Target, said_by: By, now_utc: datetime
) -> Answer:
    """Let a telephone be rung again: at its own wish, or the operator's.

    Who only claims the number must have proved it, and takes back only what was said with no more than a claim.
    """
    rows = _of(session, settings, target)
    if said_by is By.CLAIM and needs_proof(session, settings, target, now_utc):
        return Refused(Reason.UNPROVED)
    if any(row.said_by > said_by for row in rows):
        return Refused(Reason.OPTED_OUT)
    for row in rows:
        session.delete(row)
    if rows:
        tell_of(session, "trust.opted_in", now_utc, _facts(target, said_by))
    return Granted()


def end_claim(session: Session, target: Target, now_utc: datetime) -> None:
    """The telephone gave back a code that it alone heard: what somebody only claimed about its number ends."""
    claimed = select(OptOut).where(OptOut.key == exact(target), OptOut.said_by == By.CLAIM)
    if row := session.scalars(claimed).one_or_none():
        session.delete(row)
        tell_of(session, "trust.opted_in", now_utc, _facts(target, By.TELEPHONE))


def all_opt_outs(session: Session) -> Sequence[OptOut]:
    """Every one, by exchange and number."""
    return session.scalars(select(OptOut).order_by(OptOut.exchange, OptOut.number)).all()


def _of(session: Session, settings: TrustSettings, target: Target) -> Sequence[OptOut]:
    keys = {exact(target), *destinations(settings, target)}
    return session.scalars(_OF_KEYS, {"keys": tuple(keys)}).all()


def _facts(target: Target, said_by: By) -> dict[str, str]:
    return {**target.facts, "said_by": said_by.name.lower()}
