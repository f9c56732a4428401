"""The proving call: booked beside an alarm for a number that nobody has shown to want it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from schedules.booking import Telephone, Wish, book_at
from schedules.policy import Policy
from schedules.rows import AlarmKind, BookedHow

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


def book_proof(session: Session, telephone: Telephone, booker: Booker, now_utc: datetime) -> None:
    """Have the telephone rung once, soon, to be told its code."""
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
    book_at(session, proof, now_utc + RUNG_BACK_AFTER, now_utc)
