"""Booking, hearing, changing by dialled digits alone; what is said, and what is then in the database."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from support.alarms import HALF_PAST_SIX_UTC, Night
from support.wakeup_desk import BEHIND_B, OWN, WakeupDesk

from exchange.sip.caller import Caller, CallerTrust
from schedules.outcomes import Outcome
from schedules.rows import Alarm
from services.wakeup.config import WakeupConfig
from services.wakeup.gate import code_to_speak, trusting
from services.wakeup.proving import Occasion, renew
from store.database import Database
from trust import codes, opt_outs, proofs
from trust.rows import By
from trust.target import Target

pytestmark = pytest.mark.unit

MORNING_UTC = datetime(2026, 12, 2, tzinfo=UTC)
"""Nine o'clock in Tokyo."""
NUMBER = ["number_is", "digit_1", "digit_0", "digit_0", "digit_1", "number_end"]


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[WakeupDesk]:
    """At 23:00 in Tokyo."""
    database = Database.open(sqlite_url)
    yield WakeupDesk(database)
    database.close()


@pytest.fixture
def night(desk: WakeupDesk) -> Night:
    """The same database."""
    return Night(desk.database)


def test_a_time_is_read_back_with_its_day_and_number_and_then_it_is_booked(desk: WakeupDesk, night: Night):
    assert desk.call("0630") == ["tomorrow", "hour_06", "minute_30", "will_ring_at", *NUMBER, "kept"]
    assert night.occurrences(1) == [("booked", HALF_PAST_SIX_UTC)]


def test_who_hangs_up_before_the_end_has_booked_nothing(desk: WakeupDesk, night: Night):
    whole = desk.call("0630")
    for seconds in (0.1, 1.0, 3.0, 5.0):
        heard = desk.call("0700", hangs_up_after_s=seconds)
        assert "kept" not in heard
        assert len(heard) < len(whole)
    assert (
        len(
            night.database.read(
                lambda session: list(session.connection().exec_driver_sql("SELECT 1 FROM alarm"))
            )
        )
        == 1
    )


def test_days_are_said_as_a_rule(desk: WakeupDesk, night: Night):
    assert desk.call("80630")[:3] == ["workdays", "hour_06", "minute_30"]
    assert desk.call("30715")[:4] == ["every_week", "weekday_2", "hour_07", "minute_15"]
    assert night.next_utc(1) == HALF_PAST_SIX_UTC


def test_in_so_many_minutes(desk: WakeupDesk, night: Night):
    assert desk.call("3120")[:2] == ["minute_20", "minutes_later"]
    assert night.next_utc(1) == desk.now_utc + timedelta(minutes=20)


@pytest.mark.parametrize("digits", ["5990", "0675", "90630"])
def test_a_time_that_is_none_is_said_to_be_wrong_and_how_to_dial(desk: WakeupDesk, digits: str):
    heard = desk.call(digits)
    assert heard[0] == "wrong_time"
    assert [name for name in heard if name.startswith("how_to_dial")] == [
        f"how_to_dial_{n}" for n in (1, 2, 3)
    ]
    assert heard.count("digit_7") == 2, "the prefix, alone and in the example"


def test_a_number_without_the_prefix_is_not_read_as_a_time(desk: WakeupDesk, night: Night):
    """The extension's range still begins with 7: 70630 would be 6:30 of each Sunday."""
    desk.config = WakeupConfig(prefix="8")
    heard = desk.call("0630")
    assert (heard[0], heard.count("digit_8")) == ("wrong_time", 2)


