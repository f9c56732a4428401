"""Telephones whose owner lets another one name them: as the second number, to be rung when that one's sleeper does not wake.

A proof says that a telephone wants what was booked from itself, and nothing of what others book. So it is asked in a call of
its own, by a code that it alone hears, as for a proof; it hears one such question in a week, whoever asks. What it consented
to ends as a proof does: its number, or the asker's, may be somebody else's by then.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from store.outbox import tell_of
from store.rows import inserting
from trust.rows import Consent
from trust.settings import TrustSettings
from trust.target import Target

BETWEEN_QUESTIONS = timedelta(days=7)


def has_consented(
    session: Session, settings: TrustSettings, target: Target, asker: str, now_utc: datetime
) -> bool:
    """Whether a telephone may be rung for what another number of its exchange booked."""
    return _left(session, settings, target, asker, now_utc) > timedelta(0)


def ends_soon(
    session: Session, settings: TrustSettings, target: Target, asker: str, now_utc: datetime
) -> bool:
    """Whether a consent that holds is to be asked for anew."""
    return timedelta(0) < _left(session, settings, target, asker, now_utc) <= settings.renewable


def was_asked_lately(session: Session, target: Target, now_utc: datetime) -> bool:
    """Whether a telephone was asked so short a time ago that it is not to be asked again."""
    lately = select(Consent.asker).where(
        Consent.exchange == target.exchange,
        Consent.number == target.number,
        Consent.asked_utc > now_utc - BETWEEN_QUESTIONS,
    )
    return session.scalars(lately.limit(1)).first() is not None


def note_question(session: Session, target: Target, asker: str, now_utc: datetime) -> None:
    """Keep that a telephone is rung to be asked."""
    _keep(session, target, asker, asked_utc=now_utc)


def give(session: Session, target: Target, asker: str, now_utc: datetime) -> None:
    """Keep that a telephone may be rung for what another number booked."""
    _keep(session, target, asker, asked_utc=now_utc, given_utc=now_utc)
    tell_of(session, "trust.consented", now_utc, {**target.facts, "asked_by": asker})


def withdraw(session: Session, exchange: str, number: str) -> None:
    """End all that a telephone consented to, and what others consented to for it."""
    either = or_(Consent.number == number, Consent.asker == number)
    session.execute(delete(Consent).where(Consent.exchange == exchange, either))


def holding(session: Session, settings: TrustSettings, now_utc: datetime) -> list[tuple[Consent, datetime]]:
    """Every one that holds and until when, by exchange and number."""
    query = select(Consent).where(Consent.given_utc > now_utc - settings.proof_life)
    rows = session.scalars(query.order_by(Consent.exchange, Consent.number, Consent.asker))
    return [(row, row.given_utc + settings.proof_life) for row in rows if row.given_utc is not None]


def _left(
    session: Session, settings: TrustSettings, target: Target, asker: str, now_utc: datetime
) -> timedelta:
    """How long a consent holds yet."""
    consent = session.get(Consent, (target.exchange, target.number, asker), populate_existing=True)
    if consent is None or consent.given_utc is None:
        return timedelta(0)
    return consent.given_utc + settings.proof_life - now_utc


def _keep(session: Session, target: Target, asker: str, **values: datetime) -> None:
    row = {"exchange": target.exchange, "number": target.number, "asker": asker, **values}
    insert = inserting(session, Consent).values(row)
    key = [Consent.exchange, Consent.number, Consent.asker]
    session.execute(insert.on_conflict_do_update(index_elements=key, set_=values))
