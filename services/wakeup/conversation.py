"""A placed call that was answered: listening and speaking at once, and stopping to speak when a tone comes."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from audio.clip import Clip
from exchange.sip.call import Call, CallEnded
from exchange.sip.listening import Listening
from services.wakeup.judgement import Judgement
from services.wakeup.sounds import soft_tone

SOFT_S = 4.0
"""How long the soft tone alone is heard after the answer: one ring-back's cycle, should a hop have answered."""
DIGITS = "12345678"


class Interrupted(Exception):  # noqa: N818 - an event
    """What was heard forbids to go on speaking: `Judgement.outcome` or `rings_on` says why."""


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

    async def wait_for_somebody(self, ring_s: float) -> None:
        """The soft tone alone, until a voice is heard or nothing speaks against a person; through a hop's ring-back.

        The tone goes on through the ring-back, so that whoever lifts the receiver then hears something and speaks.

        Args:
            ring_s: how long a ring-back is waited through, in seconds.

        Raises:
            Interrupted: a tone or a machine, or the ring-back never ended.
        """
        answered_monotonic_s = self._loop.time()
        judgement = self.judgement
        while not judgement.voice:
            waited_s = self._loop.time() - answered_monotonic_s
            if judgement.outcome or (judgement.rings_on and waited_s >= ring_s):
                raise Interrupted
            if not judgement.rings_on and waited_s >= SOFT_S:
                return
            await self._unless(self._somebody_or_end, self._call.play(self._soft))

    async def say(self, names: Iterable[str], until: str = "") -> str | None:
        """Say clips by name; the digit of `until` that cut them short.

        Raises:
            Interrupted: a tone or a machine was heard.
        """
        self.has_spoken = True
        clips = [self._clips[name] for name in names]
        said = await self._unless(self._is_settled, self._call.play(*clips, until=until))
        if self._forbidden():
            raise Interrupted
        return said

    async def pause(self, seconds: float) -> str | None:
        """Be silent; the digit pressed meanwhile. Ends early once a person has answered. Raises Interrupted."""
        ends_s = self._loop.time() + seconds
        while (left_s := ends_s - self._loop.time()) > 0 and not self.judgement.probably_awake:
            if digit := await self._unless(self._is_settled, self._call.digit(left_s)):
                return digit
            if self._forbidden():
                raise Interrupted
        return None

    def asked(self) -> None:
        """The question has been said to its end."""
        self.judgement.asked(self._loop.time())

    async def attend(self, listening: Listening) -> None:
        """Take what is heard, until the call is over."""
        try:
            async for heard in listening:
                self.judgement.hear(heard.kind, self._loop.time())
                self._changed.set()
        except CallEnded:
            pass

    def _somebody_or_end(self) -> bool:
        return self.judgement.voice or self.judgement.outcome is not None

    def _is_settled(self) -> bool:
        """There is no more to be said as it was begun."""
        return self._forbidden() or self.judgement.probably_awake

    def _forbidden(self) -> bool:
        return self.judgement.outcome is not None or self.judgement.rings_on

    async def _unless(
        self, to_end: Callable[[], bool], sounding: Coroutine[Any, Any, str | None]
    ) -> str | None:
        """Wait for the end of what sounds; what is heard may end it, and then nothing was pressed."""
        task = asyncio.ensure_future(sounding)
        try:
            while not task.done() and not to_end():
                self._changed.clear()
                change = asyncio.ensure_future(self._changed.wait())
                await asyncio.wait({task, change}, return_when=asyncio.FIRST_COMPLETED)
                change.cancel()
            return task.result() if task.done() else None
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
