"""What is shown of alarms, on both databases."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy.orm import Session
from support.alarms import HALF_PAST_SIX_UTC, Night, wish

from schedules.lists import (
    coming_alarms,
    ended_alarms,
    latest_attempts,
    latest_steps,
    newest_occurrence,
    next_instants,
    next_of,
)
from schedules.outcomes import Outcome
from schedules.policy import Policy
from schedules.rows import AlarmKind
from store.database import Database

pytestmark = pytest.mark.unit

DAY = timedelta(days=1)


@pytest.fixture
def night(database: Database) -> Night:
    """Tuesday, 23:00 in Tokyo."""
    return Night(database)


def test_whatever_happens_next_comes_first(night: Night):
    snoozed = night.book(wish("1001", time(6, 30), policy=Policy(snooze_s=600)))
    later = night.book(wish("1002", time(6, 35)))
    night.now_utc = HALF_PAST_SIX_UTC
    [ring] = night.claim()
    assert [each.alarm_id for each in night.database.read(coming_alarms)] == [snoozed, later]
    night.finish(ring, Outcome.SNOOZED)
    assert [each.alarm_id for each in night.database.read(coming_alarms)] == [later, snoozed]


def test_what_ended_last_is_at_the_end_with_its_last_occurrence(night: Night):
    daily, once = night.book(wish("1001", recurrence="daily")), night.book(wish("1002"))
    night.book(wish("1003"))
    night.now_utc = HALF_PAST_SIX_UTC
    for ring in night.claim():
        if ring.alarm_id != 3:
            night.finish(ring, Outcome.ACKNOWLEDGED)
    night.wait(60)
    night.cancel(daily)
    ended = night.database.read(ended_alarms)
    assert [(each.alarm_id, each.state, each.alarm.state) for each in ended] == [
        (once, "acknowledged", "ended"),
        (daily, "cancelled", "cancelled"),
    ]
    assert ended[1].due_utc == HALF_PAST_SIX_UTC + DAY
    assert [each.alarm_id for each in night.database.read(coming_alarms)] == [3]


def test_one_alarm_is_found_with_its_newest_occurrence(night: Night):
    alarm = night.book(wish(recurrence="daily"))
    night.book(wish("1002"))
    night.now_utc = HALF_PAST_SIX_UTC
    for ring in night.claim():
        night.finish(ring, Outcome.ACKNOWLEDGED)
    newest = night.database.read(newest_occurrence, alarm)
    assert newest is not None
    assert (newest.alarm.id, newest.due_utc, newest.state) == (alarm, HALF_PAST_SIX_UTC + DAY, "booked")
    assert night.database.read(newest_occurrence, 99) is None


def test_the_next_instants_leave_out_what_is_skipped(night: Night):
    def work(session: Session) -> list[date]:
        occurrence = newest_occurrence(session, 1)
        assert occurrence is not None
        occurrence.alarm.skipped = ["2026-12-04"]
        return [due.civil_date for due in next_instants(occurrence, 4)]

    night.book(wish(recurrence="workdays"))
    assert night.database.write(work) == [date(2026, 12, day) for day in (2, 3, 7, 8)]


def test_what_does_not_repeat_has_one_instant_and_what_has_ended_none(night: Night):
    night.book(wish())

    def instants(session: Session) -> int:
        occurrence = newest_occurrence(session, 1)
        assert occurrence is not None
        return len(next_instants(occurrence, 5))

    assert night.database.read(instants) == 1
    night.cancel(1)
    assert night.database.read(instants) == 0


def test_the_last_attempts_of_one_alarm_the_newest_last(night: Night):
    alarm = night.book(wish())
    night.now_utc = HALF_PAST_SIX_UTC
    for outcome in (Outcome.BUSY, Outcome.NO_ANSWER, Outcome.ACKNOWLEDGED):
        [ring] = night.claim()
        night.finish(ring, outcome)
        night.wait(180)
    found = night.database.read(latest_attempts, alarm, 2)
    assert [each.outcome for each in found] == ["no answer", "acknowledged"]


def test_each_attempt_is_at_the_step_that_began_it(night: Night):
    first, second = night.book(wish("1001")), night.book(wish("1002", time(7)))
    night.now_utc = HALF_PAST_SIX_UTC
    [ring] = night.claim()
    night.finish(ring, Outcome.ACKNOWLEDGED)
    steps = night.database.read(latest_steps, 10, first)
    assert [(each.audit.new_state, each.number, each.attempt and each.attempt.outcome) for each in steps] == [
        ("booked", "1001", None),
        ("ringing", "1001", "acknowledged"),
        ("acknowledged", "1001", None),
        ("ended", "1001", None),
    ]
    assert {each.audit.alarm_id for each in night.database.read(latest_steps, 10)} == {first, second}
    assert [each.audit.new_state for each in night.database.read(latest_steps, 2)] == [
        "acknowledged",
        "ended",
    ]


def test_what_is_to_come_is_asked_by_kind_and_telephone(night: Night):
    alarm = night.book(wish())
    asked = (AlarmKind.WAKE, "home", "1001")
    assert night.database.read(next_of, *asked) == HALF_PAST_SIX_UTC
    assert night.database.read(next_of, AlarmKind.PROOF, "home", "1001") is None
    assert night.database.read(next_of, AlarmKind.WAKE, "home", "1002") is None
    night.cancel(alarm)
    assert night.database.read(next_of, *asked) is None
