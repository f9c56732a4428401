"""The calls that come in: what the dialled digits ask for is done, and said."""

from collections.abc import Mapping

import structlog

from exchange.sip.call import Call
from services.wakeup import dialled
from services.wakeup.dialled import Asked, Simple, read_dialled
from services.wakeup.doing import do
from services.wakeup.menu import menu
from services.wakeup.new_bookings import book_at, book_in, book_trial
from services.wakeup.office import Office
from services.wakeup.phrases import Names
from services.wakeup.refusals import refusal
from store.errors import StoreError
from trust.answers import Reason, Refused
from trust.target import Target, target_of

log = structlog.get_logger()


async def serve(offices: Mapping[str, Office], language: str, call: Call) -> None:
    """Answer, do what the digits ask for, and say so, in this language at first. Raises CallEnded."""
    await call.answer()
    office = offices[language]
    target = _target(office, call)
    if isinstance(target, Refused):
        log.info("wakeup_refused", reason=target.reason.value, trunk=target.trunk)
        await office.say(call, refusal(office, target))
        return
    try:
        prefix, after = office.config.prefix, call.dialled.removeprefix(office.config.prefix)
        # a range of the extension that does not begin with the prefix would be read as other times
        asked = read_dialled(after) if call.dialled.startswith(prefix) else dialled.Wrong()
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
        case dialled.Wrong():
            await office.say(call, _wrong(office, call))
        case _:
            await office.say(call, await do(office, target, asked))


def _wrong(office: Office, call: Call) -> Names:
    """As long as a time, but there is no such time; or nothing at all."""
    wrong = "wrong_time" if len(call.dialled) - len(office.config.prefix) in {4, 5} else "not_understood"
    return (wrong, *office.phrases.how_to_dial(office.config.prefix))


def _target(office: Office, call: Call) -> Target | Refused:
    exchange = office.exchange_of.get(call.extension, "")
    rules = office.trust.exchanges.get(exchange)
    if rules is None:
        return Refused(Reason.CLAIM, exchange=exchange)
    return target_of(call.caller, exchange=exchange, extension=call.extension, rules=rules)
