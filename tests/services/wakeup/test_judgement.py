"""What an answered call is taken for."""

import pytest
from hypothesis import given
from hypothesis.strategies import floats, integers, lists, sampled_from, tuples

from audio.hearing.heard import HeardKind
from schedules.outcomes import Outcome
from services.wakeup.judgement import Judgement

pytestmark = pytest.mark.unit

TONES = {
    HeardKind.BUSY: Outcome.BUSY,
    HeardKind.CONGESTION: Outcome.UNREACHABLE,
    HeardKind.SIT: Outcome.UNREACHABLE,
    HeardKind.TONE: Outcome.TONE,
    HeardKind.MACHINE: Outcome.MACHINE,
}


def heard(*kinds: HeardKind, asked_after: int | None = None) -> Judgement:
    """A second between two; the question ends after so many of them."""
    judgement = Judgement()
    for n, kind in enumerate(kinds):
        if n == asked_after:
            judgement.speak()
            judgement.asked(float(n))
        judgement.hear(kind, n + 0.5)
    return judgement


ANSWER = (HeardKind.VOICE, HeardKind.TURN, HeardKind.PERSON, HeardKind.VOICE, HeardKind.TURN)


def test_a_person_who_answers_the_question_has_answered():
    assert heard(*ANSWER, asked_after=3).has_answered


@pytest.mark.parametrize("missing", range(5))
def test_without_any_part_of_it_he_is_not(missing: int):
    kinds = [kind for n, kind in enumerate(ANSWER) if n != missing]
    awake = heard(*kinds, asked_after=3 - (missing < 3)).has_answered
    # a voice and its turn may come first or later; the person and the answer may not be missing
    assert awake == (missing < 2)


def test_a_voice_before_the_question_is_no_answer():
    assert not heard(*ANSWER, asked_after=None).has_answered


def test_a_word_that_makes_him_a_person_is_no_answer_too():
    """What speaks for the first time after the question may be a machine with a short greeting."""
    assert not heard(HeardKind.VOICE, HeardKind.TURN, HeardKind.PERSON, asked_after=0).has_answered


def test_an_answer_goes_on_until_its_turn_is_over():
    assert heard(*ANSWER[:4], asked_after=3).is_answering
    assert not heard(*ANSWER, asked_after=3).is_answering


def asked_at_10_s() -> Judgement:
    """A person to whom we have spoken."""
    judgement = heard(*ANSWER[:3])
    judgement.speak()
    judgement.asked(10.0)
    return judgement


@pytest.mark.parametrize("at_s", [10.3, 16.1])
def test_a_voice_that_comes_late_or_did_not_wait_for_the_end_is_no_answer(at_s: float):
    judgement = asked_at_10_s()
    judgement.hear(HeardKind.VOICE, at_s)
    judgement.hear(HeardKind.TURN, at_s + 1)
    assert not judgement.has_answered


def test_a_voice_that_goes_on_has_not_answered():
    judgement = asked_at_10_s()
    for n, kind in enumerate((HeardKind.VOICE, HeardKind.TURN, HeardKind.VOICE, HeardKind.TURN)):
        judgement.hear(kind, 11.0 + n)
        assert judgement.has_answered == (n == 1)


def test_who_speaks_over_our_words_has_to_be_asked_again():
    judgement = heard(*ANSWER[:3])
    judgement.speak()
    judgement.hear(HeardKind.VOICE, 9)
    judgement.hear(HeardKind.TURN, 10)
    judgement.asked(11)
    judgement.hear(HeardKind.VOICE, 12)
    judgement.hear(HeardKind.TURN, 13)
    assert not judgement.has_answered
    judgement.speak()
    judgement.asked(30)
    judgement.hear(HeardKind.VOICE, 31)
    judgement.hear(HeardKind.TURN, 32)
    assert judgement.has_answered


def test_who_speaks_over_our_words_twice_is_not_asked_any_more():
    judgement = heard(*ANSWER[:3])
    for over in (HeardKind.VOICE, HeardKind.OVER):
        judgement.speak()
        judgement.hear(over, 9)
        judgement.asked(11)
    judgement.speak()
    judgement.asked(30)
    judgement.hear(HeardKind.VOICE, 31)
    judgement.hear(HeardKind.TURN, 32)
    assert not judgement.has_answered


@pytest.mark.parametrize(("at_s", "answers"), [(9.9, False), (10.2, False), (10.4, True)])
def test_a_faint_voice_over_our_words_is_no_answer_but_one_that_waited_is(at_s: float, answers: bool):
    judgement = heard(*ANSWER[:3])
    judgement.speak()
    if at_s < 10:
        judgement.hear(HeardKind.OVER, at_s)
    judgement.asked(10.0)
    if at_s > 10:
        judgement.hear(HeardKind.OVER, at_s)
    judgement.hear(HeardKind.VOICE, 10.7)
    judgement.hear(HeardKind.TURN, 11.5)
    assert judgement.has_answered == answers


