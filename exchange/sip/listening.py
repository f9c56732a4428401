"""What a call hears of its far end besides digits, within `Call.listen`."""

from collections import deque
from collections.abc import Awaitable, Callable
from typing import Self

from audio.hearing.heard import Heard
from audio.spandsp.speech import Speech

HEARD_KEPT = 64
"""Sounds that wait to be taken; the newest are dropped beyond that."""


class Listening:
    """Call-progress tones, voices and silence, oldest first: `async for heard in listening`.

    What comes while nobody waits is kept. Waiting raises CallEnded when the call is over; `drain` still gives the rest.
    """

    def __init__(self, wait_until: Callable[[Callable[[], bool]], Awaitable[None]]) -> None:
        self._wait_until = wait_until
        self._heard: deque[Heard] = deque()
        self._lost = self._lost_before = 0

    @property
    def lost(self) -> int:
        """How many found no room."""
        return self._lost + self._lost_before

    def drain(self) -> list[Heard]:
        """What was heard and not taken yet."""
        heard = list(self._heard)
        self._heard.clear()
        return heard

    def take(self, speech: Speech) -> None:
        """Take what the processor heard; the call's business."""
        for heard in speech.heard():
            if len(self._heard) == HEARD_KEPT:
                self._lost += 1
            else:
                self._heard.append(heard)
        self._lost_before = speech.heard_lost

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Heard:
        await self._wait_until(lambda: bool(self._heard))
        return self._heard.popleft()
