"""The test beside a running `denwa serve`: a caller only, who hears the service that is there."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from audio.levels import level_dbm0
from denwa.doctor import busy_gate, codecs, numbers, sound
from denwa.doctor.busy_gate import Gate, Tried
from denwa.doctor.clip_ear import count_clip, named_key
from denwa.doctor.ends import Caller
from denwa.doctor.finding import NOTHING_TO_DO, Finding, Level, Progress, said
from denwa.doctor.handpiece import LEAST_DBM0, Handpiece, Sound
from denwa.doctor.subject import Subject
from denwa.language import Language, Text
from exchange.sip.call import Call, CallEnded
from exchange.sip.dialler import NotReached

ECHO, CLOCK = "echo", "clock"
PITCH_HZ = 1020.0
ECHO_S = 15.0
"""The echo greets and reads the caller's number back before it gives anything back."""
HEAR_S = 3.0
"""No pause of the clock is as long."""
DIGIT = "5"
DIGIT_LENGTH_S = 0.12
NAMED_S, AGAIN_S = 6.0, 2.0
"""The echo names a key within this time, and would have named it again within the next."""
NO_PACKETS_S = 1.5
_LOOK_EVERY_S = 0.05
_CLIP_EVERY_S = 0.3
_DIGITS = "digits"

_CALLING = Text(
    "{user} calls {number}, where denwa answers …", "{user} から、denwa が応答する {number} にかけています…"
)
_ECHOED = Text(
    "Sound flows both ways: {number} gives back what it hears ({received} packets came, {lost} were lost).",
    "音は両方向に届きます。{number} が音を返します (受信 {received} パケット、損失 {lost})。",
)
_DEAF = Text(
    "Sound flows one way only: {number} is heard, but does not hear us.",
    "片方の音しか届きません。{number} の音は聞こえますが、こちらの音は届いていません。",
)
_HEARD = Text(
    "The service at {number} is heard: {received} packets came, {lost} were lost. Whether it hears its caller was not "
    "tried: give a number to the echo for that.",
    "{number} の音は聞こえます (受信 {received} パケット、損失 {lost})。こちらの音が届くかは試していません。試すには echo "
    "に番号を付けてください。",
)
_SILENT = Text(
    "The service at {number} answers, but nothing is heard.", "{number} は応答しますが、音が聞こえません。"
)
_NAMED = Text(
    "A key that is pressed arrives once: {number} names it.",
    "押したキーは一度だけ届きます ({number} が読み上げます)。",
)
_NOT_NAMED = Text(
    "A key was pressed, but {number} named it {times} times.",
    "キーを一度押しましたが、{number} は {times} 回読み上げました。",
)
_SET_MODE = Text(
    "Stop `denwa serve` and run this again: then the way that a key comes by is seen.",
    "`denwa serve` を止めてもう一度試すと、キーがどのように届くかが分かります。",
)
_LAW = Text(
    "{law}, {ptime} ms a packet, on the caller's leg. The other leg is the running denwa's: its log tells.",
    "発信側の区間は {law}、1 パケット {ptime} ms。もう一方は動いている denwa の側です (ログに出ます)。",
)


@dataclass(frozen=True, slots=True)
class LiveCall:
    """What a call to the running service showed; `echoed` and `named` are None where they were not tried."""

    sound: Sound
    loudest_dbm0: float
    echoed: bool | None
    named: int | None


async def examine_live(
    caller: Caller,
    subject: Subject,
    language: Language,
    found: Callable[[Finding], None],
    progress: Progress,
) -> None:
    """Try what a caller can; `language` is the one that the service speaks."""
    number = number_to_call(subject)
    if number is None:
        found(await _check_gate(caller, subject, subject.user))
        return
    progress(said(_CALLING, user=subject.user, number=number))
    try:
        async with caller.ring(subject.name, number) as call:
            for finding in numbers.judge(subject, [number], [], None):
                found(finding)
            heard = await _hear(call, language, echoes=subject.numbers[number] == ECHO)
            for finding in judge(subject, number, heard):
                found(finding)
            found(await _check_gate(caller, subject, number))
    except (NotReached, CallEnded) as error:
        for finding in numbers.judge(subject, [], [number], error):
            found(finding)


