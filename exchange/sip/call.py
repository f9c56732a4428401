"""A call as a service sees it: answer, play, digits, processors, broadcasts."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from audio.clip import Clip
from audio.processor import Processor
from audio.spandsp.speech import Speech
from exchange.media.broadcast import Broadcast
from exchange.sip.caller import Caller
from exchange.sip.digits import DigitMerger
from exchange.sip.leg import DigitSource, End, EndedBy, Leg, LegGone, Ready, RtpReport

DIGITS_KEPT = 64


class CallEnded(Exception):  # noqa: N818 - it is an event, not a fault
    """The far end, the network or we ended the call; every await on it raises this from then on."""

    def __init__(self, end: End) -> None:
        super().__init__(f"call ended by {end.by.value}: {end.status} {end.reason}".rstrip())
        self.end = end


class MediaBusy(Exception):  # noqa: N818 - a state of the line
    """Another processor, broadcast or prompt has the line."""


class Call:
    """One call. All methods belong to the event loop that made it.

    Every coroutine but `hangup` and `wait_ended` raises `CallEnded` once the call is over.
    """

    def __init__(
        self,
        leg: Leg,
        *,
        call_id: str,
        dialled: str,
        caller: Caller,
        direction: Literal["in", "out"],
        lead_samples: int = 0,
    ) -> None:
        self.call_id = call_id
        self.dialled = dialled
        self.caller = caller
        self.direction = direction
        self.end: End | None = None
        self.answered = asyncio.Event()
        self._leg = leg
        self._lead_samples = lead_samples
        self._loop = asyncio.get_running_loop()
        self._ended = self._loop.create_future()
        self._changed = asyncio.Event()
        self._digits: deque[str] = deque()
        self._merger = DigitMerger()
        self._speech: Speech | None = None
        self._finished: set[int] = set()
        self._media_taken = ""
        leg.bind(self)

    # -- the state of the call --

    async def early_media(self) -> None:
        """Send 183; `play`, `digit` and `run` work from here on."""
        await self._command(self._leg.early_media())
        await self._speak()

    async def answer(self) -> None:
        """Send 200; sound starts with it."""
        await self._command(self._leg.answer())
        await self._speak()

    async def reject(self, status: int, reason: str = "") -> None:
        """Refuse the call with a SIP status from 300 to 699."""
        await self._command(self._leg.reject(status, reason))

    async def hangup(self, reason: str = "") -> None:
        """End the call, whatever its state; again does nothing."""
        if self.end is None:
            await self._leg.hangup(reason)

    async def wait_ended(self) -> End:
        """Wait until the call is over; never raises CallEnded."""
        await asyncio.shield(self._ended)
        assert self.end is not None  # noqa: S101 - set before the future
        return self.end

    async def wait_answered(self) -> None:
        """Wait until the call is up."""
        await self._until(self.answered)

    def rtp(self) -> RtpReport | None:
        """The line's RTP counters; None before media or after the end."""
        return self._leg.rtp() if self.end is None else None

    # -- sound and digits --

    async def play(self, *clips: Clip, until: str = "") -> str | None:
        """Play clips one after the other; a digit of `until` cuts them short and is returned.

        Raises MediaBusy while a processor, a broadcast or another play has the line.
        """
        with self._taking("play"):
            speech = await self._speak()
            wanted = [speech.play(clip) for clip in clips]
            try:
                while not self._finished.issuperset(wanted):
                    self._finished.update(speech.finished())
                    if (digit := self._take_digit(until)) is not None:
                        return digit
                    if not self._finished.issuperset(wanted):
                        await self._wait_change(None)
            finally:
                self._finished.clear()
                speech.clear()
        return None

    async def digit(self, timeout_s: float) -> str | None:
        """The next digit pressed, or None when none came in `timeout_s` seconds."""
        deadline_monotonic_s = self._loop.time() + timeout_s
        while (digit := self._take_digit("0123456789*#ABCD")) is None:
            left_s = deadline_monotonic_s - self._loop.time()
            if left_s <= 0:
                return None
            await self._wait_change(left_s)
        return digit

    @asynccontextmanager
    async def join(self, broadcast: Broadcast) -> AsyncIterator[None]:
        """Hear a broadcast while in the scope."""
        with self._taking("join"):
            await self._command(self._leg.listen(broadcast, self._lead_samples))
            try:
                yield
            finally:
                if self.end is None:
                    await self._quietly(self._leg.listen(None, 0))

    @asynccontextmanager
    async def run(self, processor: Processor) -> AsyncIterator[None]:
        """Have a processor on the line while in the scope."""
        with self._taking("run"):
            await self._command(self._leg.attach(processor))
            try:
                yield
            finally:
                if self.end is None:
                    await self._quietly(self._leg.attach(self._speech))

    # -- what the leg reports --

    def leg_media(self) -> None:
        """Audio runs."""
        self._wake()

    def leg_answered(self) -> None:
        """Both sides agree that the call is up."""
        self.answered.set()
        self._wake()

    def leg_ready(self, ready: Ready) -> None:
        """Take what the processor has to tell."""
        if self._speech is not None and Ready.DIGIT in ready:
            for digit in self._speech.digits():
                self.leg_digit(digit, DigitSource.INBAND)
        self._wake()

    def leg_digit(self, digit: str, source: DigitSource) -> None:
        """Add a digit to the one stream, unless it is the same one by another way."""
        merged = self._merger.take(digit, source, self._loop.time())
        if merged is not None and len(self._digits) < DIGITS_KEPT:
            self._digits.append(merged)
            self._wake()

    def leg_ended(self, end: End) -> None:
        """The call is over."""
        if self.end is None:
            self.end = end
            self._ended.set_result(None)
            self.answered.set()
            self._wake()
            if self._speech is not None:
                self._speech.close()

    # -- inside --

    async def _speak(self) -> Speech:
        if self.end is not None:
            raise CallEnded(self.end)
        if self._speech is None:
            self._speech = Speech()
            await self._command(self._leg.attach(self._speech))
        return self._speech

    async def _command(self, command: "asyncio.Future[None] | object") -> None:
        try:
            await command  # type: ignore[misc]
        except LegGone:
            raise CallEnded(await self.wait_ended()) from None
        if self.end is not None:
            raise CallEnded(self.end)

    async def _quietly(self, command: object) -> None:
        try:
            await command  # type: ignore[misc]
        except LegGone:
            return

    async def _until(self, event: asyncio.Event) -> None:
        await event.wait()
        if self.end is not None:
            raise CallEnded(self.end)

    async def _wait_change(self, timeout_s: float | None) -> None:
        if self.end is not None:
            raise CallEnded(self.end)
        self._changed.clear()
        try:
            async with asyncio.timeout(timeout_s):
                await self._changed.wait()
        except TimeoutError:
            return
        if self.end is not None:
            raise CallEnded(self.end)

    def _wake(self) -> None:
        self._changed.set()

    def _take_digit(self, wanted: str) -> str | None:
        for digit in self._digits:
            if digit in wanted:
                self._digits.remove(digit)
                return digit
        return None
