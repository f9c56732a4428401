"""The proving call: booked beside an alarm for a number that nobody has shown to want it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from schedules.booking import Telephone, Wish, book_at
from schedules.lists import next_of
from schedules.policy import Policy
from schedules.rows import AlarmKind, BookedHow
from services.wakeup.telephones import target_of
from trust.proving_calls import ask
from trust.settings import TrustSettings

RUNG_BACK_AFTER = timedelta(seconds=15)
"""How long after the booking a proving call or a trial comes: the receiver must be down again."""
_POLICY = Policy(attempts=1, snoozes=0, validity_s=600)


@dataclass(frozen=True, slots=True)
class Booker:
    """Who books, by what means, and how his calls speak."""

    booked_by: str
    booked_how: BookedHow
    zone: str
    language: str


def book_proof(
    session: Session, settings: TrustSettings, telephone: Telephone, booker: Booker, now_utc: datetime
) -> datetime:
    """Have the telephone rung once to be told its code, as soon as that may be; when it is rung."""
    coming_utc = next_of(session, AlarmKind.PROOF, telephone.exchange, telephone.number)
    if coming_utc is not None:
        return coming_utc
    soon_utc = now_utc + RUNG_BACK_AFTER
    due_utc = ask(session, settings, target_of(telephone), soon_utc)
    if due_utc > soon_utc:
        due_utc += RUNG_BACK_AFTER  # what is due is taken a moment before
    proof = Wish(
        telephone=telephone,
        civil_time=now_utc.time(),
        booked_by=booker.booked_by,
        booked_how=booker.booked_how,
        zone=booker.zone,
        policy=_POLICY,
        language=booker.language,
        kind=AlarmKind.PROOF,
    )
    book_at(session, proof, due_utc, now_utc)
    return due_utc
