"""What an answered call is taken for."""

import pytest
from hypothesis import given
from hypothesis.strategies import floats, lists, sampled_from, tuples

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
            judgement.asked(float(n))
        judgement.hear(kind, n + 0.5)
    return judgement


ANSWER = (HeardKind.VOICE, HeardKind.TURN, HeardKind.PERSON, HeardKind.VOICE, HeardKind.TURN)


def test_a_person_who_answers_the_question_is_probably_awake():
    assert heard(*ANSWER, asked_after=3).probably_awake


@pytest.mark.parametrize("missing", range(5))
def test_without_any_part_of_it_he_is_not(missing: int):
    kinds = [kind for n, kind in enumerate(ANSWER) if n != missing]
    awake = heard(*kinds, asked_after=3 - (missing < 3)).probably_awake
    # a voice and its turn may come first or later; the person and the answer may not be missing
    assert awake == (missing < 2)


def test_a_voice_before_the_question_is_no_answer():
    assert not heard(*ANSWER, asked_after=None).probably_awake


def test_a_voice_that_comes_late_is_no_answer():
    judgement = heard(HeardKind.VOICE, HeardKind.TURN, HeardKind.PERSON)
    judgement.asked(10.0)
    judgement.hear(HeardKind.VOICE, 16.1)
    judgement.hear(HeardKind.TURN, 17.0)
    assert not judgement.probably_awake


@pytest.mark.parametrize("tone", [*TONES, HeardKind.RINGBACK])
def test_any_tone_takes_back_what_was_concluded(tone: HeardKind):
    judgement = heard(*ANSWER, tone, asked_after=3)
    assert not judgement.probably_awake
    assert not judgement.voice


@pytest.mark.parametrize("tone", TONES)
def test_a_tone_or_a_machine_ends_the_attempt_by_its_name(tone: HeardKind):
    assert heard(tone).outcome is TONES[tone]


def test_ring_back_ends_nothing_and_a_voice_ends_it():
    assert heard(HeardKind.RINGBACK).outcome is None
    assert heard(HeardKind.RINGBACK).rings_on
    assert not heard(HeardKind.RINGBACK, HeardKind.VOICE).rings_on


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
    assert not judgement.probably_awake, "nobody was asked"
