"""The calls that speak a code: booked beside an alarm for a number that nobody has shown to want it, or for its second one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy.orm import Session

from schedules.booking import Telephone, Wish, book_at
from schedules.lists import next_of
from schedules.policy import Policy
from schedules.rows import AlarmKind, BookedHow
from services.wakeup.telephones import target_of
from trust import consents
from trust.proving_calls import BETWEEN, ask
from trust.settings import TrustSettings

RUNG_BACK_AFTER = timedelta(seconds=15)
"""How long after the booking a proving call or a trial comes: the receiver must be down again."""
RENEWED_AFTER = timedelta(minutes=30)
"""How long after a ring the call comes that renews a proof which ends soon: whoever was woken is up by then."""
CODE_KINDS = (AlarmKind.PROOF, AlarmKind.CONSENT)
"""The alarms that speak a code."""
_POLICY = Policy(attempts=1, snoozes=0, validity_s=600)


class Occasion(StrEnum):
    """What a code is spoken for."""

    PROOF = "proof"
    RENEWAL = "renewal"
    """The number is proved already, and its proof ends soon."""
    CONSENT = "consent"
    """Another telephone named it as its second number."""


class Spoken(NamedTuple):
    """The code that a call is to speak, and what for."""

    code: str
    occasion: Occasion


@dataclass(frozen=True, slots=True)
class Booker:
    """Who books, by what means, and how his calls speak."""

    booked_by: str
    booked_how: BookedHow
    zone: str
    language: str


def book_proof(
    session: Session,
    settings: TrustSettings,
    telephone: Telephone,
    booker: Booker,
    now_utc: datetime,
    *,
    after: timedelta = RUNG_BACK_AFTER,
) -> datetime:
    """Have the telephone rung once to be told its code, so long after now or as soon as that may be; when it is rung."""
    coming_utc = next_of(session, AlarmKind.PROOF, telephone.exchange, telephone.number)
    if coming_utc is not None:
        return coming_utc
    return _book(session, settings, telephone, AlarmKind.PROOF, booker, now_utc, now_utc + after)


def book_consent(
    session: Session, settings: TrustSettings, second: Telephone, booker: Booker, now_utc: datetime
) -> bool:
    """Have a second number asked once whether it may be rung for `booked_by`; False where it has consented.

    Where others ask it already, or it is to be told its code, its day is theirs, and this one has the next.
    """
    target, asker = target_of(second), booker.booked_by
    if target.is_own or consents.has_consented(session, target, asker):
        return False
    if consents.ask(session, target, asker, now_utc):
        others = (next_of(session, kind, second.exchange, second.number) for kind in CODE_KINDS)
        after_utc = max((each + BETWEEN for each in others if each), default=now_utc)
        _book(
            session,
            settings,
            second,
            AlarmKind.CONSENT,
            booker,
            now_utc,
            settings.next_proving_utc(after_utc + RUNG_BACK_AFTER),
        )
    return True


def _book(
    session: Session,
    settings: TrustSettings,
    telephone: Telephone,
    kind: AlarmKind,
    booker: Booker,
    now_utc: datetime,
    soon_utc: datetime,
) -> datetime:
    due_utc = ask(session, settings, target_of(telephone), soon_utc)
    if due_utc > soon_utc:
        due_utc += RUNG_BACK_AFTER  # what is due is taken a moment before
    call = Wish(
        telephone=telephone,
        civil_time=now_utc.time(),
        booked_by=booker.booked_by,
        booked_how=booker.booked_how,
        zone=booker.zone,
        policy=_POLICY,
        language=booker.language,
        kind=kind,
    )
    book_at(session, call, due_utc, now_utc)
    return due_utc
