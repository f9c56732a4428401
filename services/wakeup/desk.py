"""The calls that come in: what the dialled digits ask for is done, and said."""

from collections.abc import Mapping

import structlog

from exchange.sip.call import Call
from schedules.attempts import acknowledge_by_call
from services.wakeup import changes, dialled
from services.wakeup.dialled import Asked, Simple, read_dialled
from services.wakeup.menu import menu
from services.wakeup.new_bookings import book_at, book_in, book_trial
from services.wakeup.office import Office
from services.wakeup.phrases import Names
from services.wakeup.refusals import refusal_clip
from store.errors import StoreError
from trust import codes, opt_outs
from trust.answers import Answer, Granted, Reason, Refused
from trust.target import Target, target_of

log = structlog.get_logger()


async def serve(offices: Mapping[str, Office], language: str, call: Call) -> None:
    """Answer, do what the digits ask for, and say so, in this language at first. Raises CallEnded."""
    await call.answer()
    office = offices[language]
    target = _target(office, call)
    if isinstance(target, Refused):
        log.info("wakeup_refused", reason=target.reason.value, trunk=target.trunk)
        await office.say(call, (refusal_clip(target),))
        return
    try:
        asked = read_dialled(call.dialled.removeprefix(office.config.prefix))
        if asked is Simple.MENU:
            await menu(offices, language, call, target)
        else:
            await _do(office, call, asked, target)
    except StoreError as error:
        log.warning("wakeup_not_kept", reason=str(error))
        await office.say(call, ("fault",))


async def _do(office: Office, call: Call, asked: Asked, target: Target) -> None:
    match asked:
        case dialled.At():
            await book_at(office, call, target, asked)
        case dialled.InMinutes(minutes):
            await book_in(office, call, target, minutes)
        case Simple.RING_BACK:
            await book_trial(office, call, target)
        case _:
            await office.say(call, await _changed(office, call, asked, target))


async def _changed(  # noqa: PLR0911 - one for each thing that can be asked for
    office: Office, call: Call, asked: Asked, target: Target
) -> Names:
    """Do what is neither a booking nor a trial; what is to be said of it."""
    write, now_utc = office.store.write, office.now_utc()
    match asked:
        case dialled.Later(by):
            booked = await write(changes.postpone_next, target, by, now_utc)
            return office.phrases.next_call(booked.due_local, office.today()) if booked else ("no_alarms",)
        case dialled.Awake(code):
            over = await write(acknowledge_by_call, target.exchange, target.number, code, now_utc)
            return ("acknowledged", "goodbye") if over else ("code_wrong",)
        case dialled.Proof(code):
            return _said(await write(codes.confirm_by_dialling, target, code, now_utc), "proof_done")
        case Simple.HEAR:
            return office.phrases.bookings(await office.store.read(changes.coming, target), office.today())
        case Simple.CANCEL_NEXT:
            return ("cancelled" if await write(changes.cancel_next, target, now_utc) else "no_alarms",)
        case Simple.CANCEL_ALL:
            return ("all_cancelled" if await write(changes.cancel_all, target, now_utc) else "no_alarms",)
        case Simple.OPT_OUT:
            await write(opt_outs.opt_out, office.trust, target, opt_outs.dialled_by(target), now_utc)
            return ("opt_out_done",)
        case Simple.OPT_IN:
            said_by = opt_outs.dialled_by(target)
            return _said(
                await write(opt_outs.take_back, office.trust, target, said_by, now_utc), "opt_in_done"
            )
    # as long as a time, but there is no such time
    wrong = "wrong_time" if len(call.dialled) - len(office.config.prefix) in {4, 5} else "not_understood"
    return (wrong, *office.phrases.how_to_dial(office.config.prefix))


def _said(answer: Answer, done: str) -> Names:
    return (done,) if isinstance(answer, Granted) else (refusal_clip(answer),)


def _target(office: Office, call: Call) -> Target | Refused:
    exchange = office.exchange_of.get(call.extension, "")
    rules = office.trust.exchanges.get(exchange)
    if rules is None:
        return Refused(Reason.CLAIM, exchange=exchange)
    return target_of(call.caller, exchange=exchange, extension=call.extension, rules=rules)
