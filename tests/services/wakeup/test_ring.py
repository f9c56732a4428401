"""The conversation of a placed morning call, with telephones in memory and in virtual time."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import lists, sampled_from
from support.call_progress import sent, tone_of
from support.listener import heard_in
from support.rung_telephone import (
    NOW_UTC,
    PROOF_CODE,
    RINGS_S,
    Does,
    Heard,
    RungTelephone,
    a_ring,
    cancelled,
    failing,
    refused,
    rung,
)
from support.speakers import phrases
from support.worn_line import rms

from audio.hearing.heard import HeardKind
from audio.levels import RATE_HZ, Samples, to_pcm
from exchange.sip.dialler import NeverLeft
from exchange.sip.leg import DigitSource, End, EndedBy
from schedules.attempts import LONGEST_CALL
from schedules.outcomes import Outcome, Purpose
from schedules.policy import Policy
from schedules.rows import AlarmKind
from services.wakeup.proving import Occasion, Spoken
from services.wakeup.ring import NEVER
from services.wakeup.sounds import soft_tone
from store.errors import StoreError

pytestmark = pytest.mark.native

TIME = ("it_is_now", "digit_6", "minute_30", "am_end")
GREETING = ("good_morning", *TIME, "wakeup_call")
AGAIN = ("again", *TIME, "wakeup_call")
TO_DIAL = ("or_dial", "digit_7", "digit_4", "digit_1", "digit_2", "digit_3", "proof_call_2")
"""The clip of "to confirm" has two names."""
QUESTION = ("press_1", *TO_DIAL, "say_yes")
ALL = (*GREETING, *QUESTION, *AGAIN, *QUESTION, *AGAIN, *QUESTION)
AWAKE = ("acknowledged", "goodbye")
CHECKED_LATER = ("again_in_minutes", "digit_5", "minutes_end", "goodbye")
SOFT = soft_tone().pcm
RING_S = Policy().ring_s
CONCLUDED = {Outcome.ACKNOWLEDGED, Outcome.PROBABLY_AWAKE}


def quiet(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE_HZ))


def hello(seconds: float = 0.8) -> Samples:
    """Somebody speaks for about so long."""
    return min(phrases(), key=lambda phrase: abs(len(phrase) - seconds * RATE_HZ))


def announcement(seconds: float = 6) -> Samples:
    """What a machine says, without a pause."""
    return np.concatenate([hello(0.7 + n / 20) for n in range(9)])[: round(seconds * RATE_HZ)]


def notes(*notes_hz: float, seconds: float = 0.4) -> Samples:
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return np.concatenate([np.sqrt(2) * np.sin(2 * np.pi * hz * time_s) for hz in notes_hz])


def tone(country: str, name: str, seconds: float, from_s: float = 0.0) -> Samples:
    return sent(tone_of(country, name), seconds, from_s=from_s)


def sounding(*parts: Samples) -> Does:
    """One that sends sounds from the answer on, and then nothing."""

    async def does(telephone: RungTelephone) -> None:
        telephone.sound(*parts)

    return does


def after(name: str, *parts: Samples, seconds: float = 0.5, first: Does | None = None) -> Does:
    """One that does something, and sends sounds so long after it has heard a clip."""

    async def does(telephone: RungTelephone) -> None:
        if first is not None:
            await first(telephone)
        await telephone.until_heard(name)
        telephone.sound(quiet(seconds), *parts)

    return does


def words_s(heard: Heard) -> tuple[float, float]:
    """From when to when something louder than the soft tone was heard, from the answer on; (inf, 0) for never."""
    loud = np.flatnonzero(np.abs(heard.pcm) > np.abs(SOFT).max())
    return (loud[0] / RATE_HZ, loud[-1] / RATE_HZ) if len(loud) else (np.inf, 0.0)


PERSON = after("say_yes", hello(), first=sounding(quiet(0.6), hello()))
"""Says who he is, and yes when he is asked."""


# -- what is heard of us --


@pytest.mark.parametrize("does", [sounding(), sounding(tone("jp", "ringback", 60))])
def test_the_soft_tone_is_heard_from_the_first_moment(does: Does):
    heard = rung(does)
    assert 0 <= heard.pcm.tobytes().find(SOFT.tobytes()) <= 0.04 * RATE_HZ * 2
    assert np.abs(SOFT[: RATE_HZ // 10]).any()


def test_who_listens_without_a_sound_hears_it_all_three_times():
    heard = rung(sounding())
    assert heard.said == ALL
    assert heard.report.outcome is Outcome.SILENCE
    assert heard.report.answered_utc is not None
    assert (heard.report.answered_utc - NOW_UTC).total_seconds() == pytest.approx(RINGS_S, abs=0.1)
    assert 4 <= words_s(heard)[0] < 5


def test_who_moves_the_receiver_and_listens_is_there():
    rustle = np.random.default_rng(1).standard_normal(RATE_HZ // 2)
    heard = rung(sounding(quiet(20), rustle))
    assert heard.said == ALL
    assert heard.report.outcome is Outcome.UNACKNOWLEDGED


def test_who_speaks_is_let_finish_and_then_greeted():
    said = hello(1.5)
    begins_s, _ = words_s(rung(sounding(quiet(0.5), said)))
    assert 0.5 + len(said) / RATE_HZ < begins_s < 0.5 + len(said) / RATE_HZ + 1.5


def test_in_japanese_with_the_message():
    heard = rung(sounding(), a_ring(language="ja", message="message_1"))
    assert heard.said[:9] == (
        "good_morning",
        "it_is_now",
        "hour_06",
        "minute_30",
        "number_end",
        "wakeup_call",
        "message_1",
        "press_1",
        "or_dial",
    )
    assert heard.said[-1] == "say_yes"


def test_it_rings_when_the_ring_is_to_begin():
    """It is made ready before."""
    heard = rung(sounding(), replace(a_ring(), begin_utc=NOW_UTC + timedelta(seconds=0.5)))
    assert heard.report.answered_utc is not None
    assert (heard.report.answered_utc - NOW_UTC).total_seconds() == pytest.approx(0.5 + RINGS_S, abs=0.1)


def test_it_rings_the_alarms_telephone():
    assert rung(sounding()).dialled == [("1001", "services")]


# -- a key --


def pressing(
    name: str, keys: str, *, times: int = 1, part: float = 1.0, by: DigitSource = DigitSource.EVENT
) -> Does:
    """Presses keys when a clip, or a part of it, has been heard so many times."""

    async def does(telephone: RungTelephone) -> None:
        await telephone.until_heard(name, times, part)
        await telephone.press(keys, by)

    return does


@pytest.mark.parametrize("by", DigitSource)
def test_a_key_after_the_question_acknowledges(by: DigitSource):
    heard = rung(pressing("say_yes", "1", by=by))
    assert heard.said == (*GREETING, *QUESTION, *AWAKE)
    assert heard.report.outcome is Outcome.ACKNOWLEDGED


def test_a_key_in_the_question_cuts_it_short():
    heard = rung(pressing("press_1", "1"))
    assert heard.said == (*GREETING, "press_1", *AWAKE)
    assert heard.report.outcome is Outcome.ACKNOWLEDGED


@pytest.mark.parametrize("name", ["good_morning", "wakeup_call"])
def test_a_key_before_the_question_answers_nothing(name: str):
    heard = rung(pressing(name, "1", part=0.5))
    assert heard.said == ALL
    assert heard.report.outcome is Outcome.UNACKNOWLEDGED


def test_a_key_in_the_soft_tone_answers_nothing():
    heard = rung(lambda telephone: telephone.press("1", DigitSource.EVENT))
    assert heard.said == ALL
    assert heard.report.outcome is Outcome.UNACKNOWLEDGED


def test_who_was_asked_once_may_press_in_the_second_greeting():
    heard = rung(pressing("again", "1"))
    assert heard.said == (*GREETING, *QUESTION, "again", *AWAKE)
    assert heard.report.outcome is Outcome.ACKNOWLEDGED


def test_other_keys_are_not_what_was_asked_for_and_cut_nothing_short():
    heard = rung(pressing("press_1", "2570*#"))
    assert heard.said == ALL
    assert heard.report.outcome is Outcome.UNACKNOWLEDGED


def test_the_right_key_after_others_acknowledges():
    assert rung(pressing("say_yes", "91")).report.outcome is Outcome.ACKNOWLEDGED


def hanging_up(does: Does, seconds: float = 0.0) -> Does:
    async def then(telephone: RungTelephone) -> None:
        await does(telephone)
        await asyncio.sleep(seconds)
        await telephone.hang_up()

    return then


def test_who_presses_and_hangs_up_is_awake():
    heard = rung(hanging_up(pressing("say_yes", "1"), 0.3))
    assert heard.report.outcome is Outcome.ACKNOWLEDGED


def test_a_tone_after_the_key_takes_nothing_back():
    async def does(telephone: RungTelephone) -> None:
        await pressing("say_yes", "1")(telephone)
        telephone.sound(tone("us", "congestion", 8))

    assert rung(does).report.outcome is Outcome.ACKNOWLEDGED


# -- a voice --


@pytest.mark.parametrize("echo_db", [None, 12, 8])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_person_who_says_yes_is_probably_awake_in_the_first_round(language: str, echo_db: float | None):
    heard = rung(PERSON, a_ring(language=language), echo_db=echo_db)
    assert heard.report.outcome is Outcome.PROBABLY_AWAKE
    assert heard.said.count("say_yes") == 1
    assert {"again_in_minutes", "goodbye"} <= set(heard.said)


def test_he_hears_when_he_is_called_again():
    assert rung(PERSON).said == (*GREETING, *QUESTION, *CHECKED_LATER)


def test_a_check_call_says_so_and_announces_no_other():
    heard = rung(PERSON, a_ring(purpose=Purpose.CHECK))
    assert heard.said == ("good_morning", *TIME, "check_call", *QUESTION, "goodbye")
    assert heard.report.outcome is Outcome.PROBABLY_AWAKE


def test_yes_at_the_last_moment_is_waited_for():
    late = after("say_yes", hello(), seconds=4.8, first=sounding(quiet(0.6), hello()))
    assert rung(late).report.outcome is Outcome.PROBABLY_AWAKE


def test_one_word_of_somebody_unknown_is_asked_about_once_more():
    """What may be a machine's short greeting is not a person yet when it answers."""
    heard = rung(after("say_yes", hello()))
    assert heard.report.outcome is Outcome.UNACKNOWLEDGED
    assert heard.said == ALL

    async def twice(telephone: RungTelephone) -> None:
        for _ in range(2):
            await telephone.until_heard("say_yes")
            telephone.sound(quiet(0.5), hello())

    heard = rung(twice)
    assert heard.report.outcome is Outcome.PROBABLY_AWAKE
    assert heard.said == (*GREETING, *QUESTION, *AGAIN, *QUESTION, *CHECKED_LATER)


