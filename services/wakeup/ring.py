"""Rings one telephone for an alarm, and hears whether somebody is awake."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime

from audio.clip import Clip
from exchange.sip.call import Call, CallEnded
from exchange.sip.dialler import Dialler, NeverLeft, NotReached
from exchange.sip.leg import End, EndedBy
from schedules.attempts import LONGEST_CALL
from schedules.civil_due import told_zone
from schedules.duty import Report
from schedules.outcomes import Outcome, Purpose
from schedules.rows import AlarmKind
from schedules.taking import Ring
from services.wakeup.conversation import YES, Conversation, Interrupted, converse
from services.wakeup.dialled import ACKNOWLEDGES, Simple
from services.wakeup.phrases import Names, Phrases
from services.wakeup.proving import CODE_KINDS, Occasion, Spoken
from store.errors import StoreError
from trust import codes

ROUNDS = 3
"""How often it is all said before the call ends by itself."""
BREATH_S = 1.5
"""The pause before the question, in seconds: a machine that speaks over our words is heard in it."""
NEVER = "88"
"""Pressed in a proving call: never ring this telephone again. None of a code's digits, and twice, as 8 may be the prefix."""
NEXT_KEY_S = 6.0
"""How long the code's next digit is waited for, in seconds."""

_REFUSALS = {
    486: Outcome.BUSY,
    600: Outcome.BUSY,
    603: Outcome.REFUSED,
    403: Outcome.REFUSED,
    480: Outcome.NO_ANSWER,
}


class Ringer:
    """Places the calls of the morning call and speaks in them.

    Args:
        dialler: places them.
        clips: by language, by name.
        phrases: by language.
        prefix: what is dialled before a code.
        now_utc: the time that is said.
        spoken: the code that such a call has to speak, None when there is none any more.
        confirm: whether what was pressed in such a call is its code; then that counts.
        refuse: whoever was called for a code never wants to be rung again.
    """

    def __init__(
        self,
        dialler: Dialler,
        clips: Mapping[str, Mapping[str, Clip]],
        phrases: Mapping[str, Phrases],
        prefix: str,
        now_utc: Callable[[], datetime],
        spoken: Callable[[Ring], Awaitable[Spoken | None]],
        confirm: Callable[[Ring, str], Awaitable[bool]],
        refuse: Callable[[Ring], Awaitable[None]],
    ) -> None:
        self._dialler = dialler
        self._clips = clips
        self._phrases = phrases
        self._prefix = prefix
        self._now_utc = now_utc
        self._spoken = spoken
        self._confirm = confirm
        self._refuse = refuse

    async def ring(self, ring: Ring) -> Report:
        """Ring when the ring is to begin, and tell what came of it."""
        spoken = None
        if ring.kind in CODE_KINDS:
            spoken = await self._spoken(ring)
            if spoken is None:
                return Report(Outcome.FORBIDDEN, "there is no code any more that could be confirmed")
        telephone = ring.telephone
        ahead_s = (ring.begin_utc - self._now_utc()).total_seconds()
        try:
            async with self._dialler.ring(
                telephone.number,
                extension=telephone.extension,
                timeout_s=ring.policy.ring_s,
                at_monotonic_s=asyncio.get_running_loop().time() + ahead_s,
            ) as call:
                answered_utc = self._now_utc()
                outcome, detail = Outcome.UNACKNOWLEDGED, "it took too long"
                with suppress(TimeoutError):
                    # a hop's ring-back is waited through beyond that
                    async with asyncio.timeout(ring.policy.ring_s + LONGEST_CALL.total_seconds()):
                        outcome, detail = await self._see_through(call, ring, spoken)
                return Report(outcome, detail, answered_utc)
        except NeverLeft as never:
            return Report(Outcome.UNKNOWN, never.end.reason)
        except NotReached as unreached:
            return Report(*_unreached(unreached.end))

    async def _see_through(self, call: Call, ring: Ring, spoken: Spoken | None) -> tuple[Outcome, str]:
        language = ring.language if ring.language in self._clips else "ja"
        script = _Script(ring, self._phrases[language], self._prefix, spoken)
        conversation: Conversation | None = None
        try:
            async with converse(call, self._clips[language]) as conversation:
                return await self._talk(conversation, ring, script)
        except CallEnded as ended:
            if conversation is None:
                return Outcome.UNREACHABLE, "ended as soon as it was answered"
            outcome = conversation.judgement.hung_up(had_spoken=conversation.has_spoken)
            return outcome, f"ended by {ended.end.by.value} after {call.seconds:.0f} s"

    async def _talk(self, talk: Conversation, ring: Ring, script: "_Script") -> tuple[Outcome, str]:
        """All that is said, round by round; broken off and begun anew when a ring-back comes."""
        say_it = self._prove if ring.kind in CODE_KINDS else self._rounds
        ringing_ends_monotonic_s = asyncio.get_running_loop().time() + ring.policy.ring_s
        while True:
            try:
                if not await talk.wait_for_somebody(ringing_ends_monotonic_s):
                    return Outcome.NO_ANSWER, "a hop answered, and it rang on"
                return await say_it(talk, ring, script)
            except StoreError as error:
                with suppress(CallEnded, Interrupted):
                    await talk.say(("fault",))
                return Outcome.UNKNOWN, f"not written: {error}"
            except Interrupted:
                if talk.judgement.outcome is not None:
                    return talk.judgement.outcome, "heard after the answer"

    async def _rounds(self, talk: Conversation, ring: Ring, script: "_Script") -> tuple[Outcome, str]:
        by_voice = not ring.policy.demands_acknowledgement
        for round_number in range(ROUNDS):
            first = round_number == 0
            talk.judgement.speak()
            # what is pressed before the question was ever heard answers nothing
            keys = "" if first else YES
            pressed = await talk.say(script.greeting(self._local(ring), first=first), until=keys)
            pressed = pressed or await talk.key(keys, BREATH_S)
            if pressed or await talk.ask(script.question(), by_voice=by_voice):
                with suppress(CallEnded, Interrupted):  # a key is proof, whatever comes now
                    await talk.say(script.thanks())
                return Outcome.ACKNOWLEDGED, "a digit was pressed"
            if talk.judgement.has_answered:
                with suppress(CallEnded):
                    await talk.say(script.heard_you())
                return Outcome.PROBABLY_AWAKE, "a voice answered the question"
        return _heard_out(talk)

    async def _prove(self, talk: Conversation, ring: Ring, script: "_Script") -> tuple[Outcome, str]:
        """Say the code and how to be left alone, twice; either may be pressed at once."""
        keys = codes.DIGITS + NEVER[0]
        for _ in range(2):
            await talk.forget_keys()
            pressed = await talk.say(script.greeting(self._local(ring), first=True), until=keys)
            typed = pressed or ""
            while pressed and len(typed) <= len(script.code) + len(self._prefix):
                if typed.endswith(NEVER):
                    await self._refuse(ring)
                    with suppress(CallEnded, Interrupted):
                        await talk.say(("opt_out_done",))
                    return Outcome.REFUSED, "asked never to be rung again"
                # the prefix, which is spoken before the code, may be pressed too
                if len(typed) >= len(script.code) and await self._confirm(ring, typed[-len(script.code) :]):
                    with suppress(CallEnded, Interrupted):
                        await talk.say(script.confirmed())
                    return Outcome.ACKNOWLEDGED, "the code was pressed"
                pressed = await talk.key(keys, NEXT_KEY_S)
                typed += pressed or ""
        return _heard_out(talk)

    def _local(self, ring: Ring) -> datetime:
        return self._now_utc().astimezone(told_zone(ring.zone))


