"""A call from an extension to itself by way of the exchange: both ends in our hands."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from denwa.doctor.ends import BothEnds, NotingCall
from exchange.sip.call import Call, CallEnded
from exchange.sip.dialler import NotReached
from exchange.sip.leg import End, EndedBy

ARRIVAL_S = 1.5
"""An exchange that answers first, as some do before they pass a call on, has so long to ring us."""


class Astray(Exception):  # noqa: N818 - an event
    """A call did not come back to us, whoever answered or refused it; `end` is None where somebody else answered."""

    def __init__(self, end: End | None) -> None:
        super().__init__("it did not come back")
        self.end = end


@dataclass(frozen=True, slots=True)
class Pair:
    """Both ends of one call, up."""

    caller: Call
    called: NotingCall


@asynccontextmanager
async def connected(ends: BothEnds, extension: str, number: str) -> AsyncIterator[Pair]:
    """Dial a number as an extension, answer the call that comes, and have both ends while in the scope.

    Raises:
        Astray: no call came to us.
        NotReached: it came, we answered, and the exchange did not pass that on.
    """
    arriving = asyncio.create_task(_answer_next(ends))
    try:
        async with _ringing(ends, extension, number, arriving) as caller:
            try:
                called = await asyncio.wait_for(asyncio.shield(arriving), ARRIVAL_S)
            except (TimeoutError, CallEnded):
                raise Astray(None) from None
            yield Pair(caller, called)
    finally:
        arriving.cancel()
        await asyncio.wait([arriving])
        if not arriving.cancelled() and arriving.exception() is None:
            await arriving.result().hangup()


@asynccontextmanager
async def _ringing(
    ends: BothEnds, extension: str, number: str, arriving: "asyncio.Task[NotingCall]"
) -> AsyncIterator[Call]:
    try:
        async with ends.ring(extension, number) as caller:
            yield caller
    except NotReached as error:
        if arriving.done() and not arriving.cancelled() and error.end.by is not EndedBy.US:
            raise
        raise Astray(error.end) from None


async def _answer_next(ends: BothEnds) -> NotingCall:
    while not ends.arrivals.empty():  # of a call that was given up
        ends.arrivals.get_nowait()
    call = await ends.arrivals.get()
    await call.answer()
    return call
