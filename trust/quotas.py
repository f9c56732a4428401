"""Counts what was granted against hours and days of UTC; right over several nodes, and over a node that is killed.

A flood of one deed does not use up another's quota: the calls for proofs that a forger makes us place are counted apart
from alarms.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import cast

from sqlalchemy import Insert, Table, bindparam, case, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from trust.rows import Count
from trust.settings import Rate

_SPANS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
_KEY = ("deed", "scope", "key", "span")


_TABLE = cast("Table", Count.__table__)
_COUNTED = (
    update(_TABLE)
    .where(tuple_(*(_TABLE.c[name] for name in _KEY)).in_(bindparam("keys", expanding=True)))
    .values(count=_TABLE.c.count + 1)
)


class Deed(StrEnum):
    """What is counted, each by itself."""

    BOOKING = "booking"
    BOOKING_UNPROVED = "unproved"
    """A booking for a number that is still to be proved."""
    PROVING = "proving"
    RINGING = "ringing"
    OPTING_OUT = "opting out"
    """Of a number that is not proved, by a mere claim."""
    PIN = "pin"
    """A try to give the operator's PIN, right or wrong."""
    TELLING = "telling"
    """An event that would come too often."""


class Scope(StrEnum):
    """Against whose quota; in the order in which their rows are locked, by which transactions cannot block each other."""

    ALL = "all"
    TRUNK = "trunk"
    TARGET = "target"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Quota:
    """How often a deed may be, for one `key` of a scope."""

    deed: Deed
    scope: Scope
    key: str
    rate: Rate


@dataclass(frozen=True, slots=True)
class Full:
    """Nothing is left; until when."""

    scope: Scope
    until_utc: datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts of some quotas, locked until the transaction ends: `full` says whether one of them is used up.

    `is_new_hour`: nothing was counted in this hour yet by the first of them.
    """

    session: Session
    keys: Sequence[tuple[str, str, str, str]]
    full: Full | None
    is_new_hour: bool

    def add(self) -> None:
        """Count one more, in each."""
        self.session.execute(_COUNTED, {"keys": self.keys})


def lock(session: Session, quotas: Iterable[Quota], now_utc: datetime) -> Counts:
    """Look at quotas, and keep others from counting in them until this transaction ends.

    A clock that was set back counts on in the hour and day that had begun already.
    """
    order = list(Scope)
    sorted_quotas = sorted(quotas, key=lambda quota: (order.index(quota.scope), quota.key))
    limits = {
        (quota.deed.value, quota.scope.value, quota.key, span): most
        for quota in sorted_quotas
        for span, most in (("day", quota.rate.per_day), ("hour", quota.rate.per_hour))
    }
    rows = [
        dict(zip(_KEY, key, strict=True)) | {"start_utc": _start(now_utc, _SPANS[key[3]]), "count": 0}
        for key in limits
    ]
    normalised = session.execute(_normalised(session.get_bind().dialect.name), rows)
    found = {tuple(row[:4]): (row[4], row[5]) for row in normalised}
    full = [
        Full(Scope(key[1]), found[key][0] + _SPANS[key[3]])
        for key, most in limits.items()
        if found[key][1] >= most
    ]
    first_hour = next(key for key in limits if key[3] == "hour")
    return Counts(
        session,
        list(limits),
        max(full, key=lambda each: each.until_utc, default=None),
        found[first_hour][1] == 0,
    )


def _start(now_utc: datetime, span: timedelta) -> datetime:
    midnight = now_utc.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight if span == _SPANS["day"] else now_utc.replace(minute=0, second=0, microsecond=0)


@cache
def _normalised(dialect: str) -> Insert:
    """Begins new hours and days where they are due, and gives all counts; made once, as each ring asks it."""
    insert = postgresql.insert(_TABLE) if dialect == "postgresql" else sqlite.insert(_TABLE)
    is_over = _TABLE.c.start_utc < insert.excluded.start_utc
    return insert.on_conflict_do_update(
        index_elements=_KEY,
        set_={
            "count": case((is_over, 0), else_=_TABLE.c.count),
            "start_utc": case((is_over, insert.excluded.start_utc), else_=_TABLE.c.start_utc),
        },
    ).returning(*(_TABLE.c[name] for name in (*_KEY, "start_utc", "count")))
