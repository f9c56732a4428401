"""What comes of an attempt, and what follows by the policy."""

from datetime import time, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session
from support.alarms import HALF_PAST_SIX_UTC, Night, wish

from schedules.attempts import acknowledge_by_call, ended_elsewhere
from schedules.outcomes import Outcome, Purpose
from schedules.policy import Policy
from schedules.taking import Ring
from store.database import Database
from store.news import announced

pytestmark = pytest.mark.unit

FAILURES = [
    Outcome.BUSY,
    Outcome.NO_ANSWER,
    Outcome.REFUSED,
    Outcome.UNREACHABLE,
    Outcome.UNACKNOWLEDGED,
    Outcome.MACHINE,
    Outcome.SILENCE,
    Outcome.TONE,
    Outcome.UNKNOWN,
]


@pytest.fixture
def night(database: Database) -> Night:
    """6:30 in Tokyo, nothing booked yet: book for 6:30 and let it ring by `first`."""
    return Night(database)


def first(night: Night, **policy: Any) -> tuple[int, Ring]:
    """An alarm whose first attempt is under way."""
    alarm = night.book(wish(policy=Policy(**policy)))
    night.now_utc = HALF_PAST_SIX_UTC
    [ring] = night.claim()
    return alarm, ring


def again(night: Night, alarm: int) -> Ring:
    """Its next attempt, at its time."""
    next_utc = night.next_utc(alarm)
    assert next_utc is not None
    night.now_utc = next_utc
    [ring] = night.claim()
    return ring


def until_called_back_in_vain(night: Night) -> None:
    """The last call's code was spoken, and nobody dials it."""
    assert night.events() == []
    night.wait(605)
    assert night.claim() == []


@pytest.mark.parametrize("outcome", FAILURES)
def test_a_failed_attempt_is_made_again_three_minutes_after_it_began(night: Night, outcome: Outcome):
    alarm, ring = first(night)
    night.wait(45)
    assert night.finish(ring, outcome)
    assert night.occurrences(alarm) == [("retry", HALF_PAST_SIX_UTC + timedelta(minutes=3))]


@pytest.mark.parametrize("outcome", FAILURES)
def test_after_four_failed_attempts_it_is_missed_and_told_of(night: Night, outcome: Outcome):
    alarm, ring = first(night)
    night.finish(ring, outcome)
    for _ in range(3):
        night.finish(again(night, alarm), outcome)
    assert night.outcomes(alarm) == [outcome] * 4
    if night.state(alarm) == "closing":
        until_called_back_in_vain(night)
    assert (night.state(alarm), night.events()) == ("missed", ["alarm.missed"])


def test_a_long_attempt_leaves_a_pause_before_the_next(night: Night):
    alarm, ring = first(night, gap_s=30)
    night.wait(100)
    night.finish(ring, Outcome.UNACKNOWLEDGED)
    assert night.next_utc(alarm) == night.now_utc + timedelta(seconds=10)


def test_acknowledged_it_is_over(night: Night):
    alarm, ring = first(night)
    night.finish(ring, Outcome.ACKNOWLEDGED)
    assert (night.state(alarm), night.alarm_state(alarm)) == ("acknowledged", "ended")
    assert night.events() == []
    night.wait(600)
    assert night.claim() == []


def test_hanging_up_early_is_granted_three_times_and_then_it_is_missed(night: Night):
    alarm, ring = first(night)
    for _ in range(3):
        night.finish(ring, Outcome.SNOOZED)
        assert night.occurrences(alarm) == [("snoozed", night.now_utc + timedelta(minutes=5))]
        ring = again(night, alarm)
    night.finish(ring, Outcome.SNOOZED)
    until_called_back_in_vain(night)
    assert night.state(alarm) == "missed"


def test_whoever_hangs_up_the_last_call_to_dial_its_code_is_awake(night: Night):
    """On a rotary dial one cannot do otherwise."""
    alarm, ring = first(night, snoozes=0)
    night.wait(40)
    night.finish(ring, Outcome.SNOOZED)
    assert night.occurrences(alarm) == [("closing", ring.begin_utc + timedelta(minutes=10, seconds=5))]
    night.wait(30)
    assert night.claim() == [], "nothing rings meanwhile"
    assert not night.dial_back("1001", "000")
    assert night.dial_back("1001", ring.code)
    assert (night.state(alarm), night.events()) == ("acknowledged", [])


def test_nobody_is_told_that_it_was_missed_while_its_code_may_be_dialled(night: Night):
    alarm, ring = first(night, attempts=1)
    night.finish(ring, Outcome.UNACKNOWLEDGED)
    night.wait(599)
    night.claim()
    assert (night.state(alarm), night.events()) == ("closing", [])
    night.wait(1)
    assert not night.dial_back("1001", ring.code)
    night.wait(5)
    night.claim()
    assert (night.state(alarm), night.events()) == ("missed", ["alarm.missed"])


