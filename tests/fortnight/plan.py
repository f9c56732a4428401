"""What is booked for the simulated fortnight: alarms by the thousand, from a seed."""

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
A_TELEPHONE_A_DAY = 0.12
"""So many alarms on average: some telephones have two at one time, and the second must wait; hardly any has more, so that an
instant lasts no longer than two calls."""
A_TELEPHONE_ON_ONE_DAY = 0.85
"""Of a single day, whose alarms are few."""
ESCALATED = 0.2
"""Of all alarms, but for those of a single day, which is to be over soon."""
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
        cls, n: int, numbers: int, days: int, policies: Sequence[Policy], rng: random.Random
    ) -> Self:
        """The n-th."""
        first = BEGINS_UTC.date() + timedelta(days=1)
        every = tuple(first + timedelta(days=day) for day in range(days))
        policy = rng.choice(policies)
        if days > 1 and rng.random() < ESCALATED:
            guardian = str(29_000 + rng.randrange(max(1, numbers // 5)))
            policy = Policy(**{**asdict(policy), "escalate_to": guardian})
        dates = every if n % DAILY_IN == DAILY_IN - 1 else (rng.choice(every),)
        return cls(
            uid=f"alarm-{n}@fortnight",
            number=str(LOWEST_NUMBER + rng.randrange(numbers)),
            civil_time=TIMES[dates[0].toordinal() % len(TIMES)],
            dates=dates,
            policy=policy,
        )


def plan(alarms: int, days: int, policies: Sequence[Policy], seed: int) -> list[Planned]:
    """So many alarms over so many days."""
    rng = random.Random(seed)
    each = A_TELEPHONE_A_DAY if days > 1 else A_TELEPHONE_ON_ONE_DAY
    numbers = max(5, round(alarms / days / each))
    return [Planned.at_random(n, numbers, days, policies, rng) for n in range(alarms)]


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
