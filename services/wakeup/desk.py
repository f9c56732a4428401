"""The calls that come in: booking, hearing, changing by the dialled digits alone."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.orm import Session

from audio.clip import Clip
from exchange.sip.call import Call
from exchange.sip.caller import CallerTrust
from schedules import booking
from schedules.attempts import acknowledge_by_call
from schedules.booking import Telephone, Wish
from schedules.civil_due import in_minutes, next_due_utc
from schedules.errors import ScheduleError
from schedules.policy import Policy
from schedules.recurrence import Recurrence
from schedules.rows import AlarmKind, BookedHow, Occurrence
from services.wakeup import dialled
from services.wakeup.config import WakeupConfig
from services.wakeup.dialled import Asked, Simple, read_dialled
from services.wakeup.phrases import Booked, Names, Phrases
from services.wakeup.refusals import refusal_clip
from services.wakeup.sounds import kept_sign
from store.errors import StoreError
from store.store import Store
from trust import codes, opt_outs
from trust.answers import Answer, Granted, Reason, Refused
from trust.gate import may_book
from trust.settings import TrustSettings
from trust.target import Target, target_of

PROVED_AFTER = timedelta(seconds=15)
"""How long after the booking a proving call, or a trial, comes: the receiver must be down again."""
PROOF_POLICY = Policy(attempts=1, snoozes=0, validity_s=600)

log = structlog.get_logger()


class Undo(Exception):  # noqa: N818 - an event
    """Ends a transaction that only asked."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(str(answer))
        self.answer = answer


