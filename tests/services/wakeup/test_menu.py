"""The morning call by keys."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr
from support.alarms import HALF_PAST_SIX_UTC, Night
from support.wakeup_desk import BEHIND_B, OWN, TRUNK, WakeupDesk

from exchange.sip.caller import Caller, CallerTrust
from schedules.outcomes import Outcome
from schedules.rows import Alarm
from schedules.taking import Ring
from services.wakeup.config import WakeupConfig
from services.wakeup.gate import code_to_speak, trusting
from services.wakeup.proving import Occasion, renew
from store.database import Database
from trust import consents, proofs
from trust.settings import Rate
from trust.target import Target

pytestmark = pytest.mark.unit

MENU = "3511"


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


def booked(night: Night) -> Alarm:
    """The first alarm."""
    return night.database.read(lambda session: session.get_one(Alarm, 1))


def test_a_booking_with_days_message_and_second_number_by_barging_in(desk: WakeupDesk, night: Night):
    heard = desk.call(
        MENU, presses=[(1, "1"), (1, "0630"), (1, "3"), (1, "2"), (1, "1002")], hangs_up_after_s=60
    )
    assert heard[:3] == ["workdays", "hour_06", "minute_30"]
    assert "kept" in heard
    alarm = booked(night)
    assert (alarm.recurrence, alarm.message, alarm.booked_how) == ("workdays", "message_1", "menu")
    assert alarm.policy == {"escalate_to": "1002"}
    assert night.next_utc(1) == HALF_PAST_SIX_UTC


def test_without_a_second_number_one_waits(desk: WakeupDesk, night: Night):
    desk.call(MENU, presses=[(1, "1"), (1, "0630"), (1, "1"), (1, "1")], hangs_up_after_s=60)
    assert booked(night).policy == {}


def test_who_hangs_up_before_the_time_was_said_has_booked_nothing(desk: WakeupDesk, night: Night):
    heard = desk.call(MENU, presses=[(1, "1"), (1, "0630"), (1, "1"), (1, "1")], hangs_up_after_s=9)
    assert "kept" not in heard
    assert night.database.read(lambda session: session.get(Alarm, 1)) is None


def test_a_wrong_time_is_asked_for_again(desk: WakeupDesk, night: Night):
    keys = [(1, "1"), (1, "9999"), (6, "0630"), (1, "1"), (1, "1")]
    heard = desk.call(MENU, presses=keys, hangs_up_after_s=60)
    assert "wrong_time" in heard
    assert night.next_utc(1) == HALF_PAST_SIX_UTC


def test_a_second_number_that_may_not_be_rung_is_refused(desk: WakeupDesk, night: Night):
    keys = [(1, "1"), (1, "0630"), (1, "1"), (1, "1"), (1, "119"), (12, "1002")]
    heard = desk.call(MENU, presses=keys, hangs_up_after_s=60)
    assert "not_allowed" in heard
    assert booked(night).policy == {"escalate_to": "1002"}


BY_TRUNK = Target("home", "alarms", BEHIND_B.number, BEHIND_B.peer)
FRIEND = Caller("3902002", trust=CallerTrust.NEIGHBOUR, peer=TRUNK, did="70630")
BY_NIGHT = [(1, "1"), (1, "0630"), (1, "1"), (1, "1")]


def test_a_caller_by_a_trunk_has_no_telephone_of_the_exchange_rung(desk: WakeupDesk, night: Night):
    """It needs no proof, so that it is not his to name."""
    desk.database.write(proofs.prove, BY_TRUNK, desk.now_utc)
    heard = desk.call(MENU, BEHIND_B, presses=[*BY_NIGHT, (1, "1002")], hangs_up_after_s=70)
    assert "not_allowed" in heard
    assert booked(night).policy == {}


@pytest.mark.parametrize("proved", [BEHIND_B, FRIEND, None])
def test_both_telephones_behind_trunks_must_be_proved(desk: WakeupDesk, night: Night, proved: Caller | None):
    """Else whoever forges numbers could have others asked for their consent."""
    if proved is not None:
        desk.database.write(proofs.prove, replace(BY_TRUNK, number=proved.number), desk.now_utc)
    heard = desk.call(MENU, BEHIND_B, presses=[*BY_NIGHT, (1, FRIEND.number)], hangs_up_after_s=70)
    assert "second_refused" in heard
    assert booked(night).policy == {}


def name_friend(desk: WakeupDesk, caller: Caller = BEHIND_B) -> list[str]:
    for number in (BEHIND_B.number, FRIEND.number):
        desk.database.write(proofs.prove, replace(BY_TRUNK, number=number), desk.now_utc)
    return desk.call(MENU, caller, presses=[*BY_NIGHT, (1, FRIEND.number)], hangs_up_after_s=40)


def nobody_wakes(desk: WakeupDesk, night: Night) -> Ring | None:
    """All attempts go by; who is rung then."""
    night.now_utc = HALF_PAST_SIX_UTC
    for _ in range(4):
        [ring] = night.claim(gate=trusting(desk.trust))
        night.finish(ring, Outcome.NO_ANSWER)
        night.wait(181)
    return next(iter(night.claim(gate=trusting(desk.trust))), None)


@pytest.mark.parametrize("caller", [BEHIND_B, OWN])
def test_a_second_number_behind_a_trunk_is_not_rung_before_it_consents(
    desk: WakeupDesk, night: Night, caller: Caller
):
    heard = name_friend(desk, caller)
    assert heard[heard.index("kept") : heard.index("kept") + 2] == ["kept", "second_asked"]
    assert nobody_wakes(desk, night) is None
    assert night.outcomes(1) == ["no answer"] * 4 + ["forbidden"]
    assert night.state(1) == "missed"


def test_it_is_asked_once_by_day_and_consents_by_dialling_its_code(desk: WakeupDesk, night: Night):
    desk.trust = replace(desk.trust, proving_hours=(0, 24))
    name_friend(desk)
    night.wait(16)
    [asking] = night.claim(gate=trusting(desk.trust))
    assert (asking.kind, asking.telephone.number, asking.booked_by) == (
        "consent",
        FRIEND.number,
        BEHIND_B.number,
    )
    spoken = desk.database.read(code_to_speak(desk.trust, asking, night.now_utc))
    assert spoken is not None
    assert spoken.occasion is Occasion.CONSENT
    night.finish(asking, Outcome.UNACKNOWLEDGED)
    assert desk.call(spoken.code, BEHIND_B) == ["code_wrong"], "it is not his to consent"
    assert desk.call(spoken.code, FRIEND) == ["consent_done"]
    ring = nobody_wakes(desk, night)
    assert ring is not None
    assert (ring.purpose, ring.telephone.number) == ("escalation", FRIEND.number)


def test_whoever_names_it_hears_whether_it_is_asked(desk: WakeupDesk, night: Night):
    """It is once in a week, whoever names it; a question that was never put does not count."""
    assert "second_asked" in name_friend(desk)
    assert "second_waits" in name_friend(desk, OWN)
    desk.now_utc = night.now_utc = night.now_utc + timedelta(hours=12)
    assert night.claim(gate=trusting(desk.trust)) == [], "its validity is over"
    desk.call("3333", BEHIND_B)
    desk.call("3333")
    assert "second_asked" in name_friend(desk)
    night.wait(16)
    [asking] = [ring for ring in night.claim(gate=trusting(desk.trust)) if ring.kind == "consent"]
    night.finish(asking, Outcome.NO_ANSWER)
    desk.now_utc = night.now_utc = night.now_utc + timedelta(days=6)
    assert "second_waits" in name_friend(desk)
    desk.now_utc += timedelta(days=1)
    assert "second_asked" in name_friend(desk)


def test_nobody_is_told_that_a_second_number_rings_which_does_not(desk: WakeupDesk, night: Night):
    name_friend(desk)
    nobody_wakes(desk, night)
    assert "alarm.escalated" not in night.events()


def test_a_consent_that_ends_soon_is_asked_for_anew_by_an_alarm_that_repeats(desk: WakeupDesk, night: Night):
    for number in (BEHIND_B.number, FRIEND.number):
        desk.database.write(proofs.prove, replace(BY_TRUNK, number=number), desk.now_utc - timedelta(days=50))
    given_utc = desk.now_utc - timedelta(days=170)
    desk.database.write(consents.give, replace(BY_TRUNK, number=FRIEND.number), BEHIND_B.number, given_utc)
    presses = [(1, "1"), (1, "0630"), (1, "2"), (1, "1"), (1, FRIEND.number)]
    heard = desk.call(MENU, BEHIND_B, presses=presses, hangs_up_after_s=40)
    assert heard[heard.index("kept") + 1] == "menu_main", "it has consented"
    night.now_utc = HALF_PAST_SIX_UTC
    [ring] = night.claim(gate=trusting(desk.trust))
    night.finish(ring, Outcome.ACKNOWLEDGED)
    desk.database.write(renew, desk.trust, ring.alarm_id, night.now_utc)
    night.wait(31 * 60)
    assert [each.kind for each in night.claim(gate=trusting(desk.trust))] == ["consent"]


def test_the_next_one_gets_another_time(desk: WakeupDesk, night: Night):
    desk.call("80630")
    heard = desk.call(MENU, presses=[(1, "3"), (1, "0715")], hangs_up_after_s=15)
    assert "changed_to" in heard
    assert booked(night).civil_time.isoformat("minutes") == "07:15"
    assert night.next_utc(1) is not None


def test_a_day_of_each_week(desk: WakeupDesk, night: Night):
    """Key 5, then 3: Wednesday, which is tomorrow."""
    keys = [(1, "1"), (1, "0630"), (1, "5"), (1, "3"), (1, "1")]
    desk.call(MENU, presses=keys, hangs_up_after_s=60)
    assert booked(night).recurrence == "wed"
    assert night.next_utc(1) == HALF_PAST_SIX_UTC


def test_what_is_dialled_by_digits_alone_can_be_had_by_keys_too(desk: WakeupDesk, night: Night):
    """In five minutes; a trial; the next one half an hour later."""
    heard = desk.call(MENU, presses=[(1, "7"), (1, "1"), (1, "00"), (6, "05")], hangs_up_after_s=30)
    assert heard.index("menu_wrong") < heard.index("kept")
    assert night.next_utc(1) == desk.now_utc + timedelta(minutes=5)
    assert "trial" in desk.call(MENU, presses=[(1, "7"), (1, "2")], hangs_up_after_s=20)
    desk.call(MENU, presses=[(1, "7"), (1, "3"), (1, "30")], hangs_up_after_s=20)
    assert night.next_utc(1) == desk.now_utc + timedelta(minutes=35)


def test_never_to_be_rung_again_is_asked_twice_and_can_be_taken_back(desk: WakeupDesk):
    """By a telephone of the exchange."""
    assert "opt_out_done" not in desk.call(MENU, presses=[(1, "7"), (1, "4"), (1, "2")], hangs_up_after_s=20)
    assert "opt_out_done" in desk.call(MENU, presses=[(1, "7"), (1, "4"), (1, "1")], hangs_up_after_s=20)
    assert "kept" not in desk.call("0630")
    assert "opt_in_done" in desk.call(MENU, presses=[(1, "7"), (1, "5")], hangs_up_after_s=20)
    assert "kept" in desk.call("0630")


def test_hearing_and_cancelling(desk: WakeupDesk, night: Night):
    desk.call("0630")
    desk.call("0700")
    heard = desk.call(MENU, presses=[(1, "2"), (12, "4"), (4, "6")], hangs_up_after_s=30)
    assert heard.index("your_alarms") < heard.index("cancelled") < heard.index("all_cancelled")
    assert {night.alarm_state(1), night.alarm_state(2)} == {"cancelled"}


def test_the_language_can_be_changed(desk: WakeupDesk):
    heard = desk.call(MENU, presses=[(1, "5"), (20, "2")], hangs_up_after_s=40)
    assert heard[:2] == ["en menu_main", "en no_alarms"]


def test_silence_is_helped_twice_and_then_the_call_ends(desk: WakeupDesk):
    heard = desk.call(MENU, presses=[(200, "1")])
    assert heard == ["menu_main", "menu_help", "menu_main", "menu_help", "menu_main", "menu_bye"]


def test_three_wrong_keys_end_the_call(desk: WakeupDesk):
    heard = desk.call(MENU, presses=[(1, "8"), (8, "8"), (8, "8"), (200, "1")])
    assert heard == ["menu_wrong", "menu_wrong", "menu_bye"]


def test_star_and_pound_are_not_ours(desk: WakeupDesk):
    heard = desk.call(MENU, presses=[(1, "*"), (1, "#"), (200, "1")])
    assert "menu_wrong" not in heard


@pytest.mark.parametrize(("pressed", "let_in"), [("4711", True), ("4712", False)])
def test_the_pin_is_asked_for_where_the_operator_wants_one(desk: WakeupDesk, pressed: str, let_in: bool):
    desk.config = WakeupConfig(pin=SecretStr("4711"))
    heard = desk.call(MENU, presses=[(1, pressed), (20, "2")], hangs_up_after_s=60)
    assert ("no_alarms" in heard) == let_in


def test_the_pin_is_not_guessed_over_many_calls(desk: WakeupDesk):
    """A few tries in an hour; then the right one is not even compared, and another telephone is none the worse."""
    desk.config = WakeupConfig(pin=SecretStr("4711"))
    desk.trust = replace(desk.trust, per_source=Rate(5, 60))
    for _ in range(2):
        desk.call(MENU, presses=[(1, "1111"), (6, "2222"), (6, "3333")], hangs_up_after_s=60)
    heard = desk.call(MENU, presses=[(1, "4711")], hangs_up_after_s=60)
    assert ("quota" in heard, "no_alarms" in heard) == (True, False)
    other = replace(OWN, number="1002", peer="1002")
    assert "no_alarms" in desk.call(MENU, other, presses=[(1, "4711"), (20, "2")], hangs_up_after_s=60)
    desk.now_utc += timedelta(hours=1)
    assert "no_alarms" in desk.call(MENU, presses=[(1, "4711"), (20, "2")], hangs_up_after_s=60)
