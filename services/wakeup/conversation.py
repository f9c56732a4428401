"""A placed call that was answered: listening and speaking at once, and stopping to speak when a tone comes."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

from audio.clip import Clip
from exchange.sip.call import Call, CallEnded
from exchange.sip.listening import Listening
from services.wakeup.judgement import ANSWERED_WITHIN_S, Judgement
from services.wakeup.sounds import soft_tone

SOFT_S = 4.0
"""How long the soft tone alone is heard by who answers in silence."""
LONGEST_SOFT_S = 7.0
"""After how long our words begin though the line is neither quiet nor has a voice. A ring-back whose first burst came
before the three seconds that are called silence is known by then, the slowest being North America's."""
TURN_S = 4.0
"""How long it takes at most until the end of an answer is known: 2.8 s of speech, 0.7 s of quiet (docs/tones.md)."""
SETTLED_S = 4.0
"""For how long after the answer's turn nothing may be heard, while the soft tone tells him that he is: a machine goes on, or beeps."""
YES = "1"
"""The key that the question asks for."""


class Interrupted(Exception):  # noqa: N818 - an event
    """What was heard forbids to go on speaking: `Judgement.outcome`, or what is or may be a ring-back where that is None."""


class Conversation:
    """Made by `converse`. What it raises: CallEnded when the far end hung up, Interrupted."""

    def __init__(self, call: Call, judgement: Judgement, clips: Mapping[str, Clip]) -> None:
        self.judgement = judgement
        self._call = call
        self._clips = clips
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self._soft = soft_tone()
        self.has_spoken = False
        """Whether our words had begun."""
        self.has_pressed = False
        """Whether any key was pressed, whichever."""

    async def wait_for_somebody(self, ringing_ends_monotonic_s: float) -> bool:
        """The soft tone alone, until a voice has finished or the line is quiet; False if it rang on until that time.

        The tone goes on through a hop's ring-back, so that whoever lifts the receiver then hears something and speaks.
        Where neither voice, quiet nor ring-back is heard it ends by itself.

        Raises:
            Interrupted: a tone or a machine.
        """
        judgement = self.judgement
        quiet_counts_monotonic_s = self._loop.time() + SOFT_S
        ends_monotonic_s = self._loop.time() + LONGEST_SOFT_S
        while not self._has_finished():
            now_monotonic_s = self._loop.time()
            if judgement.rings_on:
                if now_monotonic_s >= ringing_ends_monotonic_s:
                    return False
                ends_monotonic_s = now_monotonic_s + LONGEST_SOFT_S
            elif now_monotonic_s >= (quiet_counts_monotonic_s if judgement.quiet else ends_monotonic_s):
                break
            await self._unless(self._is_ended_or_has_finished, self._call.play(self._soft))
            if judgement.outcome is not None:
                raise Interrupted
        judgement.burst_was_none()
        return True

    async def say(self, names: Iterable[str], until: str = "") -> str | None:
        """Say clips by name; the key of `until` that cut them short. Raises Interrupted."""
        self.has_spoken = True
        clips = [self._clips[name] for name in names]
        pressed = await self._unless(self._is_forbidden, self._call.play(*clips, until=until))
        self._raise_if_forbidden()
        return pressed

    async def ask(self, names: Iterable[str], *, by_voice: bool) -> str | None:
        """Say the question, and wait for its answer: the key `YES`, or a person's voice (`Judgement.has_answered`).

        Args:
            names: of the question's clips.
            by_voice: whether a voice may answer.

        Raises:
            Interrupted: a tone or a machine was heard, or a ring-back.
        """
        if pressed := await self.say(names, until=YES):
            return pressed
        judgement = self.judgement
        if by_voice:
            judgement.asked(self._loop.time())
        pressed = await self.key(YES, ANSWERED_WITHIN_S, unless=lambda: judgement.has_answered)
        if pressed is None and judgement.is_answering:
            pressed = await self.key(YES, TURN_S, unless=lambda: not judgement.is_answering)
        if pressed is None and judgement.has_answered:
            pressed = await self._settle()
        return pressed

    async def key(self, keys: str, seconds: float, unless: Callable[[], bool] = lambda: False) -> str | None:
        """Be silent; the first of these keys pressed meanwhile. Ends early as `unless` says. Raises Interrupted."""
        ends_monotonic_s = self._loop.time() + seconds
        while (left_s := ends_monotonic_s - self._loop.time()) > 0 and not unless():
            pressed = await self._unless(lambda: self._is_forbidden() or unless(), self._call.digit(left_s))
            self._raise_if_forbidden()
            if pressed is not None and pressed in keys:
                return pressed
        return None

    async def _settle(self) -> str | None:
        """The soft tone while he who has answered says nothing more; `YES` where it is pressed meanwhile."""
        judgement = self.judgement
        ends_monotonic_s = self._loop.time() + SETTLED_S
        while judgement.has_answered and self._loop.time() < ends_monotonic_s:
            pressed = await self._unless(
                lambda: self._is_forbidden() or not judgement.has_answered,
                self._call.play(self._soft, until=YES),
            )
            self._raise_if_forbidden()
            if pressed is not None:
                return pressed
        return None

    async def forget_keys(self) -> None:
        """What was pressed until now answers nothing."""
        while await self._call.digit(0):
            self.has_pressed = True

    async def attend(self, listening: Listening) -> None:
        """Take what is heard, until the call is over."""
        with suppress(CallEnded):
            async for heard in listening:
                self.judgement.hear(heard.kind, self._loop.time())
                self._changed.set()

    def _has_finished(self) -> bool:
        return self.judgement.voice and not self.judgement.speaks

    def _is_ended_or_has_finished(self) -> bool:
        return self.judgement.outcome is not None or self._has_finished()

    def _is_forbidden(self) -> bool:
        judgement = self.judgement
        return judgement.outcome is not None or judgement.rings_on or judgement.may_ring

    def _raise_if_forbidden(self) -> None:
        if self._is_forbidden():
            raise Interrupted

    async def _unless(
        self, to_end: Callable[[], bool], sounding: Coroutine[Any, Any, str | None]
    ) -> str | None:
        """Wait for the end of what sounds; what is heard may end it, and then nothing was pressed."""
        task = asyncio.ensure_future(sounding)
        try:
            while not task.done() and not to_end():
                self._changed.clear()
                change = asyncio.ensure_future(self._changed.wait())
                try:
                    await asyncio.wait({task, change}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    change.cancel()
            pressed = task.result() if task.done() else None
            self.has_pressed |= pressed is not None
            return pressed
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def converse(call: Call, clips: Mapping[str, Clip]) -> AsyncIterator[Conversation]:
    """Listen to an answered call while in the scope."""
    conversation = Conversation(call, Judgement(), clips)
    async with call.listen() as listening:
        attending = asyncio.ensure_future(conversation.attend(listening))
        try:
            yield conversation
        finally:
            attending.cancel()
            await asyncio.gather(attending, return_exceptions=True)