def test_what_is_booked_can_be_heard_changed_and_cancelled(desk: WakeupDesk, night: Night):
    assert desk.call("3311") == ["no_alarms"]
    desk.call("0630")
    desk.call("80715")
    assert desk.call("3311") == [
        *["your_alarms", "tomorrow", "hour_06", "minute_30"],
        *["workdays", "hour_07", "minute_15", "that_is_all"],
    ]
    assert desk.call("3220") == ["next_call_is", "tomorrow", "hour_06", "minute_50", "will_ring_at"]
    assert night.next_utc(1) == HALF_PAST_SIX_UTC + timedelta(minutes=20)
    assert desk.call("3322") == ["cancelled"]
    assert night.alarm_state(1) == "cancelled"
    thursday = ["day_after_tomorrow", "hour_07", "minute_15"]
    assert desk.call("3322") == ["cancelled", "next_call_is", *thursday, "will_ring_at"]
    assert night.alarm_state(2) == "active", "an alarm that repeats is skipped once"
    assert desk.call("3311") == [
        *["your_alarms", "workdays", "hour_07", "minute_15", "next_call_is", *thursday, "that_is_all"]
    ]
    assert desk.call("3333") == ["all_cancelled"]
    assert desk.call("3333") == desk.call("3322") == desk.call("3220") == ["no_alarms"]


def test_one_that_comes_later_this_once_is_not_said_to_do_so_always(desk: WakeupDesk):
    desk.call("80630")
    desk.call("3240")
    assert desk.call("3311") == [
        *["your_alarms", "workdays", "hour_06", "minute_30"],
        *["next_call_is", "tomorrow", "hour_07", "minute_10", "that_is_all"],
    ]


def test_the_code_of_a_call_ends_the_alarm_and_another_does_not(desk: WakeupDesk, night: Night):
    desk.call("0630")
    desk.now_utc = night.now_utc = HALF_PAST_SIX_UTC
    [ring] = night.claim()
    wrong = "111" if ring.code != "111" else "222"
    assert desk.call(f"4{wrong}") == ["code_wrong"]
    assert desk.call(f"4{ring.code}") == ["acknowledged", "goodbye"]
    assert night.state(1) == "acknowledged"


def test_one_that_has_rung_for_the_last_time_is_neither_heard_nor_cancelled_in_anothers_place(
    desk: WakeupDesk, night: Night
):
    desk.config = WakeupConfig(snoozes=0)
    desk.call("0630")
    desk.call("0700")
    desk.now_utc = night.now_utc = HALF_PAST_SIX_UTC
    [ring] = night.claim()
    night.finish(ring, Outcome.SNOOZED)
    assert desk.call("3311") == ["your_alarms", "today", "hour_07", "that_is_all"]
    assert desk.call("3322") == ["cancelled"]
    assert (night.state(1), night.alarm_state(2)) == ("closing", "cancelled")
    assert desk.call(f"4{ring.code}") == ["acknowledged", "goodbye"]


def test_an_alarm_whose_zone_is_not_known_here_is_heard_put_off_and_cancelled(desk: WakeupDesk, night: Night):
    desk.call("80630")
    night.database.write(lambda session: session.execute(update(Alarm).values(zone="Mars/Olympus")))
    assert desk.call("3311") == ["your_alarms", "workdays", "hour_06", "minute_30", "that_is_all"]
    assert desk.call("3230")[:2] == ["next_call_is", "tomorrow"]
    assert desk.call("3511", presses=[(1, "3"), (1, "0715")], hangs_up_after_s=20) == ["fault"]
    assert desk.call("3322") == ["cancelled"]


def test_a_trial_is_rung_a_quarter_of_a_minute_later(desk: WakeupDesk, night: Night):
    assert desk.call("3344")[0] == "trial"
    assert night.next_utc(1) == desk.now_utc + timedelta(seconds=15)


def test_a_trial_is_rung_once_however_it_ends(desk: WakeupDesk, night: Night):
    for occurrence, outcome in enumerate((Outcome.NO_ANSWER, Outcome.SNOOZED), 1):
        desk.call("3344")
        night.wait(20)
        [ring] = night.claim()
        night.finish(ring, outcome)
        night.wait(605)
        assert night.claim() == []
        assert night.state(occurrence) == "missed"
        desk.now_utc = night.now_utc