def test_a_burst_may_be_a_ring_back_until_it_is_known():
    assert heard(HeardKind.BURST).may_ring
    for kind in HeardKind:
        if kind not in {HeardKind.BURST, HeardKind.OVER}:
            assert not heard(HeardKind.BURST, kind).may_ring
    assert not heard(*ANSWER, HeardKind.BURST, asked_after=3).has_answered


def test_bursts_that_become_no_tone_are_believed_twice():
    false = (HeardKind.BURST, HeardKind.SILENCE)
    assert heard(*false, HeardKind.BURST).may_ring
    assert not heard(*false, *false, HeardKind.BURST).may_ring
    assert heard(HeardKind.BURST, HeardKind.RINGBACK, *false, HeardKind.BURST).may_ring


@pytest.mark.parametrize("tone", [*TONES, HeardKind.RINGBACK])
def test_any_tone_takes_back_what_was_concluded(tone: HeardKind):
    judgement = heard(*ANSWER, tone, asked_after=3)
    assert not judgement.has_answered
    assert not judgement.voice


@pytest.mark.parametrize("tone", TONES)
def test_a_tone_or_a_machine_ends_the_attempt_by_its_name(tone: HeardKind):
    assert heard(tone).outcome is TONES[tone]


def test_ring_back_ends_nothing_and_a_voice_ends_it():
    assert heard(HeardKind.RINGBACK).outcome is None
    assert heard(HeardKind.RINGBACK).rings_on
    assert not heard(HeardKind.RINGBACK, HeardKind.VOICE).rings_on


def test_silence_ends_a_ring_back_and_a_voice():
    for kind in (HeardKind.RINGBACK, HeardKind.VOICE):
        judgement = heard(kind, HeardKind.SILENCE)
        assert judgement.quiet
        assert not judgement.rings_on
        assert not judgement.speaks


def test_what_is_quiet_is_so_until_something_is_heard():
    for kind in (HeardKind.RINGBACK, HeardKind.VOICE, HeardKind.BUSY):
        assert not heard(HeardKind.SILENCE, kind).quiet


def test_a_turn_ends_what_a_voice_says():
    assert heard(HeardKind.VOICE).speaks
    assert not heard(HeardKind.VOICE, HeardKind.TURN).speaks


def test_nothing_was_heard_if_one_silence_was_all():
    assert heard(HeardKind.SILENCE).nothing_heard
    assert not heard().nothing_heard, "there was noise, which has no name"
    assert not heard(HeardKind.SILENCE, HeardKind.SILENCE).nothing_heard, "there was noise between"
    assert not heard(HeardKind.VOICE, HeardKind.SILENCE).nothing_heard


def test_hanging_up_early_is_snooze_unless_it_still_rang_or_nobody_was_heard():
    assert heard(HeardKind.VOICE).hung_up(had_spoken=False) is Outcome.SNOOZED
    assert heard().hung_up(had_spoken=True) is Outcome.SNOOZED
    assert heard().hung_up(had_spoken=False) is Outcome.UNACKNOWLEDGED
    assert heard(HeardKind.RINGBACK).hung_up(had_spoken=True) is Outcome.NO_ANSWER


@given(lists(tuples(sampled_from(HeardKind), floats(0, 100))))
def test_sound_alone_never_acknowledges(sounds: list[tuple[HeardKind, float]]):
    judgement = Judgement()
    for kind, at_s in sorted(sounds, key=lambda sound: sound[1]):
        judgement.hear(kind, at_s)
    assert judgement.outcome is not Outcome.ACKNOWLEDGED
    assert judgement.hung_up(had_spoken=True) is not Outcome.ACKNOWLEDGED
    assert not judgement.has_answered, "nobody was asked"


NOBODYS = sampled_from(
    [
        *([tone] for tone in (*TONES, HeardKind.RINGBACK, HeardKind.SILENCE)),
        [HeardKind.VOICE, HeardKind.MACHINE],
    ]
)


@given(lists(NOBODYS, max_size=12), lists(floats(0, 10), min_size=40, max_size=40), integers(0, 24))
def test_tones_machines_and_silence_answer_no_question(
    sounds: list[list[HeardKind]], waits_s: list[float], asked_after: int
):
    judgement, now_s = Judgement(), 0.0
    for n, kind in enumerate(kind for sound in sounds for kind in sound):
        now_s += waits_s[n]
        if n == asked_after:
            judgement.speak()
            judgement.asked(now_s)
        judgement.hear(kind, now_s)
        assert not judgement.has_answered
