"""What the exchange chose for each leg: the law of G.711 and the packets' length."""

from denwa.doctor.finding import NOTHING_TO_DO, Finding, Level, said
from denwa.doctor.handpiece import Sound
from denwa.doctor.subject import Subject
from denwa.language import Text

CHECK = "codecs"
ALLOW = ("[endpoint]", "disallow = all", "allow = alaw,ulaw")
"""For MikoPBX's additional parameters, and for an endpoint in pjsip.conf alike."""

_SAME = Text("{law}, {ptime} ms a packet, on both legs.", "両方の区間とも {law}、1 パケット {ptime} ms。")
_TRANSCODES = Text(
    "The exchange transcodes: {caller} on the caller's leg, {called} on the called one. Speech bears it, fax and modems "
    "hardly.",
    "交換機が符号を変換しています。発信側 {caller}、着信側 {called}。音声は問題ありませんが、FAX とモデムには不向きです。",
)
_REPACKS = Text(
    "{law} on both legs, but {caller} ms a packet on the caller's leg and {called} ms on the called one.",
    "両方の区間とも {law} ですが、1 パケットの長さが発信側 {caller} ms、着信側 {called} ms です。",
)
_ALLOW_BOTH = Text(
    "Allow extension {user} both laws, so that one goes through. MikoPBX: Extensions → {user} → SIP settings → Additional "
    "parameters; plain Asterisk: the endpoint in pjsip.conf:",
    "内線 {user} に両方を許し、片方で通せるようにしてください。MikoPBX: 従業員 → {user} → SIP 設定 → 追加パラメータ、"
    "素の Asterisk: pjsip.conf の endpoint に:",
)
_REFUSED = Text(
    "The exchange lets extension {user} speak neither PCMU nor PCMA ({status} {reason}).",
    "交換機は内線 {user} に PCMU も PCMA も許していません ({status} {reason})。",
)


def judge(subject: Subject, caller: Sound, called: Sound) -> Finding:
    """Whether both legs speak the same."""
    if caller.law != called.law:
        return Finding(
            CHECK,
            Level.WARN,
            said(_TRANSCODES, caller=caller.law, called=called.law),
            said(_ALLOW_BOTH, user=subject.user),
            ALLOW,
            subject=subject.name,
        )
    if caller.ptime_ms != called.ptime_ms:
        what = said(_REPACKS, law=caller.law, caller=caller.ptime_ms, called=called.ptime_ms)
        return Finding(CHECK, Level.NOTE, what, subject=subject.name)
    return of_one_leg(subject, caller)


def of_one_leg(subject: Subject, sound: Sound, what: Text = _SAME) -> Finding:
    """A good word on what was agreed."""
    text = said(what, law=sound.law, ptime=sound.ptime_ms)
    return Finding(CHECK, Level.OK, text, NOTHING_TO_DO, subject=subject.name)


def refused(subject: Subject, status: int, reason: str) -> Finding:
    """488 or 606 (RFC 3261): the exchange accepts none of our codecs."""
    return Finding(
        CHECK,
        Level.FAIL,
        said(_REFUSED, user=subject.user, status=status, reason=reason),
        said(_ALLOW_BOTH, user=subject.user),
        ALLOW,
        subject=subject.name,
    )
