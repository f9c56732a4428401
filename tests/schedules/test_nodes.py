"""Nodes that die or are paused while a telephone rings: others go on, and the paused one does nothing more."""

import signal
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session
from support.alarms import Night, wish
from support.node_process import node, until

from schedules import booking
from schedules.policy import Policy
from store.database import Database
from store.news import announce

pytestmark = [pytest.mark.unit, pytest.mark.timeout(60)]

LONG_S = "60"
SHORT_S = "0.2"


def book(database: Database, number: str) -> int:
    """An alarm for now, with the shortest ring."""
    now_utc = datetime.now(UTC)
    asked = wish(number, policy=Policy(ring_s=5, gap_s=15))
    return database.write(booking.book_at, asked, now_utc + timedelta(seconds=0.3), now_utc).alarm_id


def test_others_go_on_with_what_a_killed_and_a_paused_node_have_left(postgres_url: str):
    with (
        closing(Database.open(postgres_url)) as database,
        node(postgres_url, "paused", LONG_S) as paused,
        node(postgres_url, "killed", LONG_S) as killed,
    ):
        night = Night(database)
        killed.send(signal.SIGSTOP)  # so that the other one takes the first alarm
        first = book(database, "1001")
        paused.says("paused rings 1001")
        paused.send(signal.SIGSTOP)
        killed.send(signal.SIGCONT)
        second = book(database, "1002")
        killed.says("killed rings 1002")
        killed.send(signal.SIGKILL)
        with node(postgres_url, "heir", SHORT_S) as heir:
            for alarm in (first, second):
                until(lambda alarm=alarm: night.state(alarm) == "retry")
                database.write(due_now, alarm)
                heir.says(f"heir ends {1000 + alarm}")
                until(lambda alarm=alarm: night.state(alarm) == "acknowledged")
            paused.send(signal.SIGCONT)
            time.sleep(1)
            assert paused.lines.empty(), "it did something when it came back"
        for alarm in (first, second):
            assert night.outcomes(alarm) == ["unknown", "acknowledged"]
            assert night.history(alarm) == ["booked", "ringing", "retry", "ringing", "acknowledged"]


def due_now(session: Session, alarm_id: int) -> None:
    """The pause before the next attempt is over."""
    occurrence = booking.occurrence_to_change(session, alarm_id)
    assert occurrence is not None
    occurrence.next_utc = datetime.now(UTC)
    announce(session)