class Desk:
    """Serves one call after the other; keeps nothing between them.

    Args:
        config: the table [wakeup].
        store: where alarms are.
        trust: who may be rung.
        exchange_of: each of our extensions' exchange.
        clips: by name, in the language that callers hear.
        phrases: of that language.
        now_utc: the time.
    """

    def __init__(
        self,
        config: WakeupConfig,
        store: Store,
        trust: TrustSettings,
        exchange_of: Mapping[str, str],
        clips: Mapping[str, Clip],
        phrases: Phrases,
        now_utc: Callable[[], datetime],
    ) -> None:
        self._config = config
        self._store = store
        self._trust = trust
        self._exchange_of = exchange_of
        self._clips = clips
        self._phrases = phrases
        self._now_utc = now_utc
        self._kept = kept_sign()

    async def serve(self, call: Call) -> None:
        """Answer, do what the digits ask for, and say so."""
        await call.answer()
        asked = read_dialled(call.dialled.removeprefix(self._config.prefix))
        target = self._target(call)
        if isinstance(target, Refused):
            log.info("wakeup_refused", reason=str(target.reason))
            await self._say(call, (refusal_clip(target),))
            return
        try:
            await self._do(call, asked, target)
        except StoreError as error:
            log.error("wakeup_not_kept", reason=str(error))  # noqa: TRY400 - the reason says it all
            await self._say(call, ("fault",))

    async def _do(self, call: Call, asked: Asked, target: Target) -> None:
        match asked:
            case dialled.At():
                await self._book_at(call, asked, target)
            case dialled.InMinutes():
                due_utc = in_minutes(asked.minutes, self._now_utc())
                await self._book_instant(
                    call, target, due_utc, AlarmKind.WAKE, self._phrases.in_minutes(asked.minutes)
                )
            case dialled.Later():
                await self._postpone(call, target, asked.by)
            case dialled.Awake():
                await self._acknowledge(call, target, asked.code)
            case dialled.Proof():
                await self._prove(call, target, asked.code)
            case Simple.HEAR:
                await self._hear(call, target)
            case Simple.CANCEL_NEXT | Simple.CANCEL_ALL:
                await self._cancel(call, target, every=asked is Simple.CANCEL_ALL)
            case Simple.RING_BACK:
                due_utc = self._now_utc() + PROVED_AFTER
                await self._book_instant(call, target, due_utc, AlarmKind.TRIAL, ("trial",))
            case Simple.OPT_OUT | Simple.OPT_IN:
                await self._opt(call, target, out=asked is Simple.OPT_OUT)
            case _:
                wrong = "wrong_time" if _looks_like_a_time(call.dialled) else "not_understood"
                await self._say(call, (wrong, *self._phrases.how_to_dial(self._config.prefix)))

    async def _book_at(self, call: Call, asked: dialled.At, target: Target) -> None:
        wish = self._wish(target, asked.time.civil_time, asked.recurrence)
        now_utc = self._now_utc()
        zone = ZoneInfo(self._config.zone)
        today = now_utc.astimezone(zone).date()
        # `once` is the next time that it is then: of a daily alarm, the first
        searched = asked.recurrence if asked.recurrence.repeats else Recurrence.parse("daily")
        due = next_due_utc(
            searched, wish.civil_time, wish.zone, first_date=today, skipped_dates=(), after_utc=now_utc
        )
        if due is None:
            raise ScheduleError("the calendar ends before")
        booked = Booked(due.due_utc.astimezone(zone), asked.recurrence)
        await self._book(
            call,
            target,
            self._phrases.will_ring_as(booked, today),
            lambda session: booking.book(session, wish, now_utc),
        )

    async def _book_instant(
        self, call: Call, target: Target, due_utc: datetime, kind: AlarmKind, words: Names
    ) -> None:
        wish = self._wish(target, due_utc.time(), dialled.ONCE, kind)
        now_utc = self._now_utc()
        await self._book(
            call, target, words, lambda session: booking.book_at(session, wish, due_utc, now_utc)
        )

    async def _book(
        self, call: Call, target: Target, words: Names, write: Callable[[Session], Occurrence]
    ) -> None:
        """Ask, say to the end, and only then write: whoever hangs up before has booked nothing."""
        answer = await self._ask(target)
        if isinstance(answer, Refused):
            log.info("booking_refused", reason=str(answer.reason))
            await self._say(call, (refusal_clip(answer),))
            return
        await self._say(call, (*words, *self._phrases.number_called(target.number)))
        answer = await self._store.write(self._write_booking, target, write)
        if isinstance(answer, Refused):
            await self._say(call, (refusal_clip(answer),))
            return
        await call.play(self._kept)
        if answer.needs_proof:
            await self._say(call, ("proof_first",))

    async def _ask(self, target: Target) -> Answer:
        """What the answer to a booking would be; nothing is counted."""

        def work(session: Session) -> None:
            raise Undo(may_book(session, self._trust, target, target, self._now_utc()))

        try:
            await self._store.write(work)
        except Undo as undone:
            return undone.answer
        raise AssertionError

    def _write_booking(
        self, session: Session, target: Target, write: Callable[[Session], Occurrence]
    ) -> Answer:
        now_utc = self._now_utc()
        answer = may_book(session, self._trust, target, target, now_utc)
        if isinstance(answer, Granted):
            write(session)
            if answer.needs_proof:
                proof = self._wish(target, now_utc.time(), dialled.ONCE, AlarmKind.PROOF)
                booking.book_at(session, proof, now_utc + PROVED_AFTER, now_utc)
        return answer

    async def _postpone(self, call: Call, target: Target, by: timedelta) -> None:
        now_utc = self._now_utc()

        def work(session: Session) -> Booked | None:
            coming = booking.coming(session, target.exchange, target.number, to_change=True)
            waiting = next((each for each in coming if each.state == "booked"), None)
            if waiting is None:
                return None
            booking.postpone(session, waiting, by, "dialled", now_utc)
            return _booked(waiting)

        booked = await self._store.write(work)
        words = self._phrases.next_call(booked.due_local, self._today()) if booked else ("no_alarms",)
        await self._say(call, words)

    async def _acknowledge(self, call: Call, target: Target, code: str) -> None:
        over = await self._store.write(
            acknowledge_by_call, target.exchange, target.number, code, self._now_utc()
        )
        await self._say(call, ("acknowledged", "goodbye") if over else ("code_wrong",))

    async def _prove(self, call: Call, target: Target, code: str) -> None:
        answer = await self._store.write(codes.confirm_by_dialling, target, code, self._now_utc())
        await self._say(call, ("proof_done",) if isinstance(answer, Granted) else (refusal_clip(answer),))

    async def _hear(self, call: Call, target: Target) -> None:
        def work(session: Session) -> list[Booked]:
            return [_booked(each) for each in booking.coming(session, target.exchange, target.number)]

        booked = await self._store.read(work)
        await self._say(call, self._phrases.bookings(booked, self._today()))

    async def _cancel(self, call: Call, target: Target, *, every: bool) -> None:
        now_utc = self._now_utc()

        def work(session: Session) -> bool:
            coming = booking.coming(session, target.exchange, target.number, to_change=True)
            for occurrence in coming if every else coming[:1]:
                if every or occurrence.alarm.recurrence == "once":
                    booking.cancel(session, occurrence, "dialled", now_utc)
                else:
                    booking.skip(session, occurrence, "dialled", now_utc)
            return bool(coming)

        some = await self._store.write(work)
        done = "all_cancelled" if every else "cancelled"
        await self._say(call, (done,) if some else ("no_alarms",))

    async def _opt(self, call: Call, target: Target, *, out: bool) -> None:
        now_utc = self._now_utc()
        said_by = opt_outs.dialled_by(target)
        if out:
            await self._store.write(opt_outs.opt_out, self._trust, target, said_by, now_utc)
            await self._say(call, ("opt_out_done",))
            return
        answer = await self._store.write(opt_outs.take_back, self._trust, target, said_by, now_utc)
        await self._say(call, ("opt_in_done",) if isinstance(answer, Granted) else (refusal_clip(answer),))

    def _target(self, call: Call) -> Target | Refused:
        exchange = self._exchange_of.get(call.extension, "")
        rules = self._trust.exchanges.get(exchange)
        if rules is None or call.caller.trust is CallerTrust.CLAIM:
            return Refused(Reason.CLAIM, exchange=exchange)
        return target_of(call.caller, exchange=exchange, extension=call.extension, rules=rules)

    def _wish(
        self, target: Target, civil_time: time, recurrence: Recurrence, kind: AlarmKind = AlarmKind.WAKE
    ) -> Wish:
        return Wish(
            telephone=Telephone(target.exchange, target.extension, target.number, target.trunk),
            civil_time=civil_time,
            booked_by=target.number,
            booked_how=BookedHow.DIGITS,
            recurrence=recurrence,
            zone=self._config.zone,
            policy=PROOF_POLICY if kind is AlarmKind.PROOF else self._config.policy,
            language=self._phrases.name,
            kind=kind,
        )

    def _today(self) -> date:
        return self._now_utc().astimezone(ZoneInfo(self._config.zone)).date()

    async def _say(self, call: Call, names: Names) -> None:
        await call.play(*(self._clips[name] for name in names))


def _booked(occurrence: Occurrence) -> Booked:
    alarm = occurrence.alarm
    return Booked(occurrence.due_utc.astimezone(ZoneInfo(alarm.zone)), Recurrence.parse(alarm.recurrence))


def _looks_like_a_time(dialled_digits: str) -> bool:
    """Whether it was a time, but for its minutes: those who dial 75990 want 59 minutes past something."""
    return len(dialled_digits) in {5, 6}
