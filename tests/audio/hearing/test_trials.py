"""Random tones, voices and machines on worn lines: 12,000 of them at full size (`make bench-tones` shows the table)."""

from collections.abc import Callable

import pytest
from support.hearing_trials import (
    Trial,
    after_ringing,
    change_trial,
    cut_trial,
    echo_trial,
    machine_trial,
    person_trial,
    run_trials,
    tone_trial,
)

from audio.hearing.heard import HeardKind
from bench.tones import measure, wishes

pytestmark = pytest.mark.native

QUICK = {
    tone_trial: 150,
    change_trial: 40,
    cut_trial: 30,
    person_trial: 40,
    after_ringing: 40,
    machine_trial: 30,
    echo_trial: 15,
}
"""How many of each; together some four seconds."""


def sample(trial: Callable[[int, int], Trial], seed: int) -> list[Trial]:
    return run_trials(trial, seed, QUICK[trial])


def persons(trials: list[Trial]) -> list[str]:
    return [trial.name for trial in trials if trial.has(HeardKind.PERSON)]


@pytest.mark.parametrize("trial", [change_trial, cut_trial, machine_trial, echo_trial])
def test_no_change_machine_or_echo_is_a_person(trial: Callable[[int, int], Trial], seed: int):
    assert persons(sample(trial, seed)) == []


def test_tones_are_called_by_their_names_and_never_a_person(seed: int):
    """99.9 % by their names; of a sample this small, all but four."""
    tones = sample(tone_trial, seed)
    steady = ("uk unobtainable", "au sit")  # these are tones
    wrong = [trial.name for trial in tones if not trial.is_right and trial.name not in steady]
    assert len(wrong) <= 4, wrong
    assert persons(tones) == []


@pytest.mark.parametrize("trial", [person_trial, after_ringing])
def test_people_are_heard(trial: Callable[[int, int], Trial], seed: int):
    """99 % and more are; of a sample this small, all but four."""
    unheard = [t.noise for t in sample(trial, seed) if t.first(HeardKind.VOICE) is None]
    assert len(unheard) <= 4


def test_all_that_is_wanted_at_full_size(scale: str, seed: int):
    if scale == "quick":
        pytest.skip("four minutes: make prove takes them")
    short = [wish.line for wish in wishes(measure(seed, 12_000)) if not wish.met]
    assert short == []
