"""The real leg: asyncio's side (T1) of a call on SIP and RTP."""

from collections.abc import Callable
from typing import TypeVar

from denwa_pjsip import pjsua2 as pj

from audio.processor import Processor
from exchange.media.broadcast import Broadcast
from exchange.media.events import LineEvents, LineFlag
from exchange.media.line import Line, LineStat
from exchange.sip.bridge import Bridge, BridgeClosed, BridgeFull
from exchange.sip.leg import DigitSource, End, LegGone, LegListener, Ready, RtpReport
from exchange.sip.wire_call import WireCall

T = TypeVar("T")
_READY = {
    LineFlag.READ: Ready.READ,
    LineFlag.WRITE: Ready.WRITE,
    LineFlag.DONE: Ready.DONE,
    LineFlag.DIGIT: Ready.DIGIT,
    LineFlag.HEARD: Ready.HEARD,
}
SAMPLES_PER_SECOND = 8000


class WireLeg:
    """Joins a `WireCall` on T2 to a `LegListener` on T1."""

    def __init__(self, bridge: Bridge, events: LineEvents) -> None:
        self._bridge = bridge
        self._events = events
        self._listener: LegListener | None = None
        self._untold: list[Callable[[LegListener], None]] = []
        self._wire: WireCall | None = None
        self._line: Line | None = None
        self._processor: Processor | None = None
        self._heard: tuple[Broadcast | None, int] = (None, 0)
        self._last_stat: LineStat | None = None
        self._over = False

    def attach_wire(self, wire: WireCall) -> None:
        """Say which call this is (T2)."""
        self._wire = wire

    # -- reports, on T2: handed over at once --

    def lined(self, line: Line) -> None:
        """A line is there: its flags and digits come to us."""
        self._events.watch(line.handle, self._on_line)

    def media(self, line: Line) -> None:
        """A stream runs."""
        self._bridge.post(self._on_media, line)

    def confirmed(self) -> None:
        """The call is up."""
        self._bridge.post(self._on_confirmed)

    def counted(self, stat: LineStat) -> None:
        """A stream ended; what its line counted."""
        self._last_stat = stat

    def failed(self, reason: str) -> None:
        """The call cannot go on."""
        self.hangup_soon(reason)

    def digit(self, digit: str, source: DigitSource) -> None:
        """A digit came by INFO."""
        self._bridge.post(self._on_digit, digit, source)

    def ended(self, end: End) -> None:
        """The call is gone."""
        self._wire = None
        self._bridge.post(self._on_ended, end)

    # -- the leg, on T1 --

    def bind(self, listener: LegListener) -> None:
        """Say who is told; what was reported already is told now: a far end may answer before its caller looks."""
        self._listener = listener
        for report in self._untold:
            report(listener)
        self._untold.clear()

    async def early_media(self) -> None:
        """Send 183 with SDP."""
        await self._on_wire(lambda wire: wire.respond(183))

    async def answer(self) -> None:
        """Send 200 with SDP."""
        await self._on_wire(lambda wire: wire.respond(200))

    async def reject(self, status: int, reason: str) -> None:
        """Send a final refusal."""
        await self._on_wire(lambda wire: wire.respond(status, reason))

    async def hangup(self, reason: str) -> None:
        """End the call on the lane of its own that no queue holds up."""
        self.hangup_soon(reason)

    def hangup_soon(self, reason: str) -> None:
        """End the call when the SIP thread comes round; from anywhere."""

        def end() -> None:
            if self._wire is not None:
                self._wire.end(reason)

        self._bridge.hang_up(end)

    async def attach(self, processor: Processor | None) -> None:
        """Put a processor on the line."""
        line = await self._the_line()
        self._processor = processor
        _put(processor, line)

    async def listen(self, broadcast: Broadcast | None, lead_samples: int) -> None:
        """Send a broadcast instead of the processor."""
        line = await self._the_line()
        self._heard = broadcast, lead_samples
        line.listen(broadcast, lead_samples)

    async def press(self, digit: str, length_s: float) -> None:
        """Send a digit by RFC 4733, else by SIP INFO."""
        line = await self._the_line()
        if not line.press(digit, round(length_s * SAMPLES_PER_SECOND)):
            await self._on_wire(lambda wire: wire.press(digit, round(length_s * 1000)))

    def rtp(self) -> RtpReport | None:
        """The line's counters."""
        stat = (self._line.stat() if self._line is not None else None) or self._last_stat
        if stat is None:
            return None
        return RtpReport(
            received=stat.received,
            sent=stat.sent,
            lost=stat.lost,
            late=stat.late,
            silent_s=stat.silent_s,
            law=stat.law,
            ptime_ms=stat.ptime_ms,
        )

    # -- inside --

    async def _the_line(self) -> Line:
        if self._over:
            raise LegGone
        if self._line is None:
            self._line = await self._on_wire(lambda wire: wire.line)
        if self._line is None:
            raise LegGone
        return self._line

    async def _on_wire(self, command: Callable[[WireCall], T]) -> T:
        def run() -> T:
            if self._wire is None:
                raise LegGone
            return command(self._wire)

        try:
            return await self._bridge.run(run)
        except (pj.Error, BridgeClosed, BridgeFull) as error:
            self.hangup_soon(str(error))
            raise LegGone from error

    def _tell(self, report: Callable[[LegListener], None]) -> None:
        if self._listener is None:
            self._untold.append(report)
        else:
            report(self._listener)

    def _on_media(self, line: Line) -> None:
        before, self._line = self._line, line
        if before is not None and before.handle != line.handle:
            # a re-INVITE gave up one m= line and runs on another
            _put(None, before)
            _put(self._processor, line)
            line.listen(*self._heard)
        self._tell(lambda listener: listener.leg_media())

    def _on_confirmed(self) -> None:
        self._tell(lambda listener: listener.leg_answered())

    def _on_digit(self, digit: str, source: DigitSource) -> None:
        if not self._over:
            self._tell(lambda listener: listener.leg_digit(digit, source))

    def _on_line(self, flags: LineFlag, digits: str) -> None:
        if self._over:
            return
        for digit in digits:
            self._on_digit(digit, DigitSource.EVENT)
        ready = Ready(0)
        for flag, meaning in _READY.items():
            if flag in flags:
                ready |= meaning
        if ready:
            self._tell(lambda listener: listener.leg_ready(ready))

    def _on_ended(self, end: End) -> None:
        if not self._over:
            self._over = True
            self._line = None
            self._tell(lambda listener: listener.leg_ended(end))


def _put(processor: Processor | None, line: Line) -> None:
    if processor is None:
        line.set_processor(0, 0)
    else:
        line.set_processor(processor.ops, processor.share())
