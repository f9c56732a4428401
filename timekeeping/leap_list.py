"""The system's list of leap seconds, in the two forms that tzdata brings.

`leap-seconds.list` is the IERS's (NTP seconds since 1900, an expiry date, a SHA-1 of its numbers);
`leapseconds` is tzdata's own (`Leap 2016 Dec 31 23:59:60 + S`).
"""

import hashlib
import importlib.util
import itertools
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from timekeeping.leap import DAY_S, LeapSecond, LeapTable

NTP_TO_POSIX_S = 2_208_988_800
"""NTP counts from 1900, POSIX from 1970."""

FIRST = LeapSecond(63_072_000, 10)
"""UTC in its present form began on 1 January 1972, ten seconds behind TAI (ITU-R TF.460)."""

SYSTEM_FOLDER = Path("/usr/share/zoneinfo")

_FAR_FUTURE_S = 1 << 40
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class LeapListError(Exception):
    """There is no list of leap seconds, or it cannot be right; the message says what to do."""


def read_leap_table(folders: Iterable[Path] | None = None) -> LeapTable:
    """The first list found in `folders`; by default the system's tzdata, then the Python package `tzdata`.

    Raises:
        LeapListError: there is none, or the one found is damaged.
    """
    forms: tuple[tuple[str, Callable[[str], LeapTable]], ...] = (
        ("leap-seconds.list", parse_iers),
        ("leapseconds", parse_tzdata),
    )
    places = list(default_folders() if folders is None else folders)
    for folder in places:
        for name, parse in forms:
            path = folder / name
            if path.is_file():
                try:
                    return parse(path.read_text(encoding="utf-8", errors="replace"))
                except LeapListError as error:
                    raise LeapListError(f"{path}: {error}; install the package tzdata again") from error
    searched = ", ".join(str(place) for place in places) or "nowhere"
    raise LeapListError(
        f"no list of leap seconds (searched: {searched}): install Debian's package tzdata, "
        "or the Python package tzdata"
    )


def default_folders() -> list[Path]:
    """Where tzdata lies on this machine."""
    folders = [SYSTEM_FOLDER]
    package = importlib.util.find_spec("tzdata")
    if package is not None and package.submodule_search_locations:
        folders += [Path(place) / "zoneinfo" for place in package.submodule_search_locations]
    return folders


def parse_iers(text: str) -> LeapTable:
    """Read the form of `leap-seconds.list`.

    Raises:
        LeapListError: a line that is neither comment nor entry, a wrong hash, an impossible sequence.
    """
    entries: list[LeapSecond] = []
    hashed = {"$": "", "@": ""}
    digest = ""
    expires_utc_s = None
    numbers = ""
    for line in text.splitlines():
        if special := re.match(r"#([$@])\s*(\d{1,13})\s*$", line, re.ASCII):
            hashed[special[1]] = special[2]
            if special[1] == "@":
                expires_utc_s = int(special[2]) - NTP_TO_POSIX_S
        elif (stated := re.match(r"#h((?:\s+[0-9a-fA-F]{1,8}){5})\s*$", line)) is not None:
            digest = "".join(word.zfill(8) for word in stated[1].lower().split())
        elif content := line.split("#", 1)[0].strip():
            entry = re.fullmatch(r"(\d{1,13})\s+(\d{1,4})", content, re.ASCII)
            if entry is None:
                raise LeapListError(f"not an entry of a leap-second list: {line[:60]!r}")
            numbers += entry[1] + entry[2]
            entries.append(LeapSecond(int(entry[1]) - NTP_TO_POSIX_S, int(entry[2])))
    text_hashed = hashed["$"] + hashed["@"] + numbers
    if digest and hashlib.sha1(text_hashed.encode(), usedforsecurity=False).hexdigest() != digest:
        raise LeapListError("the numbers do not have the hash that the list states")
    return _checked(entries, expires_utc_s)


def parse_tzdata(text: str) -> LeapTable:
    """Read the form of tzdata's `leapseconds`.

    Raises:
        LeapListError: a line that is neither comment nor entry, an impossible sequence.
    """
    entries = [FIRST]
    expires_utc_s = None
    for line in text.splitlines():
        if special := re.match(r"#expires\s+(\d{1,13})\b", line, re.ASCII):
            expires_utc_s = int(special[1])
        elif fields := line.split("#", 1)[0].split():
            entries.append(_tzdata_entry(line, fields, entries[-1]))
    return _checked(entries, expires_utc_s)


def _tzdata_entry(line: str, fields: list[str], before: LeapSecond) -> LeapSecond:
    """Read `Leap YEAR MONTH DAY 23:59:60 + S`: the change comes at the end of that day."""
    wrong = LeapListError(f"not an entry of tzdata's leapseconds: {line[:60]!r}")
    if len(fields) != 7 or fields[0] != "Leap" or fields[2] not in _MONTHS or fields[6] != "S":
        raise wrong
    change = {("23:59:60", "+"): 1, ("23:59:59", "-"): -1}.get((fields[4], fields[5]))
    try:
        day = datetime(int(fields[1]), _MONTHS.index(fields[2]) + 1, int(fields[3]), tzinfo=UTC)
    except ValueError:
        raise wrong from None
    if change is None:
        raise wrong
    return LeapSecond(int(day.timestamp()) + DAY_S, before.tai_minus_utc_s + change)


def _checked(entries: list[LeapSecond], expires_utc_s: int | None) -> LeapTable:
    if not entries or entries[0] != FIRST:
        raise LeapListError("the list does not begin with 1 January 1972 and ten seconds")
    for before, entry in itertools.pairwise(entries):
        rises = before.from_utc_s < entry.from_utc_s < _FAR_FUTURE_S
        by_one = abs(entry.tai_minus_utc_s - before.tai_minus_utc_s) == 1
        if not rises or entry.from_utc_s % DAY_S or not by_one:
            raise LeapListError(f"impossible: {before} followed by {entry}")
    return LeapTable(tuple(entries), expires_utc_s)
