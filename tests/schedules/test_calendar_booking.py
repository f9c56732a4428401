"""Events become alarms, change them, and leave alone what others decided; on both databases."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy.orm import Session
from support.alarms import HALF_PAST_SIX_UTC, Night, telephone, wish

from schedules import booking
from schedules.booking import Telephone
from schedules.calendar_alarm import CalendarAlarm
from schedules.calendar_booking import Fate, Taken, as_event, rings_anew, take
from schedules.calendar_reader import read_calendar
from schedules.calendar_writer import write_calendar
from schedules.errors import ScheduleError
from schedules.outcomes import Outcome
from schedules.policy import Policy
from schedules.recurrence import Recurrence
from schedules.rows import Alarm
from store.database import Database

pytestmark = pytest.mark.unit

EVENT = CalendarAlarm(
    uid="event@calendar",
    civil_time=time(6, 30),
    first_date=date(2026, 12, 2),
    zone="Asia/Tokyo",
    recurrence=Recurrence.parse("workdays"),
    message="会社",
    number="1001",
    skipped_dates=frozenset({date(2026, 12, 3)}),
)


@pytest.fixture
def night(database: Database) -> Night:
    """Tuesday, 23:00 in Tokyo."""
    return Night(database)


def taken(night: Night, event: CalendarAlarm, to: Telephone | None = None) -> Taken:
    target = to or telephone(event.number or "1001")
    return night.database.write(take, event, target, night.now_utc, booked_by="root", language="en")


def row(night: Night, alarm_id: int) -> Alarm:
    return night.database.read(lambda session: session.get_one(Alarm, alarm_id))


def test_an_event_is_booked_with_all_that_it_says(night: Night):
    found = night.database.write(
        take,
        EVENT,
        telephone("1001"),
        night.now_utc,
        booked_by="root",
        language="en",
        policy=Policy(attempts=2),
    )
    assert (found.fate, found.due_utc) == (Fate.BOOKED, HALF_PAST_SIX_UTC)
    alarm = row(night, found.alarm_id)
    assert as_event(alarm) == EVENT
    assert (alarm.booked_how, alarm.booked_by, alarm.language, alarm.policy) == (
        "calendar file",
        "root",
        "en",
        {"attempts": 2},
    )


def test_again_it_is_unchanged_over_a_file_too(night: Night):
    first = taken(night, EVENT)
    # begins on a Sunday, which its rule does not choose: the file begins on the Monday
    sunday = taken(night, replace(EVENT, uid="other", first_date=date(2026, 12, 6)))
    data = write_calendar(
        [as_event(row(night, first.alarm_id)), as_event(row(night, sunday.alarm_id))], night.now_utc
    )
    again = [taken(night, event) for event in read_calendar(data).alarms]
    assert [(each.fate, each.alarm_id) for each in again] == [(Fate.UNCHANGED, 1), (Fate.UNCHANGED, 2)]


def test_a_changed_event_changes_its_alarm_and_nothing_that_a_calendar_cannot_say(night: Night):
    policy = Policy(attempts=7, escalate_to="1009")
    alarm = night.book(replace(wish(policy=policy, recurrence="daily"), uid=EVENT.uid, message="message_1"))
    event = replace(EVENT, civil_time=time(7), zone="Europe/Berlin", message="x" * 300, number="")
    found = taken(night, event)
    assert (found.fate, found.alarm_id) == (Fate.CHANGED, alarm)
    assert night.occurrences(alarm) == [("booked", found.due_utc)]
    assert found.due_utc == HALF_PAST_SIX_UTC + timedelta(hours=8, minutes=30)
    changed = row(night, alarm)
    assert (changed.civil_time, changed.zone, changed.recurrence) == (time(7), "Europe/Berlin", "workdays")
    assert changed.title == "x" * 200
    assert (changed.number, changed.policy, changed.message) == ("1001", policy.to_row(), "message_1")
    assert taken(night, event).fate is Fate.UNCHANGED


def test_another_number_in_the_file_is_rung_from_then_on(night: Night):
    alarm = taken(night, EVENT).alarm_id
    found = taken(night, replace(EVENT, number="390177"), telephone("390177", "SIP-TRUNK-B"))
    assert found.fate is Fate.CHANGED
    night.now_utc = HALF_PAST_SIX_UTC
    [ring] = night.claim()
    assert (ring.alarm_id, ring.telephone) == (alarm, telephone("390177", "SIP-TRUNK-B"))


def test_a_date_that_its_sleeper_skipped_stays_skipped(night: Night):
    alarm = taken(night, EVENT).alarm_id

    def skip(session: Session) -> None:
        occurrence = booking.occurrence_to_change(session, alarm)
        assert occurrence is not None
        booking.skip(session, occurrence, "dialled", night.now_utc)

    night.database.write(skip)
    assert taken(night, EVENT).fate is Fate.UNCHANGED
    found = taken(night, replace(EVENT, civil_time=time(7)))
    assert found.due_utc == HALF_PAST_SIX_UTC + timedelta(days=2, minutes=30)
    assert row(night, alarm).skipped == ["2026-12-02", "2026-12-03"]


def test_what_was_cancelled_stays_cancelled(night: Night):
    alarm = taken(night, EVENT).alarm_id
    night.cancel(alarm)
    found = taken(night, replace(EVENT, civil_time=time(7)))
    assert (found.fate, found.alarm_id, found.due_utc) == (Fate.LEFT_CANCELLED, alarm, None)
    assert night.alarm_state(alarm) == "cancelled"


def test_the_event_of_an_alarm_that_has_rung_gets_a_new_one_once_it_has_a_time_to_come(night: Night):
    event = replace(EVENT, recurrence=Recurrence.parse("once"), skipped_dates=frozenset())
    old = taken(night, event).alarm_id
    night.now_utc = HALF_PAST_SIX_UTC
    [ring] = night.claim()
    night.finish(ring, Outcome.ACKNOWLEDGED)

    def refused(session: Session) -> None:
        with pytest.raises(ScheduleError, match="never ring"):
            take(session, event, telephone(), night.now_utc, booked_by="root", language="en")

    night.database.write(refused)
    assert row(night, old).uid == EVENT.uid
    found = taken(night, replace(event, first_date=date(2026, 12, 9)))
    assert (found.fate, found.alarm_id != old) == (Fate.BOOKED, True)
    assert night.alarm_state(old) == "ended"


def test_an_alarm_that_rings_is_left_to_ring(night: Night):
    alarm = taken(night, EVENT).alarm_id
    night.now_utc = HALF_PAST_SIX_UTC
    night.claim()
    with pytest.raises(ScheduleError, match="import it again when that is over"):
        taken(night, replace(EVENT, civil_time=time(7)))
    assert night.state(alarm) == "ringing"
    assert taken(night, EVENT).fate is Fate.UNCHANGED


def test_a_change_into_the_past_is_refused_and_the_alarm_stays_as_it_was(night: Night):
    alarm = taken(night, EVENT).alarm_id
    past = replace(EVENT, recurrence=Recurrence.parse("once"), first_date=date(2026, 11, 30))
    with pytest.raises(ScheduleError, match=f"alarm {alarm} stays as it was"):
        taken(night, past)
    assert night.occurrences(alarm) == [("booked", HALF_PAST_SIX_UTC)]


def test_what_cannot_be_booked_is_refused(night: Night):
    with pytest.raises(ScheduleError, match="255"):
        taken(night, replace(EVENT, uid="u" * 256))
    with pytest.raises(ScheduleError, match="no number"):
        night.database.write(take, EVENT, None, night.now_utc, booked_by="root", language="en")
    assert night.database.read(booking.coming, "home", "1001") == []


def test_who_is_rung_anew_is_known_before(night: Night):
    def asked(event: CalendarAlarm) -> bool:
        return night.database.read(rings_anew, event)

    assert asked(EVENT)
    alarm = taken(night, EVENT).alarm_id
    assert not asked(replace(EVENT, civil_time=time(7), number=""))
    assert asked(replace(EVENT, number="1002"))
    night.cancel(alarm)
    assert not asked(EVENT)