@pytest.mark.parametrize("seconds", [0.8, 3], ids=["at once", "while he is thanked"])
def test_a_tone_after_yes_takes_it_back(seconds: float):
    yes = hello(), quiet(seconds), tone("us", "congestion", 8)
    heard = rung(after("say_yes", *yes, first=sounding(quiet(0.6), hello())))
    assert heard.report.outcome is Outcome.UNREACHABLE


def test_who_says_yes_and_hangs_up_was_heard_once_he_is_thanked():
    thanked = hanging_up(after("again_in_minutes", first=PERSON))
    assert rung(thanked).report.outcome is Outcome.PROBABLY_AWAKE
    assert rung(hanging_up(PERSON, 2.5)).report.outcome is Outcome.SNOOZED


def test_who_speaks_over_our_words_is_asked_again():
    async def does(telephone: RungTelephone) -> None:
        telephone.sound(quiet(0.6), hello())
        await telephone.until_heard("wakeup_call")
        telephone.sound(quiet(0.4), hello())
        for _ in range(2):
            await telephone.until_heard("say_yes")
            telephone.sound(quiet(0.5), hello())

    heard = rung(does)
    assert heard.report.outcome is Outcome.PROBABLY_AWAKE
    assert heard.said.count("say_yes") == 2


def test_an_alarm_that_demands_a_key_asks_for_no_voice_and_takes_none():
    ring = a_ring(policy=Policy(demands_acknowledgement=True))
    does = after("proof_call_2", hello(), first=sounding(quiet(0.6), hello()))
    heard = rung(does, ring)
    assert heard.said == tuple(name for name in ALL if name != "say_yes")
    assert heard.report.outcome is Outcome.UNACKNOWLEDGED
    assert rung(pressing("proof_call_2", "1"), ring).report.outcome is Outcome.ACKNOWLEDGED


