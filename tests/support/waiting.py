"""Waiting for what tells nobody that it has come."""

import asyncio
from collections.abc import Callable


async def until(holds: Callable[[], object], timeout_s: float = 5.0) -> None:
    """Look every two milliseconds whether something holds. TimeoutError when it does not come to that."""
    async with asyncio.timeout(timeout_s):
        while not holds():  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.002)
