"""Whether the exchange lets more than one call through to an extension: found by calling while a call is up.

MikoPBX takes an extension for busy from its first call on (device_state_busy_at = 1), and says 486 to the next caller of
which denwa never hears. Numbers pasted from `denwa dialplan` go past that gate; the extension's own number does not.
"""

from collections.abc import Awaitable, Callable
from enum import Enum

from denwa.doctor.finding import NOTHING_TO_DO, Finding, Level, said
from denwa.doctor.subject import Subject
from denwa.language import Text
from exchange.network.dialplan import Place
from exchange.sip.leg import End

CHECK = "busy gate"
HELD = 2
"""A call to ourselves counts twice at the exchange: its caller, and its called end."""
BUSY = frozenset({486, 600})

_OPEN = Text(
    "A second call is let through to extension {user} while a first one is up.",
    "内線 {user} は通話中でも 2 本目の着信を受けられます。",
)
_CLOSED = Text(
    "The exchange says busy ({status}) to whoever calls {number} while extension {user} has a call: denwa never hears of "
    "that caller.",
    "内線 {user} が通話中だと、{number} にかけた次の人に交換機が話中 ({status}) を返し、その着信は denwa に届きません。",
)
_PASTE = Text(
    "MikoPBX: Extensions → {user} → SIP settings → Additional parameters (plain Asterisk: the endpoint in pjsip.conf):",
    "MikoPBX: 従業員 → {user} → SIP 設定 → 追加パラメータ (素の Asterisk: pjsip.conf の endpoint) に:",
)
_UNKNOWN = Text(
    "Whether a second call is let through to extension {user} could not be tried: the exchange does not let it call its own "
    "number ({how}).",
    "内線 {user} に 2 本目の着信が通るかは試せませんでした。交換機が自分の番号への発信を通しません ({how})。",
)
_BY_HAND = Text(
    "It matters only where somebody dials {user} itself. By hand: call it from two telephones at once; if the second one "
    "hears busy, paste this. MikoPBX: Extensions → {user} → SIP settings → Additional parameters:",
    "{user} そのものにかける人がいる場合だけ関係します。2 台の電話機から同時にかけて、2 台目が話中なら次を貼り付けてください。"
    "MikoPBX: 従業員 → {user} → SIP 設定 → 追加パラメータ:",
)
_ANSWERED = Text("it answers itself", "交換機が応答")


class Gate(Enum):
    """What became of a call to the extension's own number."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


Tried = tuple[Gate, End | None]
"""What became of it, and how the exchange ended it where it did."""


async def check_gate(subject: Subject, number: str, dial: Callable[[str], Awaitable[Tried]]) -> Finding:
    """While a call to `number` is up, dial it a second time, by `dial`, then the extension's own number."""
    if number != subject.user and subject.cap(number) > 1:
        gate, end = await dial(number)
        if gate is Gate.CLOSED:
            return judge(subject, gate, end, number)
    return judge(subject, *await dial(subject.user))


def of_refusal(end: End | None) -> Tried:
    """What a refusal says, of which nothing came to us."""
    return (Gate.CLOSED if end is not None and end.status in BUSY else Gate.UNKNOWN), end


def judge(subject: Subject, gate: Gate, end: End | None, number: str = "") -> Finding:
    """The finding on what became of a second call to `number` ("": the extension's own), with denwa's own lines."""
    status = end.status if end is not None else ""
    if gate is Gate.OPEN:
        return Finding(CHECK, Level.OK, said(_OPEN, user=subject.user), NOTHING_TO_DO, subject=subject.name)
    lines = subject.to_paste(Place.EXTENSION)
    if gate is Gate.CLOSED:
        what = said(_CLOSED, user=subject.user, number=number or subject.user, status=status)
        return Finding(CHECK, Level.FAIL, what, said(_PASTE, user=subject.user), lines, subject=subject.name)
    how = _ANSWERED if end is None else Text(f"{status} {end.reason}", f"{status} {end.reason}")
    what = said(_UNKNOWN, user=subject.user, how=how)
    return Finding(CHECK, Level.NOTE, what, said(_BY_HAND, user=subject.user), lines, subject=subject.name)
