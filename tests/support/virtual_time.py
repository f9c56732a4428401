"""An asyncio loop whose time is virtual: it jumps to the next timer as soon as nothing else is to be done.

A ten-minute call takes as long as its arithmetic, and two runs of it are the same to the sample.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
STUCK_S = 5.0
"""How long, in real seconds, a loop without any timer may wait for a thread before it counts as stuck."""


class Stuck(Exception):  # noqa: N818 - a state
    """Nothing is to be done and no timer runs: in virtual time nothing can ever happen again."""


class _JumpingSelector(selectors.DefaultSelector):
    """Instead of sleeping until the next timer, moves the loop's time there."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            ready = super().select(STUCK_S)
            if not ready:
                raise Stuck("every task waits for something that no timer and no descriptor will bring")
            return ready
        ready = super().select(0)
        if not ready:
            self.now_s += max(timeout, 0)
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Starts at 0 s. Descriptors and threads work, but take no virtual time."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._jumping.now_s

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ASYNC109, ARG002 - theirs
        """Wait for the threads whatever `timeout` is: it would pass at once, as theirs is real time."""
        await super().shutdown_default_executor()


def run_virtually(main: Coroutine[Any, Any, T]) -> T:
    """`asyncio.run` in virtual time."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)
