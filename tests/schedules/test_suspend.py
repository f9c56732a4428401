"""The machine sleeps while a node is on duty: all timers stand still, UTC and the clock of its lease go on."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from support.alarms import Night, wish
from support.node_process import node, until
from support.preloaded import build_preloaded
from support.stepped_clock import SteppedClock

from schedules import booking
from schedules.policy import Policy
from schedules.rows import Occurrence
from store.database import Database

pytestmark = [pytest.mark.unit, pytest.mark.timeout(60)]

RINGS_S = "0.1"
MINUTE_S, HOUR_S = 60, 3600


@pytest.fixture
def clock(tmp_path: Path) -> Iterator[SteppedClock]:
    """The clocks of a machine that sleeps."""
    with SteppedClock(build_preloaded("stepped_clock", tmp_path), tmp_path / "clock") as stepped:
        yield stepped


def book(database: Database, number: str, in_s: float) -> int:
    """An alarm in so many seconds."""
    now_utc = datetime.now(UTC)
    asked = wish(number, policy=Policy(ring_s=5))
    return database.write(booking.book_at, asked, now_utc + timedelta(seconds=in_s), now_utc).alarm_id


def late_s(database: Database, alarm_id: int) -> float | None:
    """How late it rang, by its row."""
    query = select(Occurrence.late_s).where(Occurrence.alarm_id == alarm_id)
    return database.read(lambda session: session.scalar(query))


def test_what_fell_due_in_the_sleep_rings_late_or_is_told_of_and_each_once(
    database_url: str, clock: SteppedClock
):
    with (
        closing(Database.open(database_url)) as database,
        node(database_url, "sleeper", RINGS_S, clock.environment) as sleeper,
    ):
        night = Night(database)
        too_late = book(database, "1001", HOUR_S)
        late = book(database, "1002", 2 * HOUR_S - 10 * MINUTE_S)
        to_come = book(database, "1003", 3 * HOUR_S)
        sleeper.sleeps(clock, 2 * HOUR_S)
        sleeper.says("sleeper ends 1002")
        until(lambda: night.state(late) == "acknowledged")
        assert night.history(late) == ["booked", "ringing", "acknowledged"]
        assert late_s(database, late) == pytest.approx(10 * MINUTE_S, abs=10)
        assert night.history(too_late) == ["booked", "expired"]
        assert night.history(to_come) == ["booked"]
        assert night.events() == ["alarm.expired", "alarm.late"]
        sleeper.sleeps(clock, 3 * HOUR_S + MINUTE_S)
        sleeper.says("sleeper ends 1003")
        until(lambda: night.state(to_come) == "acknowledged")
        assert sleeper.rang() == []
        assert night.events() == ["alarm.expired", "alarm.late", "alarm.late"]


@pytest.mark.parametrize(
    ("slept_s", "outcomes", "events"),
    [
        pytest.param(10 * MINUTE_S, ["unknown", "acknowledged"], [], id="it is valid still"),
        pytest.param(HOUR_S, ["unknown"], ["alarm.missed"], id="it is not"),
    ],
)
def test_an_attempt_taken_before_the_sleep_is_not_made_after_it(
    postgres_url: str, clock: SteppedClock, slept_s: float, outcomes: list[str], events: list[str]
):
    """Its lease was lost. It counts as unknown, and the alarm goes on by its policy, or is told of."""
    with (
        closing(Database.open(postgres_url)) as database,
        node(postgres_url, "sleeper", RINGS_S, clock.environment) as sleeper,
    ):
        night = Night(database)
        alarm = book(database, "1001", 2.5)
        until(lambda: night.state(alarm) == "ringing")
        sleeper.sleeps(clock, slept_s)
        until(lambda: night.alarm_state(alarm) == "ended")
        assert night.outcomes(alarm) == outcomes
        assert night.events() == events
        assert sleeper.rang() == ["1001"] * outcomes.count("acknowledged")
