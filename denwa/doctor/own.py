"""The whole test, where nobody is registered as the extension: both ends of the calls are ours."""

from collections.abc import Callable

from denwa.doctor import busy_gate, codecs, digits, numbers, sound
from denwa.doctor.busy_gate import Gate, Tried
from denwa.doctor.ends import BothEnds
from denwa.doctor.finding import Finding, Level, Progress, said
from denwa.doctor.pair import Astray, Pair, connected
from denwa.doctor.self_call import talk
from denwa.doctor.subject import Subject
from denwa.language import Text
from exchange.sip.call import CallEnded
from exchange.sip.dialler import NotReached

NOT_ACCEPTABLE = frozenset({488, 606})

_CALLING = Text(
    "{user} calls {number} by way of {exchange} …", "{user} が {exchange} を通して {number} にかけています…"
)
_TRYING_NUMBERS = Text("dialling each number …", "それぞれの番号にかけています…")
_NO_CALL = Text(
    "Sound, codecs and digits were not tried, since no call comes back from the exchange.",
    "交換機から着信がないため、音、符号、キーは試していません。",
)
_CUT_OFF = Text(
    "The exchange ended the call while sound was tried ({status} {reason}).",
    "音を試している間に交換機が通話を切りました ({status} {reason})。",
)


async def examine_own(
    ends: BothEnds, subject: Subject, found: Callable[[Finding], None], progress: Progress
) -> None:
    """Try everything that two ends can try of one extension, which is registered."""
    tried: tuple[str, ...] = ()
    refusal: Astray | None = None
    for number in [*subject.fixed_numbers[:1], subject.user]:
        progress(said(_CALLING, user=subject.user, number=number, exchange=subject.exchange))
        try:
            async with connected(ends, subject.name, number) as pair:
                tried = (number,)
                await _within_call(ends, pair, subject, number, found)
            break
        except Astray as error:
            refusal = error
        except (NotReached, CallEnded) as error:
            found(_cut_off(subject, error))
            break
    else:
        assert refusal is not None  # noqa: S101 - at least one number was dialled
        if not _without_call(subject, refusal, found):
            return
    progress(_TRYING_NUMBERS)
    for finding in await numbers.check_numbers(ends, subject, tried):
        found(finding)


async def _within_call(
    ends: BothEnds, pair: Pair, subject: Subject, number: str, found: Callable[[Finding], None]
) -> None:
    heard = await talk(pair)
    found(sound.judge(subject, heard.caller, heard.called))
    if heard.caller.law and heard.called.law:
        found(codecs.judge(subject, heard.caller, heard.called))
    if heard.caller.received and heard.called.received:
        found(digits.judge(subject, heard))
    if subject.caps[""] > busy_gate.HELD + 1:
        found(await busy_gate.check_gate(subject, number, lambda dialled: _dial(ends, subject, dialled)))


def _without_call(subject: Subject, refusal: Astray, found: Callable[[Finding], None]) -> bool:
    """Say what no call coming back means, and whether other numbers may fare better."""
    end = refusal.end
    if end is not None and end.status in NOT_ACCEPTABLE:
        found(codecs.refused(subject, end.status, end.reason))
        return False
    found(busy_gate.judge(subject, *busy_gate.of_refusal(end)))
    found(Finding(sound.CHECK, Level.NOTE, _NO_CALL, subject=subject.name))
    return True


async def _dial(ends: BothEnds, subject: Subject, number: str) -> Tried:
    try:
        async with connected(ends, subject.name, number):
            return Gate.OPEN, None
    except Astray as error:
        return busy_gate.of_refusal(error.end)
    except (NotReached, CallEnded):
        return Gate.OPEN, None  # it had come through


def _cut_off(subject: Subject, error: NotReached | CallEnded) -> Finding:
    end = error.end
    what = said(_CUT_OFF, status=end.status or "", reason=end.reason)
    return Finding(sound.CHECK, Level.FAIL, what, subject=subject.name)
