"""Calls that we place."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from exchange.sip.call import Call
from exchange.sip.leg import End, EndedBy


class NotReached(Exception):  # noqa: N818 - an event
    """Nobody answered; `end` says how the attempt ended."""

    def __init__(self, number: str, end: End) -> None:
        super().__init__(f"{number} was not reached: {end.status} {end.reason}".rstrip())
        self.end = end


class NeverLeft(NotReached):
    """Its INVITE was not sent, since the instant for that had passed: whoever is called has no part in it."""


class Dialler(Protocol):
    """Places calls; leaving the scope, by cancellation too, CANCELs or BYEs."""

    def ring(
        self, number: str, *, extension: str, timeout_s: float, at_monotonic_s: float = 0.0
    ) -> AbstractAsyncContextManager[Call]:
        """Call a number by an extension; raises NotReached when it is not answered in `timeout_s` seconds.

        `at_monotonic_s`: when its INVITE is to leave, where that lies ahead. Many that leave at one instant are punctual
        only if all was made ready before.
        """


def no_answer(timeout_s: float) -> End:
    """The end of an attempt that rang until its time was over."""
    return End(EndedBy.US, 487, f"no answer in {timeout_s:g} s")


@asynccontextmanager
async def hanging_up(call: Call, reason: str = "") -> AsyncIterator[Call]:
    """End the call when the scope is left, however it is left."""
    try:
        yield call
    finally:
        await call.hangup(reason)