# -- hanging up --


def test_hanging_up_in_our_words_is_snooze():
    for name in ("good_morning", "press_1"):
        assert rung(hanging_up(pressing(name, ""))).report.outcome is Outcome.SNOOZED
    at_the_end = hanging_up(pressing("say_yes", "", times=3))
    assert rung(at_the_end).report.outcome is Outcome.SNOOZED


def test_hanging_up_after_a_word_is_snooze():
    assert rung(hanging_up(sounding(hello()), 2)).report.outcome is Outcome.SNOOZED


@pytest.mark.parametrize("seconds", [0, 0.1, 2])
def test_a_hop_that_answers_and_ends_before_anybody_is_heard_is_no_snooze(seconds: float):
    heard = rung(hanging_up(sounding(), seconds))
    assert heard.said == ()
    assert heard.report.outcome in {Outcome.UNACKNOWLEDGED, Outcome.UNREACHABLE}


def test_who_is_granted_no_more_snooze_is_told():
    assert rung(hanging_up(pressing("last_call", "")), a_ring(last_snooze=True)).said == (
        *GREETING,
        "last_call",
    )


# -- a hop that answers first --


@pytest.mark.parametrize("lead_s", [0, 2.8])
@pytest.mark.parametrize("country", ["jp", "us", "uk", "de"])
def test_nothing_is_said_into_a_ring_back_that_begins_within_three_seconds(country: str, lead_s: float):
    heard = rung(sounding(quiet(lead_s), tone(country, "ringback", 60)))
    assert words_s(heard)[1] == 0
    assert heard.report.outcome is Outcome.NO_ANSWER
    assert RING_S <= heard.seconds < RING_S + 1.5


