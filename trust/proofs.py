"""Numbers whose telephones have shown that they want to be rung."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.outbox import tell_of
from trust.consents import withdraw
from trust.rows import Proof
from trust.settings import TrustSettings
from trust.target import Target


def proof_of(session: Session, settings: TrustSettings, target: Target, now_utc: datetime) -> Proof | None:
    """The proof that holds for a telephone now, by the way of the target."""
    proof = session.get(Proof, (target.exchange, target.number), populate_existing=True)
    if proof is None or proof.trunk != target.trunk or ends_utc(settings, proof) <= now_utc:
        return None
    return proof


def ends_utc(settings: TrustSettings, proof: Proof) -> datetime:
    """When a proof ends."""
    return proof.proved_utc + settings.proof_life


def needs_proof(session: Session, settings: TrustSettings, target: Target, now_utc: datetime) -> bool:
    """Whether a number must be proved before it can ring."""
    return not target.is_own and proof_of(session, settings, target, now_utc) is None


def is_to_be_renewed(session: Session, settings: TrustSettings, target: Target, now_utc: datetime) -> bool:
    """Whether the proof that holds for a telephone ends soon."""
    if target.is_own:
        return False
    proof = proof_of(session, settings, target, now_utc)
    return proof is not None and ends_utc(settings, proof) - now_utc <= settings.renewable


def prove(session: Session, target: Target, now_utc: datetime) -> None:
    """Keep that a number is proved from now on."""
    session.merge(
        Proof(exchange=target.exchange, number=target.number, trunk=target.trunk, proved_utc=now_utc)
    )
    tell_of(session, "trust.proved", now_utc, target.facts)


def revoke(session: Session, exchange: str, number: str, now_utc: datetime) -> bool:
    """End a proof, and the consents of the telephone and for it; False where there is none."""
    proof = session.get(Proof, (exchange, number), with_for_update=True, populate_existing=True)
    if proof is None:
        return False
    session.delete(proof)
    withdraw(session, exchange, number)
    facts = {"exchange": exchange, "number": number, "trunk": proof.trunk}
    tell_of(session, "trust.revoked", now_utc, facts)
    return True


def all_proofs(session: Session) -> Sequence[Proof]:
    """Every proof, those that have ended too, by exchange and number."""
    return session.scalars(select(Proof).order_by(Proof.exchange, Proof.number)).all()
