"""A leg in memory: SIP and the network are simulated, sound and signal processing are real.

Every 20 ms of virtual time one frame of G.711 goes each way between the telephone and the processor, which is
the real C code, driven as the line drives it. Each SIP message takes `SIP_DELAY_S`.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from support.far_end import Habits

from audio.g711 import SILENCE, Law, decode, encode
from audio.processor import Processor
from audio.spandsp.drive import Driven
from exchange.sip.digits import EVENT_DIGITS, event_digit
from exchange.sip.leg import DigitSource, End, EndedBy, LegGone, LegListener, Ready, RtpReport

RATE_HZ = 8000
FRAME_SAMPLES = 160
FRAME_S = FRAME_SAMPLES / RATE_HZ
SIP_DELAY_S = 0.005
NO_ACK_S = 32.0
"""Timer H of RFC 3261, 64 T1: how long an answered call waits for its ACK."""


@dataclass(frozen=True, slots=True)
class TelephoneEvent:
    """A packet of an RFC 4733 event; `first` marks a new press."""

    code: int
    first: bool


@dataclass(frozen=True, slots=True)
class Voice:
    """A packet of G.711; the payload type tells its law."""

    law: Law
    codes: bytes


Frame = Voice | TelephoneEvent | None
"""What is sent in 20 ms: sound, a piece of an event, or no packet."""


class FarEnd(Protocol):
    """The telephone, as the wire has it."""

    def next_frame(self) -> Frame:
        """The packet that is sent now."""

    def hear(self, voice: Voice) -> None:
        """A packet comes."""

    def respond(self, status: int) -> None:
        """A response to the INVITE comes."""

    def bye(self) -> None:
        """A BYE comes, or a CANCEL."""

    def take_digit(self, digit: str) -> None:
        """A digit comes, as an RFC 4733 event."""


class SampledBroadcast(Protocol):
    """What a leg needs of a broadcast: its samples by number."""

    def read(self, first_sample: int, count: int, *, a_law: bool = False) -> bytes:
        """G.711 octets of `count` samples."""


class MemoryLeg:
    """Fulfils `exchange.sip.leg.Leg` with a telephone in memory at the other end, which dialled us, or which we rang."""

    def __init__(
        self,
        telephone: FarEnd,
        habits: Habits,
        *,
        gone: Callable[[], None] = lambda: None,
        placed: bool = False,
    ) -> None:
        self.over = False
        self.commands: list[str] = []
        """Commands that were given, for tests."""
        self._telephone = telephone
        self._gone = gone
        self._placed = placed
        self._law = habits.law
        self._offered = habits.offers
        self._loop = asyncio.get_running_loop()
        self._listener: LegListener | None = None
        self._accepted = False
        self._leaving = False
        self._acknowledged = False
        self._held = False
        self._going: deque[Callable[[], None]] = deque()
        self._coming: deque[Callable[[], None]] = deque()
        self._driven: Driven | None = None
        self._broadcast: SampledBroadcast | None = None
        self._lead_samples = 0
        self._timers: dict[str, asyncio.Handle] = {}
        self._media_from_s: float | None = None
        self._ticks = self._received = self._sent = 0
        self._last_received_s = 0.0

    @property
    def processor_held(self) -> bool:
        """Whether the line still holds a processor."""
        return self._driven is not None

    # -- the leg --

    def bind(self, listener: LegListener) -> None:
        """Say who is told."""
        self._listener = listener

    async def early_media(self) -> None:
        """183 with SDP: our offer, where the INVITE had none, is answered in the PRACK."""
        self._begin("early_media")
        self._to_far_end(self._telephone.respond, 183)
        self._start_media()

    async def answer(self) -> None:
        """200 with SDP."""
        self._begin("answer")
        assert not self._accepted, "answered twice"
        self._accepted = True
        self._to_far_end(self._telephone.respond, 200)
        self._timers["ack"] = self._loop.call_later(NO_ACK_S, self._no_ack)
        if self._offered:
            self._start_media()

    async def reject(self, status: int, reason: str) -> None:
        """A final refusal."""
        self._begin("reject")
        assert not self._accepted, "refused after the answer"
        assert 300 <= status <= 699
        self._to_far_end(self._telephone.respond, status)
        self._leave(End(EndedBy.US, status, reason))

    async def hangup(self, reason: str) -> None:
        """BYE, or a refusal, or CANCEL."""
        if self.over or self._leaving:
            return
        self.commands.append("hangup")
        if self._accepted or self._placed:
            self._to_far_end(self._telephone.bye)
            self._leave(End(EndedBy.US, 0 if self._accepted else 487, reason))
        else:
            self._to_far_end(self._telephone.respond, 603)
            self._leave(End(EndedBy.US, 603, reason))

    async def attach(self, processor: Processor | None) -> None:
        """Put a processor on the line."""
        self._begin("attach")
        driven = Driven(processor) if processor is not None else None
        self._drop_processor()
        self._driven = driven

    async def listen(self, broadcast: SampledBroadcast | None, lead_samples: int) -> None:
        """Send a broadcast instead."""
        self._begin("listen")
        self._broadcast = broadcast
        self._lead_samples = lead_samples

    async def press(self, digit: str, length_s: float) -> None:
        """Send a digit as an RFC 4733 event of that length."""
        self._begin("press")
        if len(digit) != 1 or digit not in EVENT_DIGITS:
            raise ValueError(f"{digit!r} is no digit")
        self._loop.call_later(length_s, self._telephone.take_digit, digit)

    def rtp(self) -> RtpReport | None:
        """The line's counters."""
        if self._media_from_s is None:
            return None
        silent_s = self._loop.time() - self._last_received_s
        law = "PCMU" if self._law == "ulaw" else "PCMA"
        return RtpReport(self._received, self._sent, 0, 0, silent_s, law, round(FRAME_S * 1000))

    # -- what the far end sends by SIP --

    def far_answer(self) -> None:
        """200 with SDP, to the INVITE that we sent."""
        self._from_far_end(self._take_answer)

    def far_refuse(self, status: int, reason: str) -> None:
        """A final refusal of the INVITE that we sent."""
        self._from_far_end(self._take_refusal, End(EndedBy.FAR_END, status, reason))

    def far_ack(self) -> None:
        """ACK."""
        self._from_far_end(self._take_ack)

    def far_hang_up(self) -> None:
        """CANCEL, or BYE for a call that is up."""
        self._from_far_end(self._take_hang_up)

    def far_info(self, digit: str) -> None:
        """INFO with a digit."""
        self._from_far_end(self._take_info, digit)

    async def far_reinvite(self, *, held: bool, law: Law) -> int:
        """re-INVITE; gives its final status when it is back at the far end."""
        await asyncio.sleep(SIP_DELAY_S)
        if self.over or self._leaving:
            return 481
        if not self._acknowledged:
            return 491
        self._held = held
        self._law = law
        await asyncio.sleep(SIP_DELAY_S)
        return 200

    # -- inside --

    def _begin(self, command: str) -> None:
        if self.over or self._leaving:
            raise LegGone
        self.commands.append(command)

    def _to_far_end(self, function: Callable[..., None], *args: object) -> None:
        self._send(self._going, partial(function, *args))

    def _from_far_end(self, function: Callable[..., None], *args: object) -> None:
        self._send(self._coming, partial(function, *args))

    def _send(self, way: deque[Callable[[], None]], message: Callable[[], None]) -> None:
        """Messages of one way arrive in their order; of timers for the same moment, a loop takes any first."""

        def arrive() -> None:
            way.popleft()()

        way.append(message)
        self._loop.call_later(SIP_DELAY_S, arrive)

    def _told(self) -> LegListener:
        assert self._listener is not None, "a leg reports to nobody: bind was not called"
        return self._listener

    def _take_ack(self) -> None:
        if self.over or self._leaving or self._acknowledged:
            return
        self._acknowledged = True
        self._timers.pop("ack").cancel()
        self._start_media()
        self._told().leg_answered()

    def _take_answer(self) -> None:
        if not (self.over or self._leaving or self._accepted):
            self._accepted = self._acknowledged = True
            self._start_media()
            self._told().leg_answered()

    def _take_refusal(self, end: End) -> None:
        if not (self._leaving or self._accepted):
            self._end(end)

    def _no_ack(self) -> None:
        self._to_far_end(self._telephone.bye)
        self._leave(End(EndedBy.NETWORK, 408, "no ACK"))

    def _take_hang_up(self) -> None:
        """A CANCEL that crosses our 200 comes too late; the telephone's BYE follows."""
        if self.over or self._leaving or (self._accepted and not self._acknowledged):
            return
        if self._accepted:
            self._end(End(EndedBy.FAR_END))
        else:
            self._to_far_end(self._telephone.respond, 487)
            self._end(End(EndedBy.FAR_END, 487, "Request Terminated"))

    def _take_info(self, digit: str) -> None:
        if not self.over:
            self._told().leg_digit(digit, DigitSource.INFO)

    def _leave(self, end: End) -> None:
        """We end the call: nothing is sent any more; it is over when the far end has agreed."""
        self._leaving = True
        self._stop_media()
        self._loop.call_later(2 * SIP_DELAY_S, self._end, end)

    def _end(self, end: End) -> None:
        if self.over:
            return
        self.over = True
        self._stop_media()
        self._gone()
        self._told().leg_ended(end)

    def _start_media(self) -> None:
        if self._media_from_s is None:
            self._media_from_s = self._last_received_s = self._loop.time()
            self._timers["frame"] = self._loop.call_soon(self._tick)
            self._told().leg_media()

    def _stop_media(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._drop_processor()
        self._broadcast = None

    def _drop_processor(self) -> None:
        if self._driven is not None:
            self._driven.close()
            self._driven = None

    def _tick(self) -> None:
        """20 ms of the line: one packet in, one packet out."""
        assert self._media_from_s is not None
        self._ticks += 1
        due_s = self._media_from_s + self._ticks * FRAME_S
        self._timers["frame"] = self._loop.call_at(due_s, self._tick)
        pcm = self._receive(self._telephone.next_frame())
        codes = self._next_codes(pcm)
        if not self._held:
            self._sent += 1
            self._telephone.hear(Voice(self._law, codes))
        if self._driven is not None and (happened := self._driven.poll()):
            self._told().leg_ready(Ready(happened.value))

    def _receive(self, frame: Frame) -> NDArray[np.int16]:
        if frame is not None:
            self._received += 1
            self._last_received_s = self._loop.time()
        if isinstance(frame, TelephoneEvent) and frame.first:
            digit = event_digit(frame.code)
            if digit is not None:
                self._told().leg_digit(digit, DigitSource.EVENT)
        if isinstance(frame, Voice):
            return decode(frame.codes, frame.law)
        return np.zeros(FRAME_SAMPLES, np.int16)

    def _next_codes(self, pcm: NDArray[np.int16]) -> bytes:
        if self._broadcast is not None:
            sample = round(self._loop.time() * RATE_HZ) + self._lead_samples
            return self._broadcast.read(sample, FRAME_SAMPLES, a_law=self._law == "alaw")
        if self._driven is None:
            return bytes([SILENCE[self._law]]) * FRAME_SAMPLES
        self._driven.rx(pcm)
        return encode(self._driven.tx(FRAME_SAMPLES), self._law).tobytes()