@pytest.mark.parametrize("country", ["jp", "us", "uk", "de"])
def test_our_words_end_within_the_first_burst_of_a_late_ring_back_and_begin_anew_for_who_answers(
    country: str,
):
    ringing = np.concatenate([quiet(5), tone(country, "ringback", 8.5), quiet(0.5)])
    does = after("wakeup_call", first=sounding(ringing, hello()))
    heard = rung(hanging_up(does))
    assert heard.said[-len(GREETING) :] == GREETING
    silent = heard.pcm[round(5.6 * RATE_HZ) : 14 * RATE_HZ]
    assert np.abs(silent).max() <= np.abs(SOFT).max()
    assert heard.report.outcome is Outcome.SNOOZED


def test_who_hums_for_a_moment_hears_it_anew_and_at_most_twice():
    """What was no tone in the end; it may be the noise of the room, which must not keep us silent for ever."""
    hum = np.concatenate([quiet(7), notes(425, seconds=0.6)])
    heard = rung(sounding(*[hum] * 12))
    assert heard.said[-len(QUESTION) :] == QUESTION
    assert heard.report.outcome is Outcome.UNACKNOWLEDGED


def test_a_person_behind_a_ring_back_hears_it_all():
    ringing = sounding(tone("jp", "ringback", 8.5), quiet(0.5), hello())
    heard = rung(after("say_yes", hello(), first=ringing))
    assert heard.said == (*GREETING, *QUESTION, *CHECKED_LATER)
    assert words_s(heard)[0] > 9.5
    assert heard.report.outcome is Outcome.PROBABLY_AWAKE


@pytest.mark.parametrize("echo_db", [None, 12])
def test_who_lifts_behind_a_ring_back_and_is_silent_hears_it_all(echo_db: float | None):
    heard = rung(sounding(tone("us", "ringback", 8)), echo_db=echo_db)
    assert heard.said == ALL
    assert words_s(heard)[0] < 15
    assert heard.report.outcome is Outcome.UNACKNOWLEDGED


