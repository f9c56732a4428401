"""Booking by dialled digits: asked, said to the end, and only then written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time

import structlog
from sqlalchemy.orm import Session

from exchange.sip.call import Call
from schedules import booking
from schedules.booking import Wish
from schedules.civil_due import in_minutes, next_due_utc
from schedules.recurrence import ONCE, Kind, Recurrence
from schedules.rows import AlarmKind, BookedHow, Occurrence
from services.wakeup.dialled import At
from services.wakeup.office import Office
from services.wakeup.phrases import Booked, Names
from services.wakeup.proving import RUNG_BACK_AFTER, Booker, Question, book_consent, book_proof
from services.wakeup.refusals import refusal
from services.wakeup.sounds import kept_sign
from services.wakeup.telephones import telephone_of
from trust.answers import Answer, Granted, Refused
from trust.gate import may_book
from trust.target import Target

log = structlog.get_logger()

Write = Callable[[Session], Occurrence]


@dataclass(frozen=True, slots=True)
class Extras:
    """What can be chosen by keys only: the clip that is said beside the time, and whom to ring when nobody wakes."""

    message: str = ""
    second: Target | None = None

    def added_to(self, wish: Wish) -> Wish:
        """The same wish with them, booked by the menu."""
        policy = wish.policy
        if self.second is not None:
            policy = replace(policy, escalate_to=self.second.number, escalate_trunk=self.second.trunk)
        return replace(wish, policy=policy, message=self.message, booked_how=BookedHow.MENU)


_SECOND: Mapping[Question, Names] = {
    Question.NEEDLESS: (),
    Question.COMES: ("second_asked",),
    Question.NOT_NOW: ("second_waits",),
}


class _Undo(Exception):  # noqa: N818 - an event
    """Ends a transaction that only asked."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(str(answer))
        self.answer = answer


async def book_at(
    office: Office, call: Call, target: Target, asked: At, *, extras: Extras | None = None
) -> None:
    """Book for a time of day: the next time that it is that, or on the days that were asked for.

    Args:
        office: the service's belongings.
        call: the caller's.
        target: his telephone.
        asked: the time and the days.
        extras: what the menu asked for beside these.
    """
    now_utc = office.now_utc()
    wish = _wish(office, target, asked.time.civil_time, asked.recurrence)
    if extras is not None:
        wish = extras.added_to(wish)
    due = next_due_utc(
        asked.recurrence if asked.recurrence.repeats else Recurrence(Kind.DAILY),
        wish.civil_time,
        wish.zone,
        first_date=office.today(),
        skipped_dates=(),
        after_utc=now_utc,
    )
    assert due is not None  # noqa: S101 - the calendar goes on for a while
    booked = Booked(due.due_utc.astimezone(office.zone), asked.recurrence)
    words = office.phrases.will_ring_as(booked, office.today())
    second = extras.second if extras is not None else None
    await _book(office, call, target, words, lambda session: booking.book(session, wish, now_utc), second)


async def book_in(office: Office, call: Call, target: Target, minutes: int) -> None:
    """Book for in so many minutes from now."""
    now_utc = office.now_utc()
    due_utc = in_minutes(minutes, now_utc)
    wish = _wish(office, target, due_utc.time(), ONCE)
    words = office.phrases.in_minutes(minutes)
    await _book(office, call, target, words, lambda session: booking.book_at(session, wish, due_utc, now_utc))


async def book_trial(office: Office, call: Call, target: Target) -> None:
    """Ring back soon and once, to show that it works."""
    wish = _wish(office, target, office.now_utc().time(), ONCE, AlarmKind.TRIAL)
    wish = replace(wish, policy=replace(wish.policy, attempts=1, snoozes=0))

    def write(session: Session) -> Occurrence:
        now_utc = office.now_utc()
        return booking.book_at(session, wish, now_utc + RUNG_BACK_AFTER, now_utc)

    await _book(office, call, target, ("trial",), write)


async def _book(
    office: Office, call: Call, target: Target, words: Names, write: Write, second: Target | None = None
) -> None:
    """Ask, say to the end, and only then write: whoever hangs up before has booked nothing."""
    answer = await _ask(office, target)
    more: Names = ()
    if isinstance(answer, Granted):
        await office.say(call, (*words, *office.phrases.number_called(target.number)))
        answer, more = await office.store.write(_write_booking, office, target, write, second)
    if isinstance(answer, Refused):
        log.info("booking_refused", reason=answer.reason.value)
        await office.say(call, refusal(office, answer))
        return
    await call.play(kept_sign())
    if more:
        await office.say(call, more)


async def _ask(office: Office, target: Target) -> Answer:
    """What the answer to a booking would be; nothing is counted."""

    def work(session: Session) -> None:
        raise _Undo(may_book(session, office.trust, target, target, office.now_utc()))

    try:
        await office.store.write(work)
    except _Undo as undone:
        return undone.answer
    raise AssertionError


def _write_booking(
    session: Session, office: Office, target: Target, write: Write, second: Target | None
) -> tuple[Answer, Names]:
    """The answer, and what else is to be said: of calls that come first, to this telephone or to the second."""
    now_utc = office.now_utc()
    answer = may_book(session, office.trust, target, target, now_utc)
    if isinstance(answer, Refused):
        return answer, ()
    write(session)
    booker = Booker(target.number, BookedHow.DIGITS, office.config.zone, office.phrases.name)
    if answer.needs_proof:
        proof_utc = book_proof(session, office.trust, telephone_of(target), booker, now_utc)
        return answer, _proof(office, proof_utc)
    if second is None:
        return answer, ()
    return answer, _SECOND[book_consent(session, office.trust, telephone_of(second), booker, now_utc)]


def _proof(office: Office, proof_utc: datetime) -> Names:
    if proof_utc <= office.now_utc() + RUNG_BACK_AFTER:
        return ("proof_first",)
    return office.phrases.proof_later(proof_utc.astimezone(office.zone), office.today())


def _wish(
    office: Office,
    target: Target,
    civil_time: time,
    recurrence: Recurrence,
    kind: AlarmKind = AlarmKind.WAKE,
) -> Wish:
    return Wish(
        telephone=telephone_of(target),
        civil_time=civil_time,
        booked_by=target.number,
        booked_how=BookedHow.DIGITS,
        recurrence=recurrence,
        zone=office.config.zone,
        policy=office.config.policy,
        language=office.phrases.name,
        kind=kind,
    )
