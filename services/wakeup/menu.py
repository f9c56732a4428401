"""The same as by dialled digits, and more, for telephones with keys: dial 3511 behind the prefix."""

from collections.abc import Mapping
from datetime import timedelta

from exchange.sip.call import Call
from schedules.dialled_time import DialledTime, read_dialled_time
from schedules.errors import ScheduleError
from schedules.recurrence import Kind, Recurrence
from services.wakeup import changes
from services.wakeup.dialled import DAYS, At, Later, Simple, weekly
from services.wakeup.doing import do
from services.wakeup.keypad import TRIES, GaveUp, ask_pin, choose, digits, number
from services.wakeup.new_bookings import Extras, book_at, book_in, book_trial
from services.wakeup.office import Office
from services.wakeup.phrases import Names
from trust.answers import Granted, Reason
from trust.gate import may_be_second
from trust.target import Target

RECURRENCES = {"1": Kind.ONCE, "2": Kind.DAILY, "3": Kind.WORKDAYS, "4": Kind.HOLIDAYS}
MESSAGES = {str(n + 1): f"message_{n}" for n in range(4)}
WEEKLY = "5"
AT_ONCE = {"2": Simple.HEAR, "4": Simple.CANCEL_NEXT, "6": Simple.CANCEL_ALL}
MOST_ROUNDS = 20
"""How often one call may go through the menu."""


async def menu(offices: Mapping[str, Office], language: str, call: Call, target: Target) -> None:
    """Ask what is wanted and do it, until the caller hangs up or gives up. Raises CallEnded, StoreError."""
    try:
        await ask_pin(offices[language], call, target)
        for _ in range(MOST_ROUNDS):
            office = offices[language]
            match await choose(office, call, ("menu_main",), "1234567"):
                case "1":
                    await _book(office, call, target)
                case "5":
                    language = next(other for other in offices if other != language)
                case "3":
                    await office.say(call, await _retime(office, call, target))
                case "7":
                    await _more(office, call, target)
                case key:
                    await office.say(call, await do(office, target, AT_ONCE[key]))
    except GaveUp:
        await offices[language].say(call, ("menu_bye",))


async def _book(office: Office, call: Call, target: Target) -> None:
    at = await _days(office, call, await _time(office, call))
    message = MESSAGES[await choose(office, call, ("menu_message",), "".join(MESSAGES))]
    second = await _second(office, call, target)
    await book_at(office, call, target, at, extras=Extras(message, second))


async def _days(office: Office, call: Call, time: DialledTime) -> At:
    key = await choose(office, call, ("menu_recurrence",), "".join(RECURRENCES) + WEEKLY)
    if key == WEEKLY:
        return weekly(await choose(office, call, ("menu_weekday",), DAYS), time)
    return At(time, Recurrence(RECURRENCES[key]))


async def _more(office: Office, call: Call, target: Target) -> None:
    match await choose(office, call, ("menu_more",), "12345"):
        case "1":
            await book_in(office, call, target, await _minutes(office, call))
        case "2":
            await book_trial(office, call, target)
        case "3":
            by = timedelta(minutes=await _minutes(office, call))
            await office.say(call, await do(office, target, Later(by)))
        case "4":
            if await choose(office, call, ("menu_sure",), "12") == "1":
                await office.say(call, await do(office, target, Simple.OPT_OUT))
        case _:
            await office.say(call, await do(office, target, Simple.OPT_IN))


async def _minutes(office: Office, call: Call) -> int:
    for _ in range(TRIES):
        if minutes := int(await digits(office, call, ("menu_minutes",), 2)):
            return minutes
        await office.say(call, ("menu_wrong",))
    raise GaveUp


async def _time(office: Office, call: Call) -> DialledTime:
    for _ in range(TRIES):
        pressed = await digits(office, call, ("menu_time",), 4)
        try:
            return read_dialled_time(pressed)
        except ScheduleError:
            await office.say(call, ("wrong_time",))
    raise GaveUp


async def _second(office: Office, call: Call, target: Target) -> Target | None:
    """A second number at the caller's exchange that he may name; None where none is wanted."""
    rules = office.trust.exchanges[target.exchange]
    for _ in range(TRIES):
        pressed = await number(office, call, ("menu_second_number",))
        if not pressed or pressed == target.number:
            return None
        second = target.other(pressed, rules)
        answer = await office.store.read(may_be_second, office.trust, target, second, office.now_utc())
        if isinstance(answer, Granted):
            return second
        unproved = answer.reason is Reason.UNPROVED
        await office.say(call, ("second_refused" if unproved else "not_allowed",))
    return None


async def _retime(office: Office, call: Call, target: Target) -> Names:
    time = await _time(office, call)
    try:
        booked = await office.store.write(changes.retime_next, target, time.civil_time, office.now_utc())
    except ScheduleError:  # its zone is not known here any more
        return ("fault",)
    return office.phrases.changed(booked, office.today()) if booked else ("no_alarms",)
