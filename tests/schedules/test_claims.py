"""Who rings what: due, oldest first, so many at once, never two calls to one number."""

from datetime import datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from support.alarms import HALF_PAST_SIX_UTC, Night, wish

from schedules.attempts import finish
from schedules.claims import any_waits, next_instant
from schedules.outcomes import Outcome, Purpose
from schedules.policy import Policy
from schedules.rows import Alarm, Audit, Occurrence
from schedules.shaping import Shaping
from store.database import Database

pytestmark = pytest.mark.unit


@pytest.fixture
def night(database: Database) -> Night:
    """Tuesday, 23:00 in Tokyo."""
    return Night(database)


def test_what_is_due_is_taken_once_and_nothing_else(night: Night):
    alarm = night.book(wish())
    assert night.claim() == []
    night.now_utc = HALF_PAST_SIX_UTC
    [ring] = night.claim()
    assert (ring.alarm_id, ring.telephone.number, ring.purpose) == (alarm, "1001", Purpose.WAKE)
    assert (ring.begin_utc, ring.due_utc, ring.late_s) == (HALF_PAST_SIX_UTC, HALF_PAST_SIX_UTC, 0)
    assert night.claim() == []
    assert night.history(alarm) == ["booked", "ringing"]


def test_taken_ahead_it_is_still_to_ring_on_the_second(night: Night):
    night.book(wish())
    night.now_utc = HALF_PAST_SIX_UTC - timedelta(seconds=1)
    [ring] = night.claim(ahead=timedelta(seconds=2))
    assert (ring.begin_utc, ring.late_s) == (HALF_PAST_SIX_UTC, 0)


def test_the_attempt_is_in_the_database_before_anybody_rings(night: Night):
    alarm = night.book(wish())
    night.now_utc = HALF_PAST_SIX_UTC
    night.claim()
    assert night.outcomes(alarm) == [None]


def test_one_number_is_in_one_call_at_a_time(night: Night):
    first, second = night.book(wish()), night.book(wish())
    night.now_utc = HALF_PAST_SIX_UTC
    [ring] = night.claim()
    assert (ring.alarm_id, night.state(second)) == (first, "due")
    night.wait(60)
    assert night.claim() == []
    night.finish(ring, Outcome.ACKNOWLEDGED)
    [ring] = night.claim()
    assert (ring.alarm_id, ring.late_s) == (second, 60)


def test_a_telephone_that_talks_to_us_is_not_called(night: Night):
    alarm = night.book(wish())
    night.now_utc = HALF_PAST_SIX_UTC
    assert night.claim(in_use={("home", "1001")}) == []
    assert night.state(alarm) == "due"
    assert len(night.claim(in_use={("home", "1002"), ("other", "1001")})) == 1


def test_no_more_calls_at_once_than_there_are_lines_and_who_waits_longest_is_next(night: Night):
    night.shaping = Shaping(calls=2)
    alarms = [night.book(wish(f"100{n}")) for n in range(5)]
    night.now_utc = HALF_PAST_SIX_UTC
    rings = night.claim()
    assert [ring.alarm_id for ring in rings] == alarms[:2]
    assert [night.state(alarm) for alarm in alarms[2:]] == ["due"] * 3
    night.wait(90)
    night.finish(rings[1], Outcome.ACKNOWLEDGED)
    [ring] = night.claim()
    assert (ring.alarm_id, ring.late_s) == (alarms[2], 90)
    assert night.events() == ["alarm.late"]


def test_a_full_trunk_holds_up_nobody_else(night: Night):
    night.shaping = Shaping(calls=20, default_trunk=2, trunks={"SIP-TRUNK-C": 1})
    for trunk, count in (("SIP-TRUNK-B", 150), ("SIP-TRUNK-C", 3), ("", 3)):
        for n in range(count):
            night.book(wish(f"{n}{trunk[-1:]}", trunk=trunk))
    night.now_utc = HALF_PAST_SIX_UTC
    taken = [ring.telephone.trunk for _ in range(3) for ring in night.claim()]
    assert sorted(taken) == ["", "", "", "SIP-TRUNK-B", "SIP-TRUNK-B", "SIP-TRUNK-C"]


def test_a_late_ring_is_marked_and_told_of(night: Night):
    night.book(wish())
    night.now_utc = HALF_PAST_SIX_UTC + timedelta(minutes=29)
    [ring] = night.claim()
    assert ring.late_s == 29 * 60
    assert night.events() == ["alarm.late"]


def test_beyond_its_validity_it_is_not_rung_but_told_of_and_the_next_one_booked(night: Night):
    alarm = night.book(wish(recurrence="daily"))
    night.now_utc = HALF_PAST_SIX_UTC + timedelta(minutes=31)
    assert night.claim() == []
    assert night.occurrences(alarm) == [("expired", None), ("booked", HALF_PAST_SIX_UTC + timedelta(days=1))]
    assert night.events() == ["alarm.expired"]


def test_after_days_without_the_machine_each_missed_day_has_its_own_end(night: Night):
    alarm = night.book(wish(recurrence="daily"))
    night.now_utc = HALF_PAST_SIX_UTC + timedelta(days=3, minutes=10)
    rings = [ring for _ in range(5) for ring in night.claim()]
    assert [state for state, _ in night.occurrences(alarm)] == ["expired"] * 3 + ["ringing"]
    assert [ring.late_s for ring in rings] == [600]


