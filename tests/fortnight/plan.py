"""What is booked for the simulated fortnight: alarms by the thousand, from a seed."""

import itertools
import json
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from schedules import booking
from schedules.booking import Telephone, Wish
from schedules.policy import Policy
from schedules.recurrence import ONCE, Kind, Recurrence
from schedules.rows import BookedHow

ZONE = "Asia/Tokyo"
DAYS = 14
BEGINS_UTC = datetime(2027, 3, 1, tzinfo=UTC)
"""A Monday, 9:00 in Japan: the first alarms are due on the next morning."""
TIMES = (time(6, 57), time(7, 0))
"""On one day the first, on the next one the second, so that hundreds ring at once; as far apart as attempts are, so that the
fortnight has few instants."""
LOWEST_NUMBER = 22_000
"""From 21100 on they look like emergency numbers behind the prefix 2."""
CROWDED_IN = 5
"""On one day of so many, some telephones have two alarms at one time, and the second must wait; and some have a second number.
A day lasts twice as long by that: each call that comes at an instant of its own is one to be waited for."""
A_TELEPHONE_A_DAY = 0.3
"""So many alarms on average, so that few have more than two."""
A_TELEPHONE_ON_ONE_DAY = 0.85
"""Of a single day, whose alarms are few."""
ESCALATED = 0.4
"""Of the alarms of crowded days, but for a single day, which is to be over soon."""
GUARDIANS = range(29_000, 30_000)
"""Second numbers."""
DAILY_IN = 300
"""One alarm of so many rings each day."""
PATIENT = (
    Policy(ring_s=5, attempts=2, gap_s=180, snooze_s=180, snoozes=1),
    Policy(ring_s=5, attempts=3, gap_s=180, snooze_s=180, snoozes=1, demands_acknowledgement=True),
    Policy(ring_s=8, attempts=1, gap_s=180, snooze_s=180, snoozes=2),
)
HASTY = (Policy(ring_s=5, attempts=2, snooze_s=180, snoozes=0),)
"""For a night that is to be over soon."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One alarm: whom it rings, the dates and the time in Japan on which it is due, and whom after that."""

    uid: str
    number: str
    civil_time: time
    dates: tuple[date, ...]
    policy: Policy

    @property
    def due_utc(self) -> list[datetime]:
        """Each instant that is promised."""
        zone = ZoneInfo(ZONE)
        return [datetime.combine(day, self.civil_time, zone).astimezone(UTC) for day in self.dates]

    def to_json(self) -> dict[str, Any]:
        """For the file that the checker reads."""
        return {
            "uid": self.uid,
            "number": self.number,
            "due_utc": [due.timestamp() for due in self.due_utc],
            "policy": asdict(self.policy),
        }

    @classmethod
    def at_random(
        cls,
        n: int,
        subscribers: "Subscribers",
        every: Sequence[date],
        policies: Sequence[Policy],
        rng: random.Random,
    ) -> Self:
        """The n-th."""
        policy = rng.choice(policies)
        dates = tuple(every) if n % DAILY_IN == DAILY_IN - 1 else (rng.choice(every),)
        if 1 == len(dates) < len(every) and _is_crowded(dates[0]) and rng.random() < ESCALATED:
            policy = Policy(**{**asdict(policy), "escalate_to": str(rng.choice(GUARDIANS))})
        return cls(
            uid=f"alarm-{n}@fortnight",
            number=str(subscribers.one_for(dates)),
            civil_time=TIMES[dates[0].toordinal() % len(TIMES)],
            dates=dates,
            policy=policy,
        )


class Subscribers:
    """Whose alarms they are."""

    def __init__(self, count: int, every: Sequence[date], rng: random.Random) -> None:
        numbers = range(LOWEST_NUMBER, LOWEST_NUMBER + count)
        self._numbers = numbers
        self._rng = rng
        self._daily = itertools.count(numbers.stop)
        self._unused = {
            day: rng.sample(numbers, count) for day in every if len(every) > 1 and not _is_crowded(day)
        }

    def one_for(self, dates: tuple[date, ...]) -> int:
        """One that may have another alarm then, if the day is a crowded one."""
        if len(dates) > 1:
            return next(self._daily)
        unused = self._unused.get(dates[0])
        return self._rng.choice(self._numbers) if unused is None else unused.pop()


def _is_crowded(day: date) -> bool:
    return day.toordinal() % CROWDED_IN == 0


def plan(alarms: int, days: int, policies: Sequence[Policy], seed: int) -> list[Planned]:
    """So many alarms over so many days."""
    rng = random.Random(seed)
    first = BEGINS_UTC.date() + timedelta(days=1)
    every = [first + timedelta(days=day) for day in range(days)]
    each = A_TELEPHONE_A_DAY if days > 1 else A_TELEPHONE_ON_ONE_DAY
    subscribers = Subscribers(max(5, round(alarms / days / each)), every, rng)
    return [Planned.at_random(n, subscribers, every, policies, rng) for n in range(alarms)]


def write(planned: Sequence[Planned], path: Path) -> None:
    """Into the file that the checker reads."""
    path.write_text(json.dumps([each.to_json() for each in planned]))


def ends_utc(planned: Sequence[Planned]) -> datetime:
    """After this nothing more of the plan is to come; alarms for every day go on."""
    return max(due for each in planned for due in each.due_utc) + timedelta(hours=12)


def book(session: Session, planned: Sequence[Planned]) -> None:
    """Book all, as an import does on the first day."""
    for each in planned:
        wish = Wish(
            telephone=Telephone("home", "services", each.number),
            civil_time=each.civil_time,
            booked_by="plan",
            booked_how=BookedHow.IMPORT,
            recurrence=Recurrence(Kind.DAILY) if len(each.dates) > 1 else ONCE,
            first_date=each.dates[0],
            zone=ZONE,
            policy=each.policy,
            uid=each.uid,
        )
        booking.book(session, wish, BEGINS_UTC)
