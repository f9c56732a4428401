"""A call as a service sees it: answer, play, digits, tones, processors, broadcasts."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from typing import Literal

from audio.clip import Clip
from audio.processor import HearsDigits, Processor
from audio.spandsp.speech import Speech
from exchange.media.broadcast import Broadcast
from exchange.sip.caller import Caller
from exchange.sip.digits import EVENT_DIGITS, DigitMerger
from exchange.sip.expiry import expiring
from exchange.sip.leg import DigitSource, End, Leg, LegGone, Ready, RtpReport
from exchange.sip.listening import Listening

DIGITS_KEPT = 64
"""Digits that wait to be taken; the newest are dropped beyond that."""


class CallEnded(Exception):  # noqa: N818 - it is an event, not a fault
    """The far end, the network or we ended the call; every await on it raises this from then on."""

    def __init__(self, end: End) -> None:
        super().__init__(f"call ended by {end.by.value}: {end.status} {end.reason}".rstrip())
        self.end = end


class MediaBusy(Exception):  # noqa: N818 - a state of the line
    """Another processor, broadcast or prompt has the line."""


@dataclass(frozen=True, slots=True)
class Running:
    """A processor on the line of a call.

    `ready` waits until the processor has something to tell and gives what it told since the last time.
    Raises CallEnded.
    """

    ready: Callable[[], Awaitable[Ready]]


class Call:
    """One call. All methods belong to the event loop that made it.

    Every coroutine raises `CallEnded` once the call is over, but for `hangup`, `drop` and `wait_ended`.
    """

    def __init__(
        self,
        leg: Leg,
        *,
        call_id: str,
        dialled: str,
        caller: Caller,
        direction: Literal["in", "out"],
        extension: str = "",
        lead_samples: int = 0,
    ) -> None:
        self.call_id = call_id
        self.extension = extension
        """Our extension by which it came or goes; "" without an exchange."""
        self.dialled = dialled
        self.caller = caller
        self.direction = direction
        self.end: End | None = None
        self.digits_lost = 0
        """Digits that found `DIGITS_KEPT` waiting."""
        self._leg = leg
        self._lead_samples = lead_samples
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._changed = asyncio.Event()
        self._accepted = False
        self._sounding = direction == "out"
        self._media = False
        self._answered_monotonic_s: float | None = None
        self._ended_monotonic_s = 0.0
        self._last_report: RtpReport | None = None
        self._digits: deque[str] = deque()
        self._merger = DigitMerger()
        self._speech: Speech | None = None
        self._ears: list[HearsDigits] = []
        self._listening: Listening | None = None
        self._listening_since_monotonic_s = 0.0
        self._speaking = asyncio.Lock()
        self._taken_by = ""
        self._ready = Ready(0)
        leg.bind(self)

    # -- the state of the call --

    async def early_media(self) -> None:
        """Send 183; `play`, `digit` and `run` work from here on."""
        self._sounding = True
        await self._command(self._leg.early_media())
        await self._speak()

    async def answer(self) -> None:
        """Send 200; sound starts with it. Again does nothing."""
        if not self._accepted:
            self._accepted = self._sounding = True
            await self._command(self._leg.answer())
        await self._speak()

    async def reject(self, status: int, reason: str = "") -> None:
        """Refuse the call with a SIP status from 300 to 699."""
        await self._command(self._leg.reject(status, reason))

    async def hangup(self, reason: str = "") -> None:
        """End the call, whatever its state; again does nothing."""
        if self.end is None:
            await self._leg.hangup(reason)

    async def drop(self, status: int, reason: str = "") -> None:
        """Refuse an incoming call with a SIP status while it is not answered, else hang up; never raises."""
        if self.direction == "in" and not self._accepted:
            with suppress(CallEnded):
                await self.reject(status, reason)
        else:
            await self.hangup(reason)

    async def wait_answered(self, timeout_s: float | None = None) -> bool:
        """Wait until the call is up; False when it is not in `timeout_s` seconds."""
        self._raise_if_ended()
        with self._expiry(timeout_s) as expired:
            while self._answered_monotonic_s is None and not expired():
                await self._wait_change()
        return self._answered_monotonic_s is not None

    async def wait_ended(self) -> End:
        """Wait until the call is over; never raises CallEnded."""
        if self.end is None:
            await asyncio.shield(self._ended)
        assert self.end is not None  # noqa: S101 - set before the future
        return self.end

    @contextmanager
    def when_ended(self, callback: Callable[[], None]) -> Iterator[None]:
        """Within the scope, have a function called soon after the call's end (at once if it is over)."""
        within = True

        def tell(_: object) -> None:
            if within:
                callback()

        self._ended.add_done_callback(tell)
        try:
            yield
        finally:
            within = False
            self._ended.remove_done_callback(tell)

    @property
    def was_answered(self) -> bool:
        """Whether it was ever up."""
        return self._answered_monotonic_s is not None

    @property
    def seconds(self) -> float:
        """How long the call is, or was, up."""
        if self._answered_monotonic_s is None:
            return 0.0
        until_monotonic_s = self._loop.time() if self.end is None else self._ended_monotonic_s
        return until_monotonic_s - self._answered_monotonic_s

    def rtp(self) -> RtpReport | None:
        """The line's RTP counters, after the end the last ones; None before media."""
        self._last_report = self._leg.rtp() or self._last_report
        return self._last_report

    # -- sound and digits --

    async def play(self, *clips: Clip, until: str = "") -> str | None:
        """Play clips one after the other; a digit of `until` cuts them short and is returned.

        Raises MediaBusy while a processor, a broadcast or another play has the line.
        """
        with self._taking("play"):
            speech = await self._speak()
            try:
                unheard = {speech.play(clip) for clip in clips}
                while True:
                    if (digit := self._take_digit(until)) is not None:
                        return digit
                    unheard.difference_update(speech.finished())
                    if not unheard:
                        return None
                    await self._wait_change()
            finally:
                if self.end is None:
                    speech.clear()

    async def digit(self, timeout_s: float) -> str | None:
        """The next digit pressed, or None when none came in `timeout_s` seconds."""
        self._raise_if_ended()
        with self._expiry(timeout_s) as expired:
            while (digit := self._take_digit(EVENT_DIGITS)) is None and not expired():
                await self._wait_change()
        return digit

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[Listening]:
        """Hear call-progress tones, voices and silence while in the scope, what is played meanwhile told apart.

        Nothing is heard while `run` or `join` has the line. Raises MediaBusy within another `listen`.
        """
        self._raise_if_ended()
        if self._listening is not None:
            raise MediaBusy("the call is listened to already")
        listening = self._listening = Listening(self._wait_until)
        try:
            speech = await self._speak()
            speech.listen()
            try:
                yield listening
            finally:
                if self.end is None:
                    listening.take(speech)
                    speech.stop_listening()
        finally:
            self._listening = None

    async def press(self, digit: str, length_s: float = 0.1) -> None:
        """Send a digit 0-9 * # A-D to the far end. Raises ValueError for anything else."""
        await self._wait_media()
        await self._command(self._leg.press(digit, length_s))

    @asynccontextmanager
    async def join(self, broadcast: Broadcast) -> AsyncIterator[None]:
        """Hear a broadcast while in the scope. Raises MediaBusy."""
        with self._taking("join"):
            await self._wait_media()
            try:
                await self._command(self._leg.listen(broadcast, self._lead_samples))
                yield
            finally:
                await self._give_back(self._leg.listen(None, 0))

    @asynccontextmanager
    async def run(self, processor: Processor) -> AsyncIterator[Running]:
        """Have a processor on the line while in the scope; digits that it hears are the call's. Raises MediaBusy."""
        with self._taking("run"):
            await self._wait_media()
            self._ready = Ready(0)
            ears = [processor] if isinstance(processor, HearsDigits) else []
            try:
                self._change_ears([*self._ears, *ears])
                await self._command(self._leg.attach(processor))
                yield Running(self._wait_ready)
            finally:
                self._change_ears([ear for ear in self._ears if ear not in ears])
                await self._give_back(self._leg.attach(self._speech))

    # -- what the leg reports --

    def leg_media(self) -> None:
        """Audio runs."""
        self._media = True
        self._changed.set()

    def leg_answered(self) -> None:
        """Both sides agree that the call is up."""
        if self._answered_monotonic_s is None:
            self._answered_monotonic_s = self._loop.time()
            self._changed.set()

    def leg_ready(self, ready: Ready) -> None:
        """Take what the processor has to tell."""
        if self.end is not None:
            return
        if Ready.DIGIT in ready:
            self._take_inband_digits()
        if Ready.HEARD in ready:
            self._take_heard()
        self._ready |= ready
        self._changed.set()

    def leg_digit(self, digit: str, source: DigitSource) -> None:
        """Add a digit to the one stream, unless it is the same one by another way."""
        now_monotonic_s = self._loop.time()
        listening_s = now_monotonic_s - self._listening_since_monotonic_s
        merged = self._merger.take(digit, source, now_monotonic_s, listening_s=listening_s)
        if merged is None:
            return
        if len(self._digits) == DIGITS_KEPT:
            self.digits_lost += 1
            return
        self._digits.append(merged)
        self._changed.set()

    def leg_ended(self, end: End) -> None:
        """The call is over."""
        if self.end is not None:
            return
        self.rtp()
        self._take_heard()
        self.end = end
        self._ended_monotonic_s = self._loop.time()
        self._ended.set_result(None)
        self._changed.set()
        if self._speech is not None:
            self._speech.close()

    # -- inside --

    async def _speak(self) -> Speech:
        async with self._speaking:
            await self._wait_media()
            if self._speech is None:
                speech = Speech()
                try:
                    await self._command(self._leg.attach(speech))
                except BaseException:
                    speech.close()
                    raise
                self._speech = speech
                self._change_ears([speech])
            return self._speech

    def _take_inband_digits(self) -> None:
        if self.end is None:
            for ear in self._ears:
                for digit in ear.digits():
                    self.leg_digit(digit, DigitSource.INBAND)

    def _take_heard(self) -> None:
        if self._listening is not None and self._speech is not None:
            self._listening.take(self._speech)

    def _change_ears(self, ears: list[HearsDigits]) -> None:
        self._take_inband_digits()
        self._ears = ears
        self._listening_since_monotonic_s = self._loop.time()

    async def _wait_media(self) -> None:
        self._raise_if_ended()
        if not self._sounding:
            raise RuntimeError("there is no sound before answer() or early_media()")
        while not self._media:
            await self._wait_change()

    async def _wait_ready(self) -> Ready:
        await self._wait_until(lambda: bool(self._ready))
        ready, self._ready = self._ready, Ready(0)
        return ready

    @contextmanager
    def _expiry(self, timeout_s: float | None) -> Iterator[Callable[[], bool]]:
        """Within the scope, whether `timeout_s` seconds have passed (never, if None); then `_wait_change` returns."""
        over = asyncio.Event()

        def expire() -> None:
            over.set()
            self._changed.set()

        with nullcontext() if timeout_s is None else expiring(timeout_s, expire):
            yield over.is_set

    @contextmanager
    def _taking(self, purpose: str) -> Iterator[None]:
        self._raise_if_ended()
        if self._taken_by:
            raise MediaBusy(f"the line is taken by {self._taken_by!r}, so {purpose!r} must wait")
        self._taken_by = purpose
        try:
            yield
        finally:
            self._taken_by = ""

    async def _command(self, command: Awaitable[None]) -> None:
        try:
            await command
        except LegGone:
            raise CallEnded(await self.wait_ended()) from None
        self._raise_if_ended()

    async def _give_back(self, command: Awaitable[None]) -> None:
        with suppress(LegGone):
            await command

    async def _wait_until(self, condition: Callable[[], bool]) -> None:
        self._raise_if_ended()
        while not condition():
            await self._wait_change()

    async def _wait_change(self) -> None:
        self._raise_if_ended()
        self._changed.clear()
        await self._changed.wait()
        self._raise_if_ended()

    def _raise_if_ended(self) -> None:
        if self.end is not None:
            raise CallEnded(self.end)

    def _take_digit(self, wanted: str) -> str | None:
        for digit in self._digits:
            if digit in wanted:
                self._digits.remove(digit)
                return digit
        return None
