"""An exchange in memory: the real route table, runner, services and processors; SIP and the network are simulated."""

import asyncio
from asyncio import Future
from collections.abc import Awaitable, Callable, Mapping
from itertools import count

import numpy as np
from support.contexts import InlineStore, contexts
from support.far_end import Habits, Offer, Script
from support.memory_leg import RATE_HZ, SIP_DELAY_S, MemoryLeg
from support.simulated_telephone import SimulatedTelephone
from support.virtual_time import run_virtually

from audio.clip import Clip
from audio.prompts import load
from exchange.network.patterns import NumberPattern
from exchange.sip.caller import Caller, CallerTrust
from exchange.sip.leg import DigitSource
from exchange.sip.routing import Numbers, Refusal, RouteTable
from services.runner import IncomingCall, Runner, open_runner
from services.spec import ServiceSpec
from store.call_records import CallRecord

SAMPLE_NS = 10**9 // RATE_HZ


class VirtualMediaClock:
    """The media clock by the virtual loop's time, which is the monotonic clock of these tests."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._offset_ns = 0
        self._beats = count()

    def set_utc_offset_ns(self, offset_ns: int) -> None:
        self._offset_ns = offset_ns

    def sample_at_utc_ns(self, utc_ns: int) -> int:
        return (utc_ns - self._offset_ns) // SAMPLE_NS

    def now_samples(self) -> int:
        return round(self._loop.time() * RATE_HZ)

    def heartbeat(self) -> int:
        return next(self._beats)


class _Notes:
    """Keeps every record that it is given."""

    def __init__(self, kept: list[CallRecord]) -> None:
        self.save = kept.append


class MemoryExchange:
    """Fulfils `support.far_end.Exchange` with telephones in memory."""

    def __init__(self, offer: Offer) -> None:
        self.legs: list[MemoryLeg] = []
        self.runner: Runner | None = None
        self.fail_with: Exception | None = None
        """What the program fails with at its end."""
        self.opened: Future[None] = asyncio.get_running_loop().create_future()
        self.notes: list[CallRecord] = []
        """What was noted of calls, in its order."""
        self._offer = offer
        self._routes = RouteTable(
            local=tuple(Numbers(NumberPattern.parse(spec.number), spec.name) for spec, _ in offer.services),
            caps=offer.caps,
        )
        self._closing = asyncio.Event()
        self._numbers = count(1)
        self._program = asyncio.create_task(self._run())

    async def _run(self) -> None:
        with contexts(self._offer, VirtualMediaClock(), InlineStore) as services:  # type: ignore[arg-type]
            async with open_runner(services, _Notes(self.notes)) as runner:
                self.runner = runner
                for _, context in services:
                    context.opened.set()
                self.opened.set_result(None)
                await self._closing.wait()
                if self.fail_with is not None:
                    raise self.fail_with

    async def dial(
        self, number: str, *, caller: str = "1001", habits: Habits | None = None
    ) -> SimulatedTelephone:
        """Let a telephone call a number; its INVITE has arrived when this returns."""
        assert self.runner is not None
        telephone = SimulatedTelephone(habits)
        await asyncio.sleep(SIP_DELAY_S)
        route = self._routes.route(None, number)
        if isinstance(route, Refusal):
            asyncio.get_running_loop().call_later(SIP_DELAY_S, telephone.respond, route.status)
            return telephone
        leg = MemoryLeg(telephone, telephone.habits, gone=lambda: self._routes.release(route))
        self.legs.append(leg)
        telephone.connect(leg)
        call_id = f"call-{next(self._numbers)}"
        who = Caller(caller, trust=CallerTrust.OWN_EXCHANGE)
        extension = self._offer.home.extension if self._offer.home else ""
        self.runner.take(IncomingCall(leg, route.service, number, who, call_id, extension))
        return telephone

    async def shut_down(self) -> None:
        """End the program as SIGTERM does."""
        self._closing.set()
        await self._program

    async def until_opened(self) -> None:
        """Wait until the services are open. Raises what a service failed with."""
        await asyncio.wait([self.opened, self._program], return_when=asyncio.FIRST_COMPLETED)
        if self._program.done():
            self._program.result()

    def calls(self) -> int:
        """Calls counted by the runner and for the caps."""
        assert self.runner is not None
        return self.runner.calls().total() + self._routes.counts.total


class MemoryKind:
    """Fulfils `support.far_end.LegKind` in virtual time."""

    long_s = 30.0
    gap_s = 0.021

    def run(self, script: Script, offer: Offer) -> None:
        """Run a script; fails when a call, task or processor is left after it."""
        run_virtually(_run(script, offer))


async def _run(script: Callable[[MemoryExchange], Awaitable[None]], offer: Offer) -> None:
    exchange = MemoryExchange(offer)
    await exchange.until_opened()
    try:
        await script(exchange)
    finally:
        await exchange.shut_down()
    assert exchange.calls() == 0, "calls are still counted after the end"
    assert all(leg.over for leg in exchange.legs), "a leg outlived the program"
    assert not any(leg.processor_held for leg in exchange.legs), "a line still holds a processor"
    others = asyncio.all_tasks() - {asyncio.current_task()}
    assert not others, f"tasks are left: {others}"


def clips_heard(
    spec: ServiceSpec, caller: str = "1001", presses: str = "", by: DigitSource = DigitSource.EVENT
) -> str:
    """Call a service in memory, press keys 20 s apart, and name the English clips that were heard, in order."""
    heard = b""

    async def script(exchange: MemoryExchange) -> None:
        nonlocal heard
        telephone = await exchange.dial(spec.number, caller=caller)
        await telephone.listen(20)
        for key in presses:
            await telephone.press(key, by)
            await telephone.listen(20)
        heard = telephone.heard.tobytes()

    MemoryKind().run(script, Offer([(spec, spec.config())], language="en"))  # type: ignore[arg-type]
    return " ".join(clips_in(heard, load("en")))


def clips_in(heard: bytes, clips: Mapping[str, Clip]) -> list[str]:
    """Name the clips of which every sample is in what was heard (16-bit PCM), in their order.

    Of clips that are the same sound, the first by name.
    """
    found: dict[int, str] = {}
    for name, clip in sorted(clips.items()):
        pcm = clip.pcm.tobytes()
        # the loudest moment is soon found; a search for the quiet of a clip's beginning would take long
        loudest = int(np.abs(clip.pcm).argmax()) * 2
        moment = pcm[loudest : loudest + 64]
        at = heard.find(moment)
        while at >= 0:
            begins = at - loudest
            if begins >= 0 and heard.startswith(pcm, begins):
                found.setdefault(begins, name)
            at = heard.find(moment, at + 1)
    return [name for _, name in sorted(found.items())]
