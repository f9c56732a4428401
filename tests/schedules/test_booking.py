"""Booking, and what may be done before it rings."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from support.alarms import EVENING_UTC, HALF_PAST_SIX_UTC, Night, telephone, wish

from schedules import booking
from schedules.errors import ScheduleError
from schedules.outcomes import Outcome
from schedules.policy import Policy
from schedules.rows import Audit, Occurrence
from store.database import Database
from store.errors import StoreError

pytestmark = pytest.mark.unit


@pytest.fixture
def night(database: Database) -> Night:
    """Tuesday, 23:00 in Tokyo."""
    return Night(database)


def _changed(night: Night, alarm_id: int, change, *args: object):
    def work(session: Session):
        occurrence = booking.occurrence_to_change(session, alarm_id)
        assert occurrence is not None
        return change(session, occurrence, *args, "by the test", night.now_utc)

    return night.database.write(work)


def test_once_is_the_next_time_that_it_is_then(night: Night):
    alarm = night.book(wish(at=time(6, 30)))
    assert night.occurrences(alarm) == [("booked", HALF_PAST_SIX_UTC)]


def test_at_the_very_minute_it_is_tomorrows(night: Night):
    alarm = night.book(wish(at=time(23, 0)))
    assert night.next_utc(alarm) == EVENING_UTC + timedelta(days=1)


def test_a_date_that_is_past_is_refused_and_leaves_nothing(night: Night):
    with pytest.raises(ScheduleError, match="never ring"):
        night.book(wish(first_date=date(2026, 11, 30)))
    assert night.database.read(booking.coming, "home", "1001") == []


def test_what_a_telephone_has_to_expect_is_its_own_the_next_one_first(night: Night):
    later, sooner = night.book(wish(at=time(7))), night.book(wish(at=time(6)))
    night.book(wish("1002"))
    coming = night.database.read(booking.coming, "home", "1001")
    assert [each.alarm_id for each in coming] == [sooner, later]
    assert coming[0].alarm.civil_time == time(6)


def test_in_so_many_minutes_it_rings_at_that_second(night: Night):
    due_utc = night.now_utc + timedelta(minutes=20)
    occurrence = night.database.write(booking.book_at, wish(), due_utc, night.now_utc)
    assert night.occurrences(occurrence.alarm_id) == [("booked", due_utc)]
    night.now_utc = due_utc
    [ring] = night.claim()
    night.finish(ring, Outcome.ACKNOWLEDGED)
    assert night.alarm_state(occurrence.alarm_id) == "ended"
    assert len(night.occurrences(occurrence.alarm_id)) == 1


def test_a_cancelled_alarm_never_rings(night: Night):
    alarm = night.book(wish(recurrence="daily"))
    night.cancel(alarm)
    night.now_utc = HALF_PAST_SIX_UTC + timedelta(days=1)
    assert night.claim() == []
    assert (night.state(alarm), night.alarm_state(alarm)) == ("cancelled", "cancelled")


def test_skipped_once_it_rings_the_day_after(night: Night):
    alarm = night.book(wish(recurrence="daily"))
    _changed(night, alarm, booking.skip)
    assert night.occurrences(alarm) == [
        ("cancelled", None),
        ("booked", HALF_PAST_SIX_UTC + timedelta(days=1)),
    ]


def test_a_single_alarm_that_is_skipped_is_over(night: Night):
    alarm = night.book(wish())
    assert _changed(night, alarm, booking.skip) is None
    assert night.alarm_state(alarm) == "ended"


def test_postponed_it_comes_later_this_once(night: Night):
    alarm = night.book(wish(recurrence="daily"))
    later_utc = _changed(night, alarm, booking.postpone, timedelta(minutes=20))
    assert later_utc == night.next_utc(alarm) == HALF_PAST_SIX_UTC + timedelta(minutes=20)
    promised = select(Audit.next_utc).where(Audit.alarm_id == alarm).order_by(Audit.id)
    assert night.database.read(lambda session: list(session.scalars(promised))) == [
        HALF_PAST_SIX_UTC,
        later_utc,
    ]
    night.now_utc = later_utc
    [ring] = night.claim()
    night.finish(ring, Outcome.ACKNOWLEDGED)
    assert night.next_utc(alarm) == HALF_PAST_SIX_UTC + timedelta(days=1)


def test_what_rings_already_cannot_be_postponed(night: Night):
    alarm = night.book(wish())
    night.now_utc = HALF_PAST_SIX_UTC
    night.claim()
    with pytest.raises(ScheduleError, match="begun"):
        _changed(night, alarm, booking.postpone, timedelta(minutes=20))


def test_a_daily_alarm_goes_on_after_each_of_its_ends(night: Night):
    alarm = night.book(wish(recurrence="daily", policy=Policy(attempts=1)))
    for day in range(3):
        night.now_utc = HALF_PAST_SIX_UTC + timedelta(days=day)
        [ring] = night.claim()
        night.finish(ring, [Outcome.ACKNOWLEDGED, Outcome.BUSY, Outcome.ACKNOWLEDGED][day])
    assert [state for state, _ in night.occurrences(alarm)] == [
        "acknowledged",
        "missed",
        "acknowledged",
        "booked",
    ]


def test_an_unknown_zone_is_refused(night: Night):
    with pytest.raises(ScheduleError, match="Mars"):
        night.book(wish(zone="Mars/Olympus"))


def test_two_alarms_of_one_calendar_event_cannot_be(night: Night):
    night.book(replace(wish(), uid="event@calendar"))
    with pytest.raises(StoreError, match="uid"):
        night.book(replace(wish(), uid="event@calendar"))


def test_each_booking_says_who_did_it_and_how(night: Night):
    alarm = night.book(wish())

    def booked(session: Session) -> tuple[str, str, datetime, str]:
        occurrence = session.get_one(Occurrence, 1)
        row = occurrence.alarm
        return row.booked_by, row.booked_how, row.booked_utc, row.extension

    assert alarm == 1
    assert night.database.read(booked) == ("1001", "dialled digits", EVENING_UTC.astimezone(UTC), "alarms")
    assert telephone().extension == "alarms"