def test_a_ring_back_that_is_hung_up_is_no_answer():
    assert rung(hanging_up(sounding(tone("jp", "ringback", 20)), 8)).report.outcome is Outcome.NO_ANSWER


def test_a_word_in_the_pause_of_a_ring_back_is_nobodys():
    """As of an exchange that says it is connecting."""
    pause = np.concatenate([quiet(0.4), hello(0.8)[:RATE_HZ], quiet(2)])[: 2 * RATE_HZ]
    heard = rung(sounding(*[tone("jp", "ringback", 1), pause] * 18))
    assert words_s(heard)[1] == 0
    assert heard.report.outcome is Outcome.NO_ANSWER


TONES = {
    "jp busy": (tone("jp", "busy", 8), {Outcome.BUSY, Outcome.UNREACHABLE}),
    "us busy": (tone("us", "busy", 8), {Outcome.BUSY}),
    "us reorder": (tone("us", "congestion", 8), {Outcome.UNREACHABLE}),
    "de SIT": (tone("de", "sit", 8), {Outcome.UNREACHABLE}),
    "steady": (notes(1100, seconds=8), {Outcome.TONE}),
    "machine": (np.concatenate([quiet(1), announcement(), quiet(0.4), notes(1000)]), {Outcome.MACHINE}),
}


@pytest.mark.parametrize("lead", [quiet(0), tone("uk", "ringback", 7)], ids=["at once", "after ring-back"])
@pytest.mark.parametrize("name", TONES)
def test_a_tone_or_a_machine_ends_the_attempt_by_its_name_and_is_not_spoken_to(name: str, lead: Samples):
    sound, outcomes = TONES[name]
    heard = rung(sounding(lead, sound))
    assert heard.report.outcome in outcomes
    assert words_s(heard)[1] == 0


def test_a_short_greeting_and_a_beep_are_a_machine():
    assert rung(sounding(quiet(0.5), hello(), quiet(0.4), notes(1000))).report.outcome is Outcome.MACHINE


@pytest.mark.parametrize("name", ["us busy", "us reorder", "de SIT", "steady"])
def test_our_words_end_when_a_tone_is_told(name: str):
    sound = np.concatenate([quiet(5), TONES[name][0]])
    told = next(each for each in heard_in(to_pcm(sound * rms(-16))) if each.kind is not HeardKind.SILENCE)
    heard = rung(sounding(sound))
    assert words_s(heard)[1] <= told.at_samples / RATE_HZ + 0.3
    assert heard.seconds <= told.at_samples / RATE_HZ + 0.3


def test_our_own_echo_is_nobody():
    heard = rung(sounding(), echo_db=12)
    assert heard.said == ALL
    assert heard.report.outcome is Outcome.UNACKNOWLEDGED


def talkative(seed: int) -> Samples:
    """A machine that pauses between its phrases and does not beep, and says its last one about when an answer is due."""
    random = np.random.default_rng(seed)
    parts = [quiet(random.uniform(0.2, 2))]
    while sum(map(len, parts)) < random.uniform(17, 23) * RATE_HZ:
        parts += [phrases()[random.integers(len(phrases()))], quiet(random.uniform(0.05, 1.5))]
    return np.concatenate(parts)


@pytest.mark.parametrize("seed", [0, 7, 8, 9, 11, 12])
def test_a_machine_that_speaks_over_our_question_does_not_answer_it(seed: int):
    assert rung(sounding(talkative(seed))).report.outcome not in CONCLUDED


MUSIC = notes(*np.tile([262, 330, 392, 523, 392, 330], 12))

NOBODY = {
    "music": MUSIC,
    "ring-back": tone("jp", "ringback", 9),
    "cut ring-back": tone("de", "ringback", 3.5),
    "busy": tone("uk", "busy", 4),
    "SIT": tone("us", "sit", 2),
    "announcement": announcement(5),
    "beep": notes(1000),
    "nothing": quiet(4),
    "long nothing": quiet(30),
}


