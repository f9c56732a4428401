"""Random machines, hops and people on worn lines, and what the morning call takes them for (`make bench-tones` counts more)."""

from functools import partial

import pytest
from support.hearing_trials import run_trials
from support.judged_trials import machine_judged, person_judged
from support.machines import MACHINES

pytestmark = pytest.mark.native

PEOPLE = 16
TIMES = {"quick": 1, "prove": 20}


def test_no_machine_and_no_hop_is_probably_awake(seed: int, scale: str):
    """Each of them at once and after a ring-back, on lines that hardly give back what we say."""
    judged = run_trials(machine_judged, seed, 2 * len(MACHINES) * TIMES[scale])
    assert [trial.name for trial in judged if trial.is_awake] == []


@pytest.mark.parametrize("echoes", [False, True])
def test_people_who_answer_are(echoes: bool, seed: int, scale: str):
    """19 of 20 are; of a sample this small all but four."""
    count = PEOPLE * TIMES[scale]
    judged = run_trials(partial(person_judged, echoes=echoes), seed, count)
    asleep = [f"{trial.name}: {trial.outcome}" for trial in judged if not trial.is_awake]
    assert len(asleep) <= max(4, 0.05 * count), asleep
