"""What the ticker asks before each ring: trust, in the transaction that writes the attempt."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from schedules.history import end_alarm
from schedules.rows import AlarmKind, AlarmState, Occurrence
from schedules.taking import Gate, Ring
from services.wakeup.proving import BY_CALLER, Occasion, Spoken
from services.wakeup.telephones import target_of
from trust import codes
from trust.answers import Purpose, Reason, Refused
from trust.gate import may_ring
from trust.opt_outs import is_opted_out
from trust.proofs import needs_proof
from trust.rows import Code, Proof
from trust.settings import TrustSettings
from trust.target import Target

_PURPOSES = {AlarmKind.PROOF: Purpose.PROVING, AlarmKind.CONSENT: Purpose.CONSENT}


def trusting(settings: TrustSettings) -> Gate:
    """A gate that asks who may be rung; for a call that speaks a code it issues the code."""

    def gate(session: Session, occurrence: Occurrence, now_utc: datetime) -> str:
        alarm = occurrence.alarm
        purpose = _PURPOSES.get(AlarmKind(alarm.kind), Purpose.WANTED)
        target = Target(occurrence.exchange, alarm.extension, occurrence.number, occurrence.trunk)
        asker = _asker(occurrence)
        answer = may_ring(session, settings, target, purpose, now_utc, asker=asker)
        if isinstance(answer, Refused):
            if answer.reason is Reason.UNPROVED:
                _end_if_nobodys(session, occurrence, now_utc)
            return str(answer.reason)
        if purpose is not Purpose.WANTED:
            codes.issue(session, settings, target, now_utc, asker=asker)
        return ""

    return gate


def _asker(occurrence: Occurrence) -> str:
    """The number for whose alarm another telephone is rung; "" for its own, and where the operator booked it."""
    alarm = occurrence.alarm
    if alarm.kind == AlarmKind.CONSENT:
        return alarm.booked_by
    is_others = alarm.booked_how in BY_CALLER and occurrence.number != alarm.number
    return alarm.number if is_others else ""


def _end_if_nobodys(session: Session, occurrence: Occurrence, now_utc: datetime) -> None:
    """End what a caller booked for a number that was never proved: forged ones that repeat would pile up for ever."""
    alarm = occurrence.alarm
    by_caller = alarm.booked_how in BY_CALLER and occurrence.number == alarm.number
    if by_caller and session.get(Proof, (alarm.exchange, alarm.number)) is None:
        end_alarm(session, alarm, AlarmState.ENDED, "its number was never proved", now_utc)


def code_to_speak(
    settings: TrustSettings, ring: Ring, now_utc: datetime
) -> Callable[[Session], Spoken | None]:
    """A unit of work: the code that was issued for a call; None when it is to be spoken no more."""

    def work(session: Session) -> Spoken | None:
        target = target_of(ring.telephone)
        row = session.get(Code, (target.exchange, target.number))
        if row is None or is_opted_out(session, settings, target):
            return None
        if row.asker:
            return Spoken(row.code, Occasion.CONSENT)
        proved = not needs_proof(session, settings, target, now_utc)
        return Spoken(row.code, Occasion.RENEWAL if proved else Occasion.PROOF)

    return work