def number_to_call(subject: Subject) -> str | None:
    """A number that gives sound, the echo's first; None where there are only ranges."""
    wishes = (ECHO, CLOCK)
    fixed = subject.fixed_numbers
    wanted = [number for service in wishes for number in fixed if subject.numbers[number] == service]
    return next(iter([*wanted, *fixed]), None)


def judge(subject: Subject, number: str, heard: LiveCall) -> list[Finding]:
    """What to say of the call."""
    findings = [_of_sound(subject, number, heard)]
    if heard.sound.law:
        findings.append(codecs.of_one_leg(subject, heard.sound, _LAW))
    if heard.named is not None:
        level, what = (Level.OK, _NAMED) if heard.named == 1 else (Level.FAIL, _NOT_NAMED)
        remedy = NOTHING_TO_DO if heard.named == 1 else _SET_MODE
        what = said(what, number=number, times=heard.named)
        findings.append(Finding(_DIGITS, level, what, remedy, subject=subject.name))
    return findings


def _of_sound(subject: Subject, number: str, heard: LiveCall) -> Finding:
    if not heard.sound.received or heard.echoed is False:
        finding = sound.judge(subject, heard.sound, Sound(0, 0, 0, 0.0, False, "", 0))
        return replace(finding, what=said(_DEAF, number=number)) if heard.sound.received else finding
    values = {"number": number, "received": heard.sound.received, "lost": heard.sound.lost}
    if heard.echoed:
        return Finding(sound.CHECK, Level.OK, said(_ECHOED, **values), subject=subject.name)
    if heard.loudest_dbm0 < LEAST_DBM0:
        return Finding(sound.CHECK, Level.FAIL, said(_SILENT, **values), subject=subject.name)
    return Finding(sound.CHECK, Level.NOTE, said(_HEARD, **values), subject=subject.name)


async def _hear(call: Call, language: Language, *, echoes: bool) -> LiveCall:
    end = Handpiece(call, says_hz=PITCH_HZ, listens_hz=PITCH_HZ)
    try:
        async with call.run(end.handset):
            loudest_dbm0 = await _listen(end, ECHO_S if echoes else HEAR_S, until_tone=echoes)
            heard = end.sound()
            named = await _press(call, end, language) if echoes and heard.heard else None
        return LiveCall(heard, loudest_dbm0, heard.heard if echoes else None, named)
    finally:
        end.close()


async def _listen(end: Handpiece, at_most_s: float, *, until_tone: bool) -> float:
    """Say the tone and listen; the loudest moment."""
    start_monotonic_s = time.monotonic()
    loudest_dbm0 = -np.inf
    while (elapsed_s := time.monotonic() - start_monotonic_s) < at_most_s:
        end.work(elapsed_s)
        loudest_dbm0 = max(loudest_dbm0, level_dbm0(end.heard[-800:]))
        if (until_tone and end.hears()) or (elapsed_s > NO_PACKETS_S and not end.sound().received):
            break
        await asyncio.sleep(_LOOK_EVERY_S)
    return float(loudest_dbm0)


async def _press(call: Call, end: Handpiece, language: Language) -> int:
    """Press a key, and count how often it is named."""
    named = named_key(language, DIGIT)
    await call.press(DIGIT, DIGIT_LENGTH_S)
    end.forget()
    until_monotonic_s = time.monotonic() + NAMED_S
    times = 0
    while time.monotonic() < until_monotonic_s:
        end.work(0, says=False)
        await asyncio.sleep(_CLIP_EVERY_S)
        if times == 0 and (times := count_clip(end.heard, named)):
            until_monotonic_s = min(until_monotonic_s, time.monotonic() + AGAIN_S)
    return count_clip(end.heard, named)


async def _check_gate(caller: Caller, subject: Subject, number: str) -> Finding:
    return await busy_gate.check_gate(subject, number, lambda dialled: _dial(caller, subject, dialled))


async def _dial(caller: Caller, subject: Subject, number: str) -> Tried:
    """Dial: the running denwa says 404 to the extension's own number where that is none of its numbers."""
    ours = number in subject.numbers
    try:
        async with caller.ring(subject.name, number):
            return (Gate.OPEN if ours else Gate.UNKNOWN), None
    except NotReached as error:
        if error.end.status == 404 and not ours:
            return Gate.OPEN, None
        return busy_gate.of_refusal(error.end)
    except CallEnded:
        return Gate.UNKNOWN, None
