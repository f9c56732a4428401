"""Alarms for tests: booked, claimed, ended, and what the database then says of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from schedules import booking
from schedules.attempts import acknowledge_by_call, close_orphans, finish
from schedules.booking import Telephone, Wish
from schedules.claims import claim
from schedules.outcomes import Outcome
from schedules.policy import DEFAULT, Policy
from schedules.recurrence import Recurrence
from schedules.rows import Alarm, Attempt, Audit, BookedHow, Occurrence
from schedules.shaping import Shaping
from schedules.taking import Ring
from store.database import Database
from store.outbox import Event

EVENING_UTC = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)
"""Tuesday 1 December, 23:00 in Tokyo."""
HALF_PAST_SIX_UTC = datetime(2026, 12, 1, 21, 30, tzinfo=UTC)
"""The next time that it is 6:30 in Tokyo."""


def telephone(number: str = "1001", trunk: str = "") -> Telephone:
    """A telephone of the exchange "home"."""
    return Telephone("home", "alarms", number, trunk)


def wish(
    number: str = "1001",
    at: time = time(6, 30),
    recurrence: str = "once",
    policy: Policy = DEFAULT,
    trunk: str = "",
    first_date: date | None = None,
    zone: str = "Asia/Tokyo",
) -> Wish:
    """An alarm as its sleeper books it."""
    return Wish(
        telephone=telephone(number, trunk),
        civil_time=at,
        booked_by=number,
        booked_how=BookedHow.DIGITS,
        recurrence=Recurrence.parse(recurrence),
        first_date=first_date,
        zone=zone,
        policy=policy,
    )


def lets_all_ring(session: Session, occurrence: Occurrence, now_utc: datetime) -> str:
    """A gate that is open."""
    return ""


@dataclass
class Night:
    """A database and a time of the test's own; each method is one unit of work at that time."""

    database: Database
    now_utc: datetime = EVENING_UTC
    node_id: str = "node"
    shaping: Shaping = field(default_factory=Shaping)
    noticed: dict[str, dict[int, datetime]] = field(default_factory=lambda: defaultdict(dict))
    """The orphans that each node has seen."""

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now_utc += timedelta(seconds=seconds)

    def book(self, asked: Wish) -> int:
        """Book; the alarm's number."""
        return self.database.write(booking.book, asked, self.now_utc).alarm_id

    def claim(self, node_id: str = "", **options: Any) -> list[Ring]:
        """Take what is due."""
        options = {"shaping": self.shaping, "gate": lets_all_ring, "extensions": ["alarms"]} | options
        return self.database.write(claim, node_id or self.node_id, self.now_utc, **options)

    def finish(self, ring: Ring, outcome: Outcome, node_id: str = "") -> bool:
        """Write what came of it."""
        return self.database.write(
            finish, ring.attempt_id, outcome, self.now_utc, node_id=node_id or self.node_id
        )

    def dial_back(self, number: str, code: str) -> bool:
        """Acknowledge from a telephone."""
        return self.database.write(acknowledge_by_call, "home", number, code, self.now_utc) is not None

    def cancel(self, alarm_id: int) -> None:
        """Cancel an alarm."""

        def work(session: Session) -> None:
            occurrence = booking.occurrence_to_change(session, alarm_id)
            assert occurrence is not None
            booking.cancel(session, occurrence, "by the test", self.now_utc)

        self.database.write(work)

    def close_orphans(self, node_id: str, alive: Sequence[str] = (), under_way: Sequence[int] = ()) -> int:
        """End what nobody makes."""
        noticed = self.noticed[node_id]
        return self.database.write(close_orphans, node_id, alive, under_way, noticed, self.now_utc)

    def occurrences(self, alarm_id: int) -> list[tuple[str, datetime | None]]:
        """Each one's state and next instant, oldest first."""

        def work(session: Session) -> list[tuple[str, datetime | None]]:
            query = select(Occurrence).where(Occurrence.alarm_id == alarm_id).order_by(Occurrence.id)
            return [(each.state, each.next_utc) for each in session.scalars(query)]

        return self.database.read(work)

    def state(self, alarm_id: int) -> str:
        """Of the newest occurrence."""
        return self.occurrences(alarm_id)[-1][0]

    def next_utc(self, alarm_id: int) -> datetime | None:
        """Of the newest occurrence."""
        return self.occurrences(alarm_id)[-1][1]

    def alarm_state(self, alarm_id: int) -> str:
        """Of the alarm itself."""
        return self.database.read(lambda session: session.get_one(Alarm, alarm_id).state)

    def outcomes(self, alarm_id: int) -> list[str | None]:
        """Of its attempts, oldest first."""
        query = (
            select(Attempt.outcome)
            .join(Attempt.occurrence)
            .where(Occurrence.alarm_id == alarm_id)
            .order_by(Attempt.id)
        )
        return self.database.read(lambda session: list(session.scalars(query)))

    def history(self, alarm_id: int) -> list[str]:
        """The states that its occurrences came into, by the audit."""
        query = select(Audit.new_state).where(Audit.alarm_id == alarm_id, Audit.occurrence_id.is_not(None))
        return self.database.read(lambda session: list(session.scalars(query.order_by(Audit.id))))

    def events(self) -> list[str]:
        """The kinds of what the outbox holds, oldest first."""
        return self.database.read(
            lambda session: list(session.scalars(select(Event.kind).order_by(Event.id)))
        )