def test_the_second_number_is_not_troubled_while_the_last_calls_code_is_dialled(night: Night):
    alarm, ring = first(night, snoozes=0, escalate_to="1009")
    night.finish(ring, Outcome.SNOOZED)
    assert night.next_utc(alarm) == night.now_utc + timedelta(seconds=60)
    assert night.dial_back("1001", ring.code)
    assert night.state(alarm) == "acknowledged"


def test_one_that_waits_for_a_call_back_can_be_cancelled(night: Night):
    alarm, ring = first(night, attempts=1)
    night.finish(ring, Outcome.UNACKNOWLEDGED)
    night.cancel(alarm)
    assert (night.state(alarm), night.events()) == ("cancelled", [])


def test_a_voice_is_checked_five_minutes_later_and_then_believed(night: Night):
    alarm, ring = first(night)
    night.finish(ring, Outcome.PROBABLY_AWAKE)
    assert night.occurrences(alarm) == [("checking", night.now_utc + timedelta(minutes=5))]
    check = again(night, alarm)
    assert check.purpose is Purpose.CHECK
    night.finish(check, Outcome.PROBABLY_AWAKE)
    assert night.state(alarm) == "acknowledged"


def test_a_check_that_nobody_answers_wakes_anew(night: Night):
    alarm, ring = first(night)
    night.finish(ring, Outcome.PROBABLY_AWAKE)
    night.finish(again(night, alarm), Outcome.NO_ANSWER)
    assert night.state(alarm) == "retry"
    assert again(night, alarm).purpose is Purpose.WAKE


def test_where_acknowledgement_is_demanded_a_voice_is_not_enough(night: Night):
    alarm, ring = first(night, demands_acknowledgement=True)
    night.finish(ring, Outcome.PROBABLY_AWAKE)
    assert night.state(alarm) == "retry"


def test_after_the_last_attempt_the_second_number_rings(night: Night):
    alarm, ring = first(night, attempts=1, escalate_to="1009", escalate_trunk="SIP-TRUNK-B")
    night.finish(ring, Outcome.NO_ANSWER)
    assert (night.state(alarm), night.events()) == ("escalating", [])
    second = again(night, alarm)
    assert night.events() == ["alarm.escalated"]
    assert (second.purpose, second.telephone.number, second.telephone.trunk) == (
        Purpose.ESCALATION,
        "1009",
        "SIP-TRUNK-B",
    )
    night.finish(second, Outcome.NO_ANSWER)
    assert (night.state(alarm), night.events()) == ("missed", ["alarm.escalated", "alarm.missed"])


def test_the_second_number_is_rung_as_often_as_the_first(night: Night):
    alarm, ring = first(night, attempts=2, escalate_to="1009")
    night.finish(ring, Outcome.BUSY)
    for _ in range(3):
        night.finish(again(night, alarm), Outcome.BUSY)
    assert night.state(alarm) == "missed"
    assert night.events() == ["alarm.escalated", "alarm.missed"]


def test_the_code_that_the_call_spoke_acknowledges_from_that_telephone_alone(night: Night):
    alarm, ring = first(night)
    assert not night.dial_back("1002", ring.code)
    night.wait(20)
    assert night.dial_back("1001", ring.code)
    assert (night.state(alarm), night.outcomes(alarm)) == ("acknowledged", ["acknowledged"])
    assert not night.finish(ring, Outcome.NO_ANSWER)
    assert night.state(alarm) == "acknowledged"


def test_between_two_attempts_the_code_of_the_first_still_counts(night: Night):
    alarm, ring = first(night)
    night.finish(ring, Outcome.SNOOZED)
    night.wait(60)
    assert night.dial_back("1001", ring.code)
    assert night.state(alarm) == "acknowledged"
    night.wait(600)
    assert night.claim() == []


def test_after_ten_minutes_the_code_is_worth_nothing(night: Night):
    alarm, ring = first(night, gap_s=3600)
    night.finish(ring, Outcome.BUSY)
    night.wait(601)
    assert not night.dial_back("1001", ring.code)
    assert night.state(alarm) == "retry"


def test_five_wrong_codes_lock_the_right_one(night: Night):
    alarm, ring = first(night)
    wrong = "111" if ring.code != "111" else "222"
    for _ in range(5):
        assert not night.dial_back("1001", wrong)
    assert not night.dial_back("1001", ring.code)
    night.finish(ring, Outcome.BUSY)
    assert night.dial_back("1001", again(night, alarm).code)


def test_calling_back_while_the_second_number_rings_ends_that_call(night: Night):
    alarm, ring = first(night, attempts=1, escalate_to="1009")
    night.finish(ring, Outcome.NO_ANSWER)
    second = again(night, alarm)
    assert night.dial_back("1001", ring.code)
    assert night.database.read(ended_elsewhere, [ring.attempt_id, second.attempt_id]) == {
        ring.attempt_id,
        second.attempt_id,
    }
    assert night.state(alarm) == "acknowledged"


