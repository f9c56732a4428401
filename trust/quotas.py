"""Counts what was granted against hours and days of UTC; right over several nodes, and over a node that is killed.

A flood of one deed does not use up another's quota: the calls for proofs that a forger makes us place are counted apart
from alarms.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import case, select, tuple_, update
from sqlalchemy.orm import Session

from trust.keys import inserting
from trust.rows import Count
from trust.settings import Rate

_SPANS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
_KEY = (Count.deed, Count.scope, Count.key, Count.span)


class Deed(StrEnum):
    """What is counted, each by itself."""

    BOOKING = "booking"
    BOOKING_UNPROVED = "unproved"
    """A booking for a number that is still to be proved."""
    PROVING = "proving"
    RINGING = "ringing"
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
        self.session.execute(
            update(Count)
            .where(tuple_(*_KEY).in_(self.keys))
            .values(count=Count.count + 1)
            .execution_options(synchronize_session=False)
        )


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
        dict(zip(("deed", "scope", "key", "span"), key, strict=True))
        | {"start_utc": _start(now_utc, _SPANS[key[3]]), "count": 0}
        for key in limits
    ]
    insert = inserting(session, Count)
    is_over = Count.start_utc < insert.excluded.start_utc
    normalised = insert.on_conflict_do_update(
        index_elements=_KEY,
        set_={
            "count": case((is_over, 0), else_=Count.count),
            "start_utc": case((is_over, insert.excluded.start_utc), else_=Count.start_utc),
        },
    )
    session.execute(normalised, rows)
    now_there = select(*_KEY, Count.start_utc, Count.count).where(tuple_(*_KEY).in_(limits))
    found = {tuple(row[:4]): (row[4], row[5]) for row in session.execute(now_there)}
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
