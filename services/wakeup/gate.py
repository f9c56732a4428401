"""What the ticker asks before each ring: trust, in the transaction that writes the attempt."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from schedules.history import end_alarm
from schedules.rows import AlarmKind, AlarmState, BookedHow, Occurrence
from schedules.taking import Gate, Ring
from services.wakeup.telephones import target_of
from trust import codes
from trust.answers import Purpose, Reason, Refused
from trust.gate import may_ring
from trust.opt_outs import is_opted_out
from trust.rows import Code, Proof
from trust.settings import TrustSettings
from trust.target import Target


def trusting(settings: TrustSettings) -> Gate:
    """A gate that asks who may be rung; for a proving call it issues the code that will be spoken."""

    def gate(session: Session, occurrence: Occurrence, now_utc: datetime) -> str:
        alarm = occurrence.alarm
        proves = alarm.kind == AlarmKind.PROOF
        target = Target(occurrence.exchange, alarm.extension, occurrence.number, occurrence.trunk)
        purpose = Purpose.PROVING if proves else Purpose.WANTED
        answer = may_ring(session, settings, target, purpose, now_utc)
        if isinstance(answer, Refused):
            if answer.reason is Reason.UNPROVED:
                _end_if_nobodys(session, occurrence, now_utc)
            return str(answer.reason)
        if proves:
            codes.issue(session, settings, target, now_utc)
        return ""

    return gate


def _end_if_nobodys(session: Session, occurrence: Occurrence, now_utc: datetime) -> None:
    """End what a caller booked for a number that was never proved: forged ones that repeat would pile up for ever."""
    alarm = occurrence.alarm
    by_caller = alarm.booked_how in {BookedHow.DIGITS, BookedHow.MENU} and occurrence.number == alarm.number
    if by_caller and session.get(Proof, (alarm.exchange, alarm.number)) is None:
        end_alarm(session, alarm, AlarmState.ENDED, "its number was never proved", now_utc)


def code_to_speak(settings: TrustSettings, ring: Ring) -> Callable[[Session], str]:
    """A unit of work: the code that was issued for a proving call, "" when it is to be spoken no more."""

    def work(session: Session) -> str:
        target = target_of(ring.telephone)
        if is_opted_out(session, settings, target):
            return ""
        row = session.get(Code, (target.exchange, target.number))
        return row.code if row else ""

    return work