def test_a_number_behind_a_trunk_is_rung_only_once_it_is_proved(desk: WakeupDesk, night: Night):
    desk.trust = replace(desk.trust, proving_hours=(0, 24))
    heard = desk.call("0630", BEHIND_B)
    assert heard[-2:] == ["kept", "proof_first"]
    gate = trusting(desk.trust)
    night.wait(20)
    [proving] = night.claim(gate=gate)
    assert (proving.kind, proving.telephone.number) == ("proof", "3902001")
    code = night.database.read(
        lambda session: session.connection().exec_driver_sql("SELECT code FROM trust_code").scalar()
    )
    night.finish(proving, Outcome.UNACKNOWLEDGED)
    desk.now_utc = night.now_utc
    assert desk.call("0700", BEHIND_B)[-5:-2] == ["kept", "proof_later", "tomorrow"]
    assert desk.call("1" * 12 if code != "1" * 12 else "2" * 12, BEHIND_B) == ["code_wrong"]
    assert desk.call(str(code), replace(BEHIND_B, peer="SIP-TRUNK-X")) == ["no_way_back"]
    assert desk.call(str(code), BEHIND_B) == ["proof_done"]
    night.now_utc = HALF_PAST_SIX_UTC
    [ring] = night.claim(gate=gate)
    assert ring.alarm_id == 1


def test_by_night_nobody_is_rung_for_a_proof_and_the_caller_hears_when(desk: WakeupDesk, night: Night):
    later = ["kept", "proof_later", "tomorrow", "hour_07", "will_ring_at"]
    assert desk.call("0730", BEHIND_B)[-5:] == later
    assert desk.call("0800", BEHIND_B)[-5:] == later
    gate = trusting(desk.trust)
    night.wait(8 * 3600 - 1)
    assert night.claim(gate=gate) == []
    night.wait(16)
    [proving] = night.claim(gate=gate)
    assert proving.kind == "proof"


def test_who_asks_again_within_the_day_hears_when_the_next_call_comes(desk: WakeupDesk, night: Night):
    desk.now_utc = night.now_utc = MORNING_UTC
    gate = trusting(desk.trust)
    assert desk.call("0630", BEHIND_B)[-1] == "proof_first"
    assert desk.call("0630", BEHIND_B)[-1] == "proof_first", "the same call"
    night.wait(15)
    [proving] = night.claim(gate=gate)
    night.finish(proving, Outcome.NO_ANSWER)
    desk.now_utc = night.now_utc
    heard = desk.call("0630", BEHIND_B)
    assert heard[-5:] == ["kept", "proof_later", "tomorrow", "hour_09", "will_ring_at"]
    night.wait(86_400)
    assert night.claim(gate=gate) == []
    night.wait(15)
    [again] = night.claim(gate=gate)
    assert (again.kind, again.telephone.number) == ("proof", "3902001")


def test_a_claim_after_the_proving_call_takes_the_number_from_nobody_who_heard_it(
    desk: WakeupDesk, night: Night
):
    desk.now_utc = night.now_utc = MORNING_UTC
    gate = trusting(desk.trust)
    desk.call("0630", BEHIND_B)
    night.wait(15)
    [proving] = night.claim(gate=gate)
    spoken = desk.database.read(code_to_speak(desk.trust, proving, night.now_utc))
    assert spoken is not None
    assert desk.call("3411", BEHIND_B) == ["opt_out_done"]
    assert desk.database.read(code_to_speak(desk.trust, proving, night.now_utc)) is None, (
        "it is spoken no more"
    )
    night.finish(proving, Outcome.UNACKNOWLEDGED)
    assert desk.call("0630", BEHIND_B)[0] == "opted_out"
    assert desk.call(spoken.code, BEHIND_B) == ["proof_done"]
    assert desk.call("0630", BEHIND_B)[-1] == "kept"


def test_a_number_that_was_not_proved_is_not_rung_but_the_alarm_told_of(desk: WakeupDesk, night: Night):
    desk.call("0630", BEHIND_B)
    night.now_utc = HALF_PAST_SIX_UTC
    assert night.claim(gate=trusting(desk.trust)) == []
    assert night.outcomes(1) == ["forbidden"]
    assert night.events() == ["alarm.missed"]