def test_a_retry_that_comes_far_too_late_is_given_up(night: Night):
    alarm = night.book(wish())
    night.now_utc = HALF_PAST_SIX_UTC
    [ring] = night.claim()
    night.finish(ring, Outcome.BUSY)
    night.wait(3600)
    assert night.claim() == []
    assert (night.state(alarm), night.events()) == ("missed", ["alarm.missed"])


def test_whom_the_gate_forbids_is_not_rung_again_and_again(night: Night):
    alarm = night.book(wish())
    night.now_utc = HALF_PAST_SIX_UTC
    assert night.claim(gate=lambda *_: "opted out") == []
    assert (night.state(alarm), night.outcomes(alarm)) == ("missed", ["forbidden"])
    assert night.events() == ["alarm.missed"]


def test_the_history_says_why_it_was_forbidden_as_it_says_any_other_end(night: Night):
    """By attempts that the gate refuses and by those that were made: their outcome, and the reason."""
    refused, busy = night.book(wish()), night.book(wish("1002", policy=Policy(attempts=1)))
    night.now_utc = HALF_PAST_SIX_UTC
    [ring] = night.claim(gate=lambda _, occurrence, __: "opted out" if occurrence.number == "1001" else "")
    night.database.write(
        finish, ring.attempt_id, Outcome.BUSY, night.now_utc, node_id=night.node_id, detail="486"
    )
    query = select(Audit.alarm_id, Audit.why).where(
        Audit.new_state == "missed", Audit.attempt_id.is_not(None)
    )
    reasons = {
        (alarm, why) for alarm, why in night.database.read(lambda session: session.execute(query).all())
    }
    assert reasons == {(refused, "forbidden: opted out"), (busy, "busy: 486")}


def test_two_alarms_of_a_number_that_is_forbidden_end_in_one_claim(night: Night):
    alarms = [night.book(wish()), night.book(wish())]
    night.now_utc = HALF_PAST_SIX_UTC
    assert night.claim(gate=lambda *_: "opted out") == []
    assert [night.state(alarm) for alarm in alarms] == ["missed"] * 2
    assert [night.outcomes(alarm) for alarm in alarms] == [["forbidden"]] * 2


def test_an_alarm_that_fails_is_left_as_it_was_and_stops_no_other(night: Night):
    broken, good = night.book(wish()), night.book(wish("1002"))
    night.now_utc = HALF_PAST_SIX_UTC

    def gate(_: Session, occurrence: Occurrence, __: datetime) -> str:
        if occurrence.number == "1001":
            raise ZeroDivisionError
        return ""

    [ring] = night.claim(gate=gate)
    assert ring.alarm_id == good
    assert (night.state(broken), night.outcomes(broken)) == ("due", [])
    [ring] = night.claim()
    assert ring.alarm_id == broken


def test_an_alarm_of_a_zone_that_this_machine_does_not_know_ends_and_is_told_of(night: Night):
    alarm = night.book(wish(recurrence="daily"))
    night.database.write(lambda session: session.execute(update(Alarm).values(zone="Mars/Olympus")))
    night.now_utc = HALF_PAST_SIX_UTC
    [ring] = night.claim()
    night.finish(ring, Outcome.ACKNOWLEDGED)
    assert (night.state(alarm), night.alarm_state(alarm)) == ("acknowledged", "ended")
    assert night.events() == ["alarm.unreadable"]


def test_a_policy_of_another_denwa_is_brought_into_range(night: Night):
    alarm = night.book(wish())
    night.database.write(
        lambda session: session.execute(update(Alarm).values(policy={"ring_s": 9999, "new": 1}))
    )
    night.now_utc = HALF_PAST_SIX_UTC
    [ring] = night.claim()
    assert (ring.alarm_id, ring.policy.ring_s) == (alarm, 300)


def test_what_rings_by_another_nodes_extension_is_left_to_it_until_it_is_over(night: Night):
    alarm = night.book(wish())
    night.now_utc = HALF_PAST_SIX_UTC
    assert night.claim(extensions=["other"]) == []
    assert night.state(alarm) in {"booked", "due"}
    night.wait(1801)
    assert night.claim(extensions=["other"]) == []
    assert (night.state(alarm), night.events()) == ("expired", ["alarm.expired"])


def test_the_next_instant_is_the_next_one_and_what_waits_is_known(night: Night):
    read = night.database.read
    assert read(next_instant, night.now_utc) is None
    night.book(wish())
    assert read(next_instant, night.now_utc) == HALF_PAST_SIX_UTC
    assert not read(any_waits, night.now_utc)
    assert read(any_waits, HALF_PAST_SIX_UTC)


def test_the_last_snooze_is_known_before_it_is_said(night: Night):
    night.book(wish(policy=Policy(snoozes=1)))
    night.now_utc = HALF_PAST_SIX_UTC
    [first] = night.claim()
    night.finish(first, Outcome.SNOOZED)
    night.wait(300)
    [second] = night.claim()
    assert (first.last_snooze, second.last_snooze) == (False, True)


def test_nodes_that_claim_at_once_never_take_the_same_nor_too_many(postgres_url: str):
    night = Night(Database.open(postgres_url), shaping=Shaping(calls=30))
    for n in range(60):
        night.book(wish(str(1000 + n)))
    night.now_utc = HALF_PAST_SIX_UTC
    taken: list[int] = []

    def node(name: str) -> None:
        other = Night(Database.open(postgres_url), night.now_utc, name, night.shaping)
        for _ in range(5):
            taken.extend(ring.alarm_id for ring in other.claim(most=7))
        other.database.close()

    threads = [Thread(target=node, args=[name]) for name in ("a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    night.database.close()
    assert len(taken) == len(set(taken)) == 30