class _Script:
    """What one ring has to say, as names of clips."""

    def __init__(self, ring: Ring, phrases: Phrases, prefix: str, spoken: Spoken | None) -> None:
        self._ring = ring
        self._phrases = phrases
        self._prefix = prefix
        self._spoken = spoken
        self.code = spoken.code if spoken else f"{ACKNOWLEDGES}{ring.code}"

    def greeting(self, local: datetime, *, first: bool) -> Names:
        """Who calls, what time it is, and the message."""
        ring = self._ring
        if self._spoken is not None:
            return self._of_code(self._spoken.occasion)
        if ring.purpose is Purpose.ESCALATION:
            return self._phrases.escalation(ring.alarm_number)
        hello = self._phrases.hello(local.time()) if first else ("again",)
        last = ("last_call",) if first and ring.last_snooze and ring.kind is AlarmKind.WAKE else ()
        message = (ring.message,) if ring.message in self._phrases.texts else ()
        return (*hello, *self._phrases.time_now(local.time()), self._what(), *message, *last)

    def confirmed(self) -> Names:
        """The code was pressed."""
        is_consent = self._spoken is not None and self._spoken.occasion is Occasion.CONSENT
        return ("consent_done",) if is_consent else ("proof_done",)

    def question(self) -> Names:
        """What to do when awake: by key, by dial, by voice."""
        demands = self._ring.policy.demands_acknowledgement
        if self._ring.purpose is Purpose.ESCALATION:
            return ("press_1_to_help",) if demands else ("press_1_to_help", "say_yes_to_help")
        by_voice = () if demands else ("say_yes",)
        return ("press_1", *self._phrases.or_dial(self._prefix, self.code), *by_voice)

    def thanks(self) -> Names:
        """What was asked for was pressed."""
        done = "help_promised" if self._ring.purpose is Purpose.ESCALATION else "acknowledged"
        return (done, "goodbye")

    def heard_you(self) -> Names:
        """A voice answered: once more in some minutes, unless this was that."""
        if self._ring.purpose is Purpose.ESCALATION:
            return ("help_promised", "goodbye")
        if self._ring.purpose is not Purpose.WAKE:
            return ("goodbye",)
        return (*self._phrases.again_in(self._ring.policy.check_after_s // 60), "goodbye")

    def _of_code(self, occasion: Occasion) -> Names:
        codes_to_dial = (self._prefix, self.code, Simple.OPT_OUT.value)
        match occasion:
            case Occasion.PROOF:
                return self._phrases.proof_call(*codes_to_dial)
            case Occasion.RENEWAL:
                return self._phrases.renewal_call(*codes_to_dial)
            case Occasion.CONSENT:
                return self._phrases.consent_call(self._ring.booked_by, *codes_to_dial)

    def _what(self) -> str:
        if self._ring.purpose is Purpose.CHECK:
            return "check_call"
        return "trial_call" if self._ring.kind is AlarmKind.TRIAL else "wakeup_call"


def _unreached(end: End) -> tuple[Outcome, str]:
    if end.by is EndedBy.US:
        return Outcome.NO_ANSWER, end.reason
    outcome = _REFUSALS.get(end.status, Outcome.UNREACHABLE)
    return outcome, f"{end.status} {end.reason}".strip()


def _heard_out(talk: Conversation) -> tuple[Outcome, str]:
    """All was said; whoever is there may have listened in perfect silence, so that it is said to its end in any case."""
    if talk.judgement.nothing_heard and not talk.has_pressed:
        return Outcome.SILENCE, "nothing was heard all the while"
    return Outcome.UNACKNOWLEDGED, "listened to the end"
