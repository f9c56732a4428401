"""The civil time of this machine, for whoever sits at it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self


@dataclass(frozen=True, slots=True)
class LocalTime:
    """Times as the wall clock shows them; one of another offset than `offset` (summer time) says its own."""

    name: str
    offset: timedelta

    @classmethod
    def of_this_machine(cls) -> Self:
        """As TZ or /etc/localtime say, and as it is now."""
        now = datetime.now().astimezone()
        return cls(now.tzname() or "", now.utcoffset() or timedelta(0))

    @property
    def zone(self) -> str:
        """What the zone is called, and how far it is from UTC: JST (UTC+09:00)."""
        return f"{self.name} (UTC{_signed(self.offset)})"

    def say(self, at_utc: datetime) -> str:
        """An instant to the second."""
        local = at_utc.astimezone()
        offset = local.utcoffset() or timedelta(0)
        written = f"{local:%Y-%m-%d %H:%M:%S}"
        return written if offset == self.offset else f"{written} {_signed(offset)}"

    def read(self, text: str) -> datetime:
        """A date or time in ISO 8601, local where it names no offset. Raises ValueError."""
        try:
            return datetime.fromisoformat(text).astimezone()
        except OverflowError as error:  # the first and last day of the calendar
            raise ValueError(str(error)) from error


def _signed(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
