"""A dialler in memory: it rings telephones that do as a script says."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from support.memory_leg import MemoryLeg
from support.simulated_telephone import SimulatedTelephone

from exchange.sip.call import Call, CallEnded
from exchange.sip.caller import Caller, CallerTrust
from exchange.sip.dialler import NotReached, hanging_up, no_answer

Rung = Callable[[SimulatedTelephone], Awaitable[None]]
"""What a telephone does from when it rings on; it is broken off when the call is over."""


class MemoryDialler:
    """Fulfils `exchange.sip.dialler.Dialler` with one telephone, whatever number is dialled."""

    def __init__(self, telephone: SimulatedTelephone, rung: Rung) -> None:
        self.dialled: list[tuple[str, str]] = []
        """Each number, and the extension by which it was dialled."""
        self.dialled_monotonic_s = 0.0
        self.answered_monotonic_s = 0.0
        self._telephone = telephone
        self._rung = rung

    @asynccontextmanager
    async def ring(
        self, number: str, *, extension: str, timeout_s: float, at_monotonic_s: float = 0.0
    ) -> AsyncIterator[Call]:
        """Ring until it is answered; see Dialler."""
        await asyncio.sleep(at_monotonic_s - asyncio.get_running_loop().time())
        self.dialled_monotonic_s = asyncio.get_running_loop().time()
        self.dialled.append((number, extension))
        leg = MemoryLeg(self._telephone, self._telephone.habits, placed=True)
        self._telephone.connect(leg)
        caller = Caller(extension, trust=CallerTrust.OWN_EXCHANGE)
        call = Call(leg, call_id="c1", dialled=number, caller=caller, direction="out", extension=extension)
        doing = asyncio.ensure_future(self._rung(self._telephone))
        try:
            async with hanging_up(call):
                try:
                    answered = await call.wait_answered(timeout_s)
                except CallEnded as ended:
                    raise NotReached(number, ended.end) from None
                if not answered:
                    raise NotReached(number, no_answer(timeout_s))
                self.answered_monotonic_s = asyncio.get_running_loop().time()
                yield call
        finally:
            await call.wait_ended()
            if doing.done():
                doing.result()
            doing.cancel()
            await asyncio.gather(doing, return_exceptions=True)
            assert not leg.processor_held, "the line still holds a processor"
