"""The calls that speak a code: booked beside an alarm for a number that nobody has shown to want it, or for its second one."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from typing import NamedTuple

from sqlalchemy.orm import Session

from schedules.booking import Telephone, Wish, book_at
from schedules.lists import next_of
from schedules.policy import Policy
from schedules.recurrence import Recurrence
from schedules.rows import Alarm, AlarmKind, AlarmState, BookedHow
from services.wakeup.telephones import target_of
from trust import consents
from trust.proofs import is_to_be_renewed
from trust.proving_calls import ask
from trust.settings import TrustSettings

RUNG_BACK_AFTER = timedelta(seconds=15)
"""How long after the booking a proving call or a trial comes: the receiver must be down again."""
RENEWED_AFTER = timedelta(minutes=30)
"""How long after a ring the call comes that renews a proof which ends soon: whoever was woken is up by then."""
BY_CALLER = frozenset({BookedHow.DIGITS, BookedHow.MENU})
"""Booked by whoever called, and not by the operator."""
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


class Question(Enum):
    """Whether a second number is asked for its consent."""

    NEEDLESS = "needless"
    COMES = "comes"
    NOT_NOW = "not now"
    """It was asked lately, or somebody else asks it."""


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
) -> Question:
    """Have a second number asked once whether it may be rung for the alarms of `booked_by`, if that is to be asked."""
    target = target_of(second)
    if target.is_own or consents.has_consented(session, settings, target, booker.booked_by, now_utc):
        return Question.NEEDLESS
    asked = _ask_second(session, settings, second, booker, now_utc, now_utc + RUNG_BACK_AFTER)
    return Question.COMES if asked else Question.NOT_NOW


def renew(session: Session, settings: TrustSettings, alarm_id: int, now_utc: datetime) -> None:
    """Have renewed what an alarm that repeats would fall silent without: its number's proof, its second number's consent."""
    alarm = session.get(Alarm, alarm_id)
    if alarm is None or alarm.state != AlarmState.ACTIVE or not Recurrence.parse(alarm.recurrence).repeats:
        return
    telephone = Telephone(alarm.exchange, alarm.extension, alarm.number, alarm.trunk)
    booker = Booker(alarm.number, BookedHow(alarm.booked_how), alarm.zone, alarm.language)
    if is_to_be_renewed(session, settings, target_of(telephone), now_utc):
        book_proof(session, settings, telephone, booker, now_utc, after=RENEWED_AFTER)
    policy = Policy.from_row(alarm.policy)
    second = replace(telephone, number=policy.escalate_to, trunk=policy.escalate_trunk)
    if consents.ends_soon(session, settings, target_of(second), alarm.number, now_utc):
        _ask_second(session, settings, second, booker, now_utc, now_utc + RENEWED_AFTER)


def _ask_second(
    session: Session,
    settings: TrustSettings,
    second: Telephone,
    booker: Booker,
    now_utc: datetime,
    soon_utc: datetime,
) -> bool:
    """False where it was asked lately, is to be asked already, or its call for a code is for its own proof."""
    target = target_of(second)
    if (
        next_of(session, AlarmKind.CONSENT, second.exchange, second.number) is not None
        or consents.was_asked_lately(session, target, now_utc)
        or is_to_be_renewed(session, settings, target, now_utc)
    ):
        return False
    _book(session, settings, second, AlarmKind.CONSENT, booker, now_utc, soon_utc)
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
