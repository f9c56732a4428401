"""One call from the terminal: who is rung and how, what is shown, heard, said and saved."""

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audio.spandsp.handset import Handset
from denwa.call.pip_watch import CLOCK_WINDOW_NS, MarkHeard, PipWatch
from denwa.call.recording import Heard
from denwa.call.speaker import Speaker
from exchange.sip.account import AccountSettings
from exchange.sip.address import local_address
from exchange.sip.call import Call, CallEnded
from exchange.sip.dialler import NotReached
from exchange.sip.endpoint import open_endpoint
from exchange.sip.leg import End
from exchange.sip.sip_dialler import SipDialler
from exchange.sip.stack import StackConfig
from timekeeping.clocks import KernelClock
from timekeeping.offset import measure
from timekeeping.stream_clock import StreamClock

LISTEN_EVERY_S = 0.05
DIGIT_S = 0.12
DIGIT_PAUSE_S = 0.12
EXTENSION = "telephone"


@dataclass(frozen=True, slots=True)
class CallOptions:
    """What `denwa call` was asked for.

    `server` is where the INVITE goes, host:port with a numeric host; `user` and `password` are those of an
    extension on it, when it is an exchange. `digits` are pressed one after the other when the call is up;
    "," waits a second. `seconds`: hang up after that, None: when the far end does.
    """

    number: str
    server: str
    user: str = EXTENSION
    password: str = ""
    digits: str = ""
    seconds: float | None = None
    ring_s: float = 60.0
    wav: Path | None = None
    tcp: bool = False


@dataclass(frozen=True, slots=True)
class CallResult:
    """How it went: the end, seconds up, the marks heard, samples heard, and packets lost."""

    end: End
    up_s: float
    marks: tuple[MarkHeard, ...]
    heard_samples: int
    lost: int


class Telephone:
    """Carries one call; `show` is told of each thing that happens, in words by kind."""

    def __init__(self, options: CallOptions, show: Callable[[str, object], None]) -> None:
        self.options = options
        self._show = show
        self._kernel = KernelClock()
        self._watch = PipWatch()
        self._clock = StreamClock(CLOCK_WINDOW_NS)
        self._heard = Heard()
        self._marks: list[MarkHeard] = []
        self._samples = 0
        self._lost = 0

    async def call(self) -> CallResult:
        """Ring, listen until the end, and report. Raises SipError, OSError, NumberError."""
        options = self.options
        host = options.server.partition(":")[0]
        async with open_endpoint(StackConfig(calls=4, realtime_priority=0), lambda _: None) as endpoint:
            address = local_address(host)
            transport = await endpoint.transport(address, 0, tcp=options.tcp)
            account = AccountSettings(
                user=options.user,
                registrar="",
                address=address,
                transport=transport,
                tcp=options.tcp,
                password=options.password,
                domain=options.server,
            )
            await endpoint.set_account(EXTENSION, account, lambda _: None)
            target = options.server + (";transport=tcp" if options.tcp else "")
            dialler = SipDialler(endpoint, {EXTENSION: target})
            self._show("ringing", f"sip:{options.number}@{target}")
            try:
                async with dialler.ring(
                    options.number, extension=EXTENSION, timeout_s=options.ring_s
                ) as call:
                    return await self._talk(call)
            except NotReached as error:
                return CallResult(error.end, 0.0, (), 0, 0)

    async def _talk(self, call: Call) -> CallResult:
        start_monotonic_s = time.monotonic()
        self._show("answered", call.rtp())
        handset = Handset()
        speaker = Speaker()
        try:
            with contextlib.suppress(CallEnded, TimeoutError):
                async with (
                    asyncio.timeout(self.options.seconds) as patience,
                    _ctrl_c_ends(patience),
                    call.run(handset),
                    _with_task(self._press(call)),
                ):
                    await self._listen(call, handset, speaker)
            up_s = time.monotonic() - start_monotonic_s
            if call.end is None:
                await call.hangup()
            end = await call.wait_ended()
        finally:
            speaker.close()
            handset.close()
        if self.options.wav is not None:
            self._show("saved", f"{self.options.wav} ({self._heard.save(self.options.wav):.1f} s)")
        return CallResult(end, up_s, tuple(self._marks), self._samples, self._lost)

    async def _listen(self, call: Call, handset: Handset, speaker: Speaker) -> None:
        self._show("player", speaker.player)
        while call.end is None:
            await asyncio.sleep(LISTEN_EVERY_S)
            first_sample, pcm = handset.read()
            for arrival in handset.arrivals():
                self._clock.arrived(arrival.first_sample, arrival.monotonic_ns)
            if len(pcm):
                self._take(first_sample, pcm)
                speaker.play(pcm)
            report = call.rtp()
            if report is not None:
                self._lost = report.lost

    def _take(self, first_sample: int, pcm: NDArray[np.int16]) -> None:
        self._samples = first_sample + len(pcm)
        if self.options.wav is not None:
            self._heard.add(first_sample, pcm)
        for mark in self._watch.hear(first_sample, pcm, self._clock, measure(self._kernel).offset_ns):
            self._marks.append(mark)
            self._show("mark", mark)

    async def _press(self, call: Call) -> None:
        for digit in self.options.digits:
            if digit == ",":
                await asyncio.sleep(1)
                continue
            await call.press(digit, DIGIT_S)
            self._show("pressed", digit)
            await asyncio.sleep(DIGIT_S + DIGIT_PAUSE_S)


@contextlib.asynccontextmanager
async def _ctrl_c_ends(patience: asyncio.Timeout) -> AsyncIterator[None]:
    """A first Ctrl-C ends the talk, not the program: it still says how the call went."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, lambda: patience.reschedule(loop.time()))
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)


@contextlib.asynccontextmanager
async def _with_task(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