def test_cancelled_while_it_rings_its_call_is_to_end(night: Night):
    alarm, ring = first(night)
    night.cancel(alarm)
    assert night.database.read(ended_elsewhere, [ring.attempt_id]) == {ring.attempt_id}
    assert not night.finish(ring, Outcome.ACKNOWLEDGED)
    assert night.outcomes(alarm) == ["cancelled"]


def test_an_attempt_of_a_dead_node_ends_as_unknown_once_the_exchange_has_given_up(night: Night):
    alarm, ring = first(night)
    assert night.close_orphans("other") == 0
    night.wait(45 + 60)
    assert night.close_orphans("third", alive=["node"]) == 0
    assert night.close_orphans("node", under_way=[ring.attempt_id]) == 0
    assert night.close_orphans("other") == 1
    assert (night.outcomes(alarm), night.state(alarm)) == (["unknown"], "retry")
    assert night.next_utc(alarm) == HALF_PAST_SIX_UTC + timedelta(minutes=3)
    assert not night.finish(ring, Outcome.ACKNOWLEDGED), "it was paused, and finds its attempt gone"


def test_an_attempt_that_its_own_node_left_ends_as_unknown_too(night: Night):
    alarm, _ = first(night)
    assert night.close_orphans("node", alive=["node"]) == 0
    night.wait(45 + 60)
    assert night.close_orphans("node", alive=["node"]) == 1
    assert (night.outcomes(alarm), night.state(alarm)) == (["unknown"], "retry")


def test_an_orphan_found_late_ends_once_its_exchange_has_dropped_an_answered_call_too(night: Night):
    """Killed in mid-call and started again at once: the exchange keeps the silent call for half a minute more."""
    alarm, _ = first(night)
    night.wait(150)
    assert night.close_orphans("other") == 0
    night.wait(39)
    assert night.close_orphans("other") == 0
    night.wait(1)
    assert night.close_orphans("other") == 1
    assert night.state(alarm) == "retry"


def test_who_calls_back_stops_the_ring_that_is_under_way_at_once(night: Night):
    """It may be to the second number; whoever rings is told with the commit, and not when the sleeper hangs up."""
    _, ring = first(night)

    def work(session: Session) -> bool:
        acknowledge_by_call(session, "home", ring.telephone.number, ring.code, night.now_utc)
        return announced(session)

    assert night.database.write(work)
    assert night.database.read(ended_elsewhere, [ring.attempt_id]) == {ring.attempt_id}


def test_whoever_is_cancelled_while_it_rings_keeps_his_telephone_until_the_call_is_over(night: Night):
    """Another alarm for it waits; it would be two calls to one number at once."""
    other = night.book(wish(at=time(6, 31)))
    alarm, ring = first(night)
    night.wait(60)
    night.cancel(alarm)
    assert night.claim("another node") == []
    assert not night.finish(ring, Outcome.UNKNOWN), "what came of it was written before"
    assert night.outcomes(alarm) == ["cancelled"]
    assert [each.alarm_id for each in night.claim("another node")] == [other]


def test_a_telephone_is_free_again_though_the_node_that_rang_a_cancelled_alarm_is_dead(night: Night):
    other = night.book(wish(at=time(6, 31)))
    alarm, _ = first(night)
    night.cancel(alarm)
    assert night.close_orphans("other") == 0
    assert night.claim("other") == []
    night.wait(45 + 60)
    assert night.close_orphans("other") == 1
    assert (night.outcomes(alarm), night.state(alarm)) == (["cancelled"], "cancelled")
    assert [each.alarm_id for each in night.claim("other")] == [other]


def test_what_a_dead_node_left_for_longer_than_its_validity_rings_no_more(night: Night):
    """Killed while it rang at half past six, and started again at noon."""
    alarm, _ = first(night)
    night.now_utc = HALF_PAST_SIX_UTC + timedelta(hours=5.5)
    assert night.close_orphans("other") == 1
    assert night.claim() == []
    assert night.history(alarm) == ["booked", "ringing", "retry", "missed"]
    assert night.events() == ["alarm.missed"]


def test_what_a_dead_node_left_for_less_rings_at_once(night: Night):
    alarm, _ = first(night)
    night.wait(20 * 60)
    assert night.close_orphans("other") == 1
    assert [ring.alarm_id for ring in night.claim()] == [alarm]


def test_a_clock_that_was_set_back_delays_no_orphan(night: Night):
    alarm, _ = first(night)
    night.wait(-7200)
    assert night.close_orphans("other") == 1
    assert night.state(alarm) == "retry"


def test_another_nodes_attempt_cannot_be_finished(night: Night):
    _, ring = first(night)
    assert not night.finish(ring, Outcome.ACKNOWLEDGED, node_id="other")
