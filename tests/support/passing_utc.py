"""UTC that goes on with an event loop's virtual time, and between whiles passes quickly."""

import asyncio
from datetime import datetime, timedelta


class PassingUtc:
    """Called, it tells the time; belongs to its loop (`support.virtual_time`)."""

    def __init__(self, begin_utc: datetime) -> None:
        self._loop = asyncio.get_running_loop()
        self._at_zero_utc = begin_utc - self._since_zero()

    def __call__(self) -> datetime:
        """Now."""
        return self._at_zero_utc + self._since_zero()

    def become(self, now_utc: datetime) -> None:
        """Let it be this time now; timers stand where they stood, as while a machine sleeps."""
        self._at_zero_utc = now_utc - self._since_zero()

    def _since_zero(self) -> timedelta:
        return timedelta(seconds=self._loop.time())
