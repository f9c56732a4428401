"""A running `denwa serve` is told of a booking at once, not at its next look."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from support.alarms import Night, wish
from support.served_program import ServedProgram

from schedules.booking import book_at
from store.news import announced

pytestmark = pytest.mark.native

AT_ONCE_S = 3.0
"""It looks every 15 seconds by itself."""


def _unannounced(session: Session, now_utc: datetime) -> None:
    """Something is to be done that the running program has not been told of: an alarm is long over."""
    book_at(session, wish(), now_utc - timedelta(hours=2), now_utc)
    announced(session)


def state_after(night: Night, alarm_id: int, wanted: str) -> str:
    """An alarm's state, as soon as it is the one that is wanted, else after a while."""
    ends_monotonic_s = time.monotonic() + AT_ONCE_S
    while (state := night.state(alarm_id)) != wanted and time.monotonic() < ends_monotonic_s:
        time.sleep(0.02)
    return state


def left_alone(night: Night) -> int:
    """Such an alarm, once the program has looked for what is due and sleeps: it has ended those before."""
    for alarm_id in range(1, 10):
        night.database.write(_unannounced, datetime.now(UTC))
        time.sleep(0.3)
        if night.state(alarm_id) == "booked":
            return alarm_id
    raise AssertionError("it looks again and again without being told")


def test_a_running_serve_is_told_of_a_booking_at_once(alarm, night: Night, empty_folder: Path):
    home = empty_folder / "home"
    with ServedProgram(home):
        waits = left_alone(night)
        alarm("add", "1002", "06:30")
        assert state_after(night, waits, "expired") == "expired"
    assert "its validity is over" in alarm("history", str(waits)).output
