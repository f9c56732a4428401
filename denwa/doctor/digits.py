"""Whether a key that is pressed arrives once, and by which way."""

from denwa.doctor.finding import NOTHING_TO_DO, Finding, Level, said
from denwa.doctor.self_call import DIGIT, Talk
from denwa.doctor.subject import Subject
from denwa.language import Text
from exchange.sip.leg import DigitSource

CHECK = "digits"
AUTO = ("[endpoint]", "dtmf_mode = auto")
"""telephone-event where the other side has it, else tones."""

_ONCE = Text(
    "A key that is pressed arrives once, as telephone-event (RFC 4733).",
    "押したキーは telephone-event (RFC 4733) で一度だけ届きます。",
)
_OTHERWISE = Text(
    "A key that is pressed arrives, but by {ways} instead of telephone-event (RFC 4733).",
    "押したキーは届きますが、telephone-event (RFC 4733) ではなく {ways} によります。",
)
_DOUBLE = Text(
    "One key pressed arrives as {digits}: by {ways}.", "一度押したキーが {digits} として届きます ({ways})。"
)
_NEVER = Text("A key that is pressed does not arrive.", "押したキーが届きません。")
_SET_MODE = Text(
    "Let the exchange use telephone-event for extension {user}. MikoPBX: Extensions → {user} → SIP settings → DTMF mode, or "
    "Additional parameters; plain Asterisk: the endpoint in pjsip.conf:",
    "内線 {user} で telephone-event を使わせてください。MikoPBX: 従業員 → {user} → SIP 設定 → DTMF モードまたは"
    "追加パラメータ、素の Asterisk: pjsip.conf の endpoint に:",
)
_WAYS = {
    DigitSource.EVENT: Text("telephone-event", "telephone-event"),
    DigitSource.INFO: Text("SIP INFO", "SIP INFO"),
    DigitSource.INBAND: Text("tones", "音声中のトーン"),
}


def judge(subject: Subject, talk: Talk) -> Finding:
    """How the 5 that was pressed came."""
    ways = Text(
        " + ".join(_WAYS[way].en for way in talk.digit_ways),
        " + ".join(_WAYS[way].ja for way in talk.digit_ways),
    )
    if talk.digits == DIGIT and DigitSource.EVENT in talk.digit_ways:
        return Finding(CHECK, Level.OK, _ONCE, NOTHING_TO_DO, subject=subject.name)
    if not talk.digits:
        level, what = Level.FAIL, _NEVER
    elif talk.digits == DIGIT:
        level, what = Level.WARN, said(_OTHERWISE, ways=ways)
    else:
        level, what = Level.FAIL, said(_DOUBLE, digits=talk.digits, ways=ways)
    return Finding(CHECK, level, what, said(_SET_MODE, user=subject.user), AUTO, subject=subject.name)
