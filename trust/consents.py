"""Telephones whose owner lets another one name them: as the second number, to be rung when that one's sleeper does not wake.

A proof says that a telephone wants what was booked from itself, and nothing of what others book. So it is asked in a call of
its own, by a code that it alone hears, as for a proof. One asker is heard once in a week, and all together have the one such
call that a telephone may get in a day.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from store.outbox import tell_of
from store.rows import inserting
from trust.rows import Consent
from trust.target import Target

ASKED_AGAIN_AFTER = timedelta(days=7)


def has_consented(session: Session, target: Target, asker: str) -> bool:
    """Whether a telephone may be rung for what another number of its exchange booked."""
    consent = _of(session, target, asker)
    return consent is not None and consent.given_utc is not None


def ask(session: Session, target: Target, asker: str, now_utc: datetime) -> bool:
    """Note that a telephone is to be asked; False where it consented, or was asked lately."""
    consent = _of(session, target, asker)
    if consent is not None and (consent.given_utc or now_utc < consent.asked_utc + ASKED_AGAIN_AFTER):
        return False
    _keep(session, target, asker, asked_utc=now_utc)
    return True


def give(session: Session, target: Target, asker: str, now_utc: datetime) -> None:
    """Keep that a telephone may be rung for what another number booked."""
    _keep(session, target, asker, asked_utc=now_utc, given_utc=now_utc)
    facts = {
        "exchange": target.exchange,
        "number": target.number,
        "trunk": target.trunk,
        "asked_by": asker,
    }
    tell_of(session, "trust.consented", now_utc, facts)


def withdraw(session: Session, exchange: str, number: str) -> None:
    """End all that a telephone consented to."""
    session.execute(delete(Consent).where(Consent.exchange == exchange, Consent.number == number))


def given(session: Session) -> Sequence[Consent]:
    """Every one that holds, by exchange and number."""
    query = select(Consent).where(Consent.given_utc.is_not(None))
    return session.scalars(query.order_by(Consent.exchange, Consent.number, Consent.asker)).all()


def _of(session: Session, target: Target, asker: str) -> Consent | None:
    return session.get(Consent, (target.exchange, target.number, asker), populate_existing=True)


def _keep(session: Session, target: Target, asker: str, **values: datetime) -> None:
    row = {"exchange": target.exchange, "number": target.number, "asker": asker, **values}
    insert = inserting(session, Consent).values(row)
    key = [Consent.exchange, Consent.number, Consent.asker]
    session.execute(insert.on_conflict_do_update(index_elements=key, set_=values))