@settings(max_examples=12)
@given(lists(sampled_from(sorted(NOBODY)), min_size=1, max_size=6))
def test_no_tone_machine_or_silence_is_ever_awake(names: list[str]):
    heard = rung(sounding(*(NOBODY[name] for name in names)))
    assert heard.report.outcome not in CONCLUDED
    assert heard.seconds < RING_S + LONGEST_CALL.total_seconds()


# -- other calls --


def test_an_escalation_tells_whom_to_look_after():
    heard = rung(pressing("say_yes_to_help", "1"), a_ring(purpose=Purpose.ESCALATION))
    told = ("escalation_1", "digit_2", "digit_0", "digit_0", "digit_1", "escalation_2")
    assert heard.said == (*told, "press_1_to_help", "say_yes_to_help", "help_promised", "goodbye")
    assert heard.report.outcome is Outcome.ACKNOWLEDGED


def test_whoever_is_to_look_after_a_sleeper_promises_it_by_voice_and_is_not_wished_a_good_morning():
    words = after("say_yes_to_help", hello(), first=sounding(quiet(0.6), hello()))
    heard = rung(words, a_ring(purpose=Purpose.ESCALATION))
    assert heard.said[-2:] == ("help_promised", "goodbye")
    assert "good_morning" not in heard.said
    assert heard.report.outcome is Outcome.PROBABLY_AWAKE


def test_an_alarm_whose_zone_is_not_known_here_rings_and_tells_the_usual_time():
    said = rung(sounding(), replace(a_ring(), zone="Mars/Olympus")).said
    assert said == rung(sounding()).said


def test_a_trial_call_says_that_it_is_one_and_no_more():
    """It comes once, so that there is no last one."""
    said = rung(sounding(), a_ring(kind=AlarmKind.TRIAL, last_snooze=True)).said
    assert "trial_call" in said
    assert "last_call" not in said


PROOF = a_ring(kind=AlarmKind.PROOF, policy=Policy(attempts=1, snoozes=0))


def test_a_proving_call_is_confirmed_by_its_code():
    heard = rung(pressing("proof_call_2", PROOF_CODE), PROOF)
    assert heard.confirmed == [PROOF_CODE]
    assert heard.said[-1] == "proof_done"
    assert heard.report.outcome is Outcome.ACKNOWLEDGED


def test_a_wrong_code_confirms_nothing_and_the_right_one_may_follow():
    async def does(telephone: RungTelephone) -> None:
        await telephone.press("1", DigitSource.EVENT)  # before the code is asked for
        await pressing("proof_call_1", "777777777777")(telephone)
        await pressing("proof_call_1", PROOF_CODE)(telephone)

    heard = rung(does, PROOF)
    assert heard.confirmed == ["777777777777", PROOF_CODE]
    assert heard.report.outcome is Outcome.ACKNOWLEDGED


def test_the_prefix_that_is_spoken_before_the_code_may_be_pressed_too():
    heard = rung(pressing("proof_keys", f"7{PROOF_CODE}"), PROOF)
    assert heard.report.outcome is Outcome.ACKNOWLEDGED
    assert heard.said[-1] == "proof_done"


@pytest.mark.parametrize("keys", [NEVER, f"12{NEVER}"])
def test_a_proving_call_is_told_by_keys_never_to_come_again(keys: str):
    heard = rung(pressing("refuse_keys", keys), PROOF)
    assert heard.confirmed == [NEVER]
    assert heard.said[-1] == "opt_out_done"
    assert heard.report.outcome is Outcome.REFUSED


def test_one_8_alone_asks_for_nothing():
    heard = rung(pressing("refuse_keys", f"8{PROOF_CODE}"), PROOF)
    assert NEVER not in heard.confirmed
    assert heard.report.outcome is Outcome.ACKNOWLEDGED


def test_whoever_is_not_heard_by_the_database_is_told_so():
    heard = rung(pressing("refuse_keys", NEVER), PROOF, fault=StoreError("the disk is full"))
    assert heard.said[-1] == "fault"
    assert heard.report.outcome is Outcome.UNKNOWN


