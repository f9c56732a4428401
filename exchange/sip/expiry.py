"""Time limits that hold in every task.

In a task that was cancelled before, Python 3.11.2's asyncio.timeout (and wait_for) raises CancelledError when it expires.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def expiring(after_s: float, expire: Callable[[], None]) -> Iterator[None]:
    """`expire` is called after so long, unless the scope is left before."""
    timer = asyncio.get_running_loop().call_later(after_s, expire)
    try:
        yield
    finally:
        timer.cancel()


async def pause(woken: asyncio.Event, at_most_s: float) -> None:
    """Wait until the event is set; after `at_most_s` it is set here."""
    with expiring(at_most_s, woken.set):
        await woken.wait()
