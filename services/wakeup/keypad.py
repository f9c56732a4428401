"""Asking by voice, answered by keys: barge-in, time-outs, three tries. Never * or #, which exchanges take for themselves."""

import hmac

from exchange.sip.call import Call
from services.wakeup.office import Office
from services.wakeup.phrases import Names
from services.wakeup.refusals import refusal
from trust.answers import Refused
from trust.gate import may_try_pin
from trust.target import Target

TRIES = 3
ANSWER_S = 6.0
"""How long the first key is waited for after the question, in seconds."""
NEXT_KEY_S = 4.0
"""How long after one key the next one of a number may come."""
LONGEST_NUMBER = 20
_DIGITS = "0123456789"


class GaveUp(Exception):  # noqa: N818 - an event
    """Three times there was no answer, or one that means nothing."""


async def choose(office: Office, call: Call, question: Names, choices: str) -> str:
    """The key of `choices` that was pressed; help after silence, a word of it after a wrong one. Raises GaveUp."""
    said = question
    for _ in range(TRIES):
        pressed = await _ask(office, call, said)
        if pressed and pressed in choices:
            return pressed
        said = ("menu_wrong" if pressed else "menu_help", *question)
    raise GaveUp


async def digits(office: Office, call: Call, question: Names, count: int) -> str:
    """So many digits, one after the other. Raises GaveUp."""
    said = question
    for _ in range(TRIES):
        pressed = await number(office, call, said, most=count)
        if len(pressed) == count:
            return pressed
        said = ("menu_wrong" if pressed else "menu_help", *question)
    raise GaveUp


async def number(office: Office, call: Call, question: Names, *, most: int = LONGEST_NUMBER) -> str:
    """What is pressed until a pause, at most so many digits; "" for nothing."""
    pressed = await _ask(office, call, question) or ""
    while pressed and len(pressed) < most:
        key = await call.digit(NEXT_KEY_S)
        if key is None or key not in _DIGITS:
            break
        pressed += key
    return pressed


async def ask_pin(office: Office, call: Call, target: Target) -> None:
    """Return once the operator's PIN was pressed, at once where he wants none. Raises GaveUp, StoreError."""
    if office.config.pin is None:
        return
    wanted = office.config.pin.get_secret_value()
    for _ in range(TRIES):
        pressed = await number(office, call, ("menu_pin",), most=len(wanted))
        # counted before it is compared: whoever calls many times at once tries no more than others
        may_try = await office.store.write(may_try_pin, office.trust, target, office.now_utc())
        if isinstance(may_try, Refused):
            await office.say(call, refusal(office, may_try))
            break
        if hmac.compare_digest(pressed.encode(), wanted.encode()):
            return
        await office.say(call, ("menu_wrong",))
    raise GaveUp


async def _ask(office: Office, call: Call, names: Names) -> str | None:
    pressed = await call.play(*(office.clips[name] for name in names), until=_DIGITS)
    if pressed is None:
        pressed = await call.digit(ANSWER_S)
    return pressed if pressed is not None and pressed in _DIGITS else None