def test_what_repeats_for_a_number_that_nobody_proved_ends_with_its_first_time(
    desk: WakeupDesk, night: Night
):
    """Whoever forges numbers could else have as many told of as missed each day as he likes."""
    desk.call("80630", BEHIND_B)
    desk.call("80630")
    night.now_utc = HALF_PAST_SIX_UTC
    rings = night.claim(gate=trusting(desk.trust))
    assert [ring.telephone.number for ring in rings] == [OWN.number]
    assert (night.alarm_state(1), night.occurrences(1), night.events()) == (
        "ended",
        [("missed", None)],
        ["alarm.missed"],
    )


def test_what_repeats_goes_on_where_a_proof_has_ended(desk: WakeupDesk, night: Night):
    target = Target("home", "alarms", BEHIND_B.number, BEHIND_B.peer)
    desk.database.write(proofs.prove, target, desk.now_utc - timedelta(days=179, hours=23))
    desk.call("80630", BEHIND_B)
    night.now_utc = HALF_PAST_SIX_UTC
    assert night.claim(gate=trusting(desk.trust)) == []
    assert (night.outcomes(1), night.alarm_state(1)) == (["forbidden"], "active")


def rings_and_is_over(desk: WakeupDesk, night: Night) -> None:
    """The morning's call, as the service makes it."""
    [ring] = night.claim(gate=trusting(desk.trust))
    night.finish(ring, Outcome.ACKNOWLEDGED)
    night.database.write(renew, desk.trust, ring.alarm_id, night.now_utc)


def proved_for(desk: WakeupDesk, age: timedelta) -> None:
    target = Target("home", "alarms", BEHIND_B.number, BEHIND_B.peer)
    desk.database.write(proofs.prove, target, desk.now_utc - age)


def test_a_proof_that_ends_soon_is_renewed_after_a_ring_that_repeats(desk: WakeupDesk, night: Night):
    """At 6:30 it is rung as ever, at 7:00 to be told a code; once it is dialled, there is no more of it."""
    proved_for(desk, timedelta(days=170))
    desk.call("80630", BEHIND_B)
    gate = trusting(desk.trust)
    night.now_utc = HALF_PAST_SIX_UTC
    rings_and_is_over(desk, night)
    night.wait(30 * 60)
    [proving] = night.claim(gate=gate)
    spoken = desk.database.read(code_to_speak(desk.trust, proving, night.now_utc))
    assert spoken is not None
    assert spoken.occasion is Occasion.RENEWAL
    night.finish(proving, Outcome.UNACKNOWLEDGED)
    desk.now_utc = night.now_utc
    assert desk.call(spoken.code, BEHIND_B) == ["proof_done"]
    night.wait(86_400 - 30 * 60)
    rings_and_is_over(desk, night)
    night.wait(30 * 60)
    assert night.claim(gate=gate) == []


def test_a_proof_that_nobody_renewed_is_tried_again_at_the_next_ring(desk: WakeupDesk, night: Night):
    proved_for(desk, timedelta(days=170))
    desk.call("80630", BEHIND_B)
    night.now_utc = HALF_PAST_SIX_UTC
    for minutes in (31, 32):  # once in 24 hours, so a little later on the second day
        rings_and_is_over(desk, night)
        night.wait(minutes * 60)
        [proving] = night.claim(gate=trusting(desk.trust))
        night.finish(proving, Outcome.NO_ANSWER)
        night.wait(86_400 - minutes * 60)


@pytest.mark.parametrize(("digits", "age"), [("0630", timedelta(days=170)), ("80630", timedelta(days=160))])
def test_what_rings_once_renews_nothing_nor_what_is_proved_for_long(
    desk: WakeupDesk, night: Night, digits: str, age: timedelta
):
    proved_for(desk, age)
    desk.call(digits, BEHIND_B)
    night.now_utc = HALF_PAST_SIX_UTC
    rings_and_is_over(desk, night)
    night.wait(31 * 60)
    assert night.claim(gate=trusting(desk.trust)) == []


def test_a_proved_number_needs_no_further_proof(desk: WakeupDesk, night: Night):
    target = Target("home", "alarms", "3902001", BEHIND_B.peer)
    desk.database.write(proofs.prove, target, desk.now_utc)
    assert desk.call("0630", BEHIND_B)[-1] == "kept"


