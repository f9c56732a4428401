"""Civil time: what the clocks on the wall of an IANA time zone show."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from timekeeping.leap import UtcSecond

DEFAULT_ZONE = "Asia/Tokyo"
UNKNOWN_ZONE = (
    "unknown time zone {zone!r}: write an IANA name such as "
    f"{DEFAULT_ZONE!r} (and is the package tzdata installed?)"
)


class ZoneError(ValueError):
    """A time zone that the system does not know; the message says what to do. `zone` is its name, shortened."""

    def __init__(self, zone: str) -> None:
        self.zone = zone[:60]
        super().__init__(UNKNOWN_ZONE.format(zone=self.zone))


@dataclass(frozen=True, slots=True)
class CivilTime:
    """A second on the wall clock; `second` is 60 in an inserted leap second."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    utc_offset_s: int
    """Local minus UTC: tells the two passes of a repeated hour apart."""


def zone_named(name: str) -> ZoneInfo:
    """The IANA zone of that name, such as `Asia/Tokyo`.

    Raises:
        ZoneError: there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ZoneError(name) from None


def civil_time(second: UtcSecond, zone: ZoneInfo) -> CivilTime:
    """The wall clock of `zone` during that second of UTC.

    Computed from UTC, so it is unique: a skipped hour never comes out, a repeated one comes twice with its own
    `utc_offset_s`.

    Raises:
        ValueError: outside the years 1 to 9999.
    """
    try:
        local = datetime.fromtimestamp(second.posix_s, UTC).astimezone(zone)
    except (OverflowError, OSError) as error:
        raise ValueError(f"{second} lies outside the calendar") from error
    utc_offset = local.utcoffset()
    return CivilTime(
        local.year,
        local.month,
        local.day,
        local.hour,
        local.minute,
        local.second + second.inserted,
        int(utc_offset.total_seconds()) if utc_offset is not None else 0,
    )