def test_who_presses_nothing_or_too_little_has_proved_nothing():
    heard = rung(pressing("proof_call_4", PROOF_CODE[:5]), PROOF)
    assert heard.confirmed == []
    assert heard.said.count("proof_call_1") == 2
    assert heard.report.outcome is Outcome.UNACKNOWLEDGED
    assert rung(PERSON_WHO_PROVES_NOTHING, PROOF).report.outcome not in CONCLUDED


PERSON_WHO_PROVES_NOTHING = after("proof_call_4", hello(), first=sounding(quiet(0.6), hello()))


def test_a_long_code_is_pressed_to_its_end():
    code = "1234567123456712"
    heard = rung(pressing("proof_call_2", code), PROOF, spoken=Spoken(code, Occasion.PROOF))
    assert heard.confirmed == [code]
    assert heard.report.outcome is Outcome.ACKNOWLEDGED


def test_without_a_code_nobody_is_called():
    heard = rung(sounding(), PROOF, spoken=None)
    assert heard.dialled == []
    assert heard.report.outcome is Outcome.FORBIDDEN


def test_whoever_is_asked_for_consent_hears_who_asks_and_gives_it_by_the_code():
    consent = a_ring(kind=AlarmKind.CONSENT, policy=Policy(attempts=1, snoozes=0))
    heard = rung(pressing("proof_keys", PROOF_CODE), consent, spoken=Spoken(PROOF_CODE, Occasion.CONSENT))
    asks = ("consent_call_1", "digit_2", "digit_0", "digit_0", "digit_1", "consent_call_2")
    assert heard.said[: len(asks)] == asks
    assert heard.said[-1] == "consent_done"
    assert (heard.confirmed, heard.report.outcome) == ([PROOF_CODE], Outcome.ACKNOWLEDGED)


def test_who_does_not_consent_hears_what_to_do_and_that_it_may_be_nothing():
    consent = a_ring(kind=AlarmKind.CONSENT, policy=Policy(attempts=1, snoozes=0))
    heard = rung(sounding(quiet(0.6), hello()), consent, spoken=Spoken(PROOF_CODE, Occasion.CONSENT))
    assert heard.said.count("if_not") == 2
    assert (heard.confirmed, heard.report.outcome) == ([], Outcome.UNACKNOWLEDGED)


def test_a_proof_that_ends_soon_is_renewed_by_a_call_that_says_so():
    heard = rung(pressing("proof_keys", PROOF_CODE), PROOF, spoken=Spoken(PROOF_CODE, Occasion.RENEWAL))
    assert (heard.said[0], heard.said[-1]) == ("renewal_call", "proof_done")


# -- calls that do not come about --


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (486, Outcome.BUSY),
        (600, Outcome.BUSY),
        (603, Outcome.REFUSED),
        (403, Outcome.REFUSED),
        (480, Outcome.NO_ANSWER),
        (404, Outcome.UNREACHABLE),
        (503, Outcome.UNREACHABLE),
    ],
)
def test_a_refusal_by_its_status(status: int, outcome: Outcome):
    report = refused(status)
    assert (report.outcome, report.answered_utc) == (outcome, None)
    assert str(status) in report.detail


def test_a_telephone_that_nobody_lifts():
    report = refused(0)
    assert (report.outcome, report.answered_utc) == (Outcome.NO_ANSWER, None)


def test_a_ring_that_is_cancelled_hangs_up():
    assert cancelled(0.5) == 0, "before it was lifted"
    assert cancelled(12) == pytest.approx(11, abs=0.1)


def test_a_dialler_that_fails_is_a_fault_and_no_outcome():
    """Duty writes the outcome of a fault."""
    with pytest.raises(OSError, match="no route"):
        failing(OSError("no route"))


def test_a_call_that_could_not_leave_in_time_is_no_word_of_the_telephone():
    """The program or its machine was stopped meanwhile."""
    report = failing(NeverLeft("1001", End(EndedBy.US, reason="this program was stopped")))
    assert (report.outcome, report.detail) == (Outcome.UNKNOWN, "this program was stopped")