def test_opting_out_holds_at_once_and_is_taken_back_by_that_telephone(desk: WakeupDesk, night: Night):
    desk.call("0630")
    assert desk.call("3411") == ["opt_out_done"]
    back = [f"digit_{digit}" for digit in "73422"]
    assert desk.call("0700")[:-1] == ["opted_out", "opt_in_how", *back]
    night.now_utc = HALF_PAST_SIX_UTC
    assert night.claim(gate=trusting(desk.trust)) == []
    assert desk.call("3422") == ["opt_in_done"]
    assert desk.call("0800")[-1] == "kept"


def test_who_may_not_take_an_opt_out_back_is_sent_to_the_operator(desk: WakeupDesk):
    assert desk.call("3411", BEHIND_B) == ["opt_out_done"]
    assert desk.call("3422", BEHIND_B) == ["not_allowed", "ask_operator"]
    target = Target("home", "alarms", OWN.number)
    desk.database.write(opt_outs.opt_out, desk.trust, target, By.OPERATOR, desk.now_utc)
    assert desk.call("3422") == ["opted_out", "ask_operator"]


def test_a_code_that_is_locked_is_not_asked_for_again(desk: WakeupDesk):
    target = Target("home", "alarms", BEHIND_B.number, BEHIND_B.peer)
    code = desk.database.write(codes.issue, desk.trust, target, desk.now_utc)
    wrong = "1" * 12 if code != "1" * 12 else "2" * 12
    heard = [desk.call(wrong, BEHIND_B) for _ in range(codes.MOST_WRONG_TRIES[codes.LENGTH])]
    assert heard == [["code_wrong"]] * 4 + [["code_locked"]]
    assert desk.call(code, BEHIND_B) == ["code_locked"]


@pytest.mark.parametrize(
    ("caller", "clips"),
    [
        (Caller(""), "no_number ask_operator"),
        (Caller("1001"), "no_number ask_operator"),
        (Caller("", trust=CallerTrust.NEIGHBOUR, peer="SIP-TRUNK-B"), "no_number show_number"),
        (Caller("2001", trust=CallerTrust.NEIGHBOUR, peer="SIP-TRUNK-B"), "no_way_back"),
        (Caller("SIP-TRUNK-B", trust=CallerTrust.NEIGHBOUR, peer="SIP-TRUNK-B"), "no_way_back"),
        (Caller("3902001", trust=CallerTrust.NEIGHBOUR, peer="SIP-TRUNK-X"), "no_way_back"),
        (Caller("390110", trust=CallerTrust.NEIGHBOUR, peer="SIP-TRUNK-B"), "not_allowed ask_operator"),
    ],
)
def test_who_cannot_be_rung_is_told_why_and_what_to_do(
    desk: WakeupDesk, night: Night, caller: Caller, clips: str
):
    assert desk.call("0630", caller) == clips.split()
    assert (
        night.database.read(lambda session: session.connection().exec_driver_sql("SELECT 1 FROM alarm").all())
        == []
    )


def test_a_booking_that_cannot_be_kept_is_said_to_be_lost(desk: WakeupDesk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("store.database.LOCK_TIMEOUT_S", 0.1)
    database = Database.open(desk.database.url.render_as_string())
    file = sqlite3.connect(str(desk.database.url.database), isolation_level=None)
    held = WakeupDesk(database)
    file.execute("BEGIN IMMEDIATE")
    assert held.call("0630") == ["fault"]
    file.execute("ROLLBACK")
    file.close()
    database.close()


def test_english_is_spoken_where_it_is_configured(desk: WakeupDesk):
    desk.language = "en"
    heard = desk.call("0630")
    assert heard[-1] == "kept"
    assert "en tomorrow" in heard


def test_each_call_tells_only_of_its_own_alarms(desk: WakeupDesk):
    desk.call("0630")
    assert desk.call("3311", replace(OWN, number="1002", peer="1002")) == ["no_alarms"]
