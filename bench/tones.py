"""`make bench-tones`: what is heard of tones, voices and machines in thousands of random calls, and what that costs.

`tests/support/hearing_trials.py` says what a call is made of. Its seed is printed; `ARGS=--seed=…` repeats a run.
"""

import argparse
import os
import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np
from support.call_progress import sent, tone_of
from support.hearing_trials import (
    SHARES,
    UNREACHED,
    Trial,
    after_ringing,
    change_trial,
    cut_trial,
    echo_trial,
    machine_trial,
    one_syllable,
    person_trial,
    run_trials,
    tone_trial,
)
from support.judged_trials import Judged, machine_judged, person_judged
from support.listener import FRAME_SAMPLES, heard_in
from support.speakers import babble
from support.worn_line import NOISES, rms

from audio.hearing.heard import HeardKind
from audio.levels import RATE_HZ, to_pcm
from bench.figures import Wish, conclude, percentile

T = TypeVar("T")
COSTLY_S = 60
NEVER = "taken for a person"


@dataclass(frozen=True, slots=True)
class Results:
    """What was heard in each kind of trial."""

    tones: Sequence[Trial]
    changes: Sequence[Trial]
    cuts: Sequence[Trial]
    people: Sequence[Trial]
    after_ringing: Sequence[Trial]
    syllables: Sequence[Trial]
    machines: Sequence[Trial]
    echoes: Sequence[Trial]
    judged: dict[str, Sequence[Judged]]
    """What whole calls were taken for, with machines and with people, on two kinds of line."""


MACHINES_CLEAR = "machines and hops, clear lines"
PEOPLE_CLEAR = "people who answer, clear lines"
JUDGED = {
    MACHINES_CLEAR: (partial(machine_judged, echoes=False), 25),
    "machines and hops, echoing lines": (partial(machine_judged, echoes=True), 50),
    PEOPLE_CLEAR: (partial(person_judged, echoes=False), 120),
    "people who answer, echoing lines": (partial(person_judged, echoes=True), 120),
}
"""Kinds of judged calls, and of how many tones there is one of them."""


def measure(seed: int, tones: int, *, processes: int = 1) -> Results:
    """So many trials of tones, and of the others in proportion."""

    def run(trial: Callable[[int, int], Trial], count: int) -> list[Trial]:
        return run_trials(trial, seed, count, processes=processes)

    return Results(
        run(tone_trial, tones),
        run(change_trial, tones // 12),
        run(cut_trial, tones // 12),
        run(person_trial, tones // 4),
        run(after_ringing, tones // 4),
        run(one_syllable, tones // 12),
        run(machine_trial, tones // 12),
        run(echo_trial, tones // 24),
        {
            name: run_trials(trial, seed, tones // part, processes=processes)
            for name, (trial, part) in JUDGED.items()
        },
    )


def share(trials: Sequence[T], holds: Callable[[T], bool]) -> float | None:
    """Of how many percent of the trials it holds; None without trials."""
    return 100 * sum(map(holds, trials)) / len(trials) if trials else None


def wishes(results: Results) -> list[Wish]:
    """What is wanted of the recogniser."""
    ringing = [trial for trial in results.tones if trial.wanted is HeardKind.RINGBACK]
    cadences = [trial for trial in results.tones if trial.wanted in {HeardKind.RINGBACK, *UNREACHED}]
    never = {
        f"tones {NEVER}": results.tones,
        f"changes from ring-back to busy {NEVER}": results.changes,
        f"ring-backs that stopped {NEVER}": results.cuts,
        f"machines {NEVER}": results.machines,
        f"echoes of ourselves {NEVER}": results.echoes,
    }
    return [
        *(
            Wish(what, sum(trial.has(HeardKind.PERSON) for trial in trials), "trials", at_most=0)
            for what, trials in never.items()
        ),
        Wish("tones called by their names", share(cadences, lambda trial: trial.is_right), "%", at_least=99.5),
        Wish("ring-back within two cycles", share(ringing, _in_two_cycles), "%", at_least=99.5),
        Wish("busy after ring-back", share(results.changes, lambda t: t.first(*UNREACHED) is not None), "%", at_least=99),
        Wish("voices heard, no tone before", share(results.people, _is_voice), "%", at_least=99),
        Wish("voices heard after ring-back", share(results.after_ringing, _is_voice), "%", at_least=99),
        Wish(f"{MACHINES_CLEAR}, taken for awake", sum(map(_is_awake, results.judged[MACHINES_CLEAR])), "calls", at_most=0),
        Wish(f"{PEOPLE_CLEAR}, taken for awake", share(results.judged[PEOPLE_CLEAR], _is_awake), "%", at_least=95),
        Wish("echoes taken for a voice", sum(trial.has(HeardKind.VOICE) for trial in results.echoes), "trials", at_most=0),
    ]  # fmt: skip


def _in_two_cycles(trial: Trial) -> bool:
    told = trial.first(HeardKind.RINGBACK)
    return told is not None and told.at_samples - trial.began_samples <= 2 * trial.cycle_samples


def _is_awake(trial: Judged) -> bool:
    return trial.is_awake


def _is_voice(trial: Trial) -> bool:
    return trial.first(HeardKind.VOICE) is not None


def confusion(trials: Sequence[Trial]) -> list[str]:
    """The table of what was sent (rows) and what was told first (columns)."""
    told = [*SHARES, HeardKind.TONE, None]
    counts = Counter((trial.wanted, trial.tone.kind if trial.tone else None) for trial in trials)
    names = [kind.name if kind else "nothing" for kind in told]
    return [
        f"{'sent':12}" + "".join(f"{name:>12}" for name in names),
        *(f"{sent.name:12}" + "".join(f"{counts[sent, kind]:12}" for kind in told) for sent in SHARES),
    ]


def _times(trials: Sequence[Trial], *kinds: HeardKind) -> str:
    after_ms = [trial.after_ms(*kinds) for trial in trials if trial.first(*kinds)]
    return " / ".join(f"{percentile(after_ms, percent):,.0f}" for percent in (50, 95, 100)) + " ms"


def describe(results: Results) -> list[str]:
    """Everything that was found, in lines."""
    lines = [f"Tones, {len(results.tones):,}: what was told first", *confusion(results.tones), ""]
    for kind in SHARES:
        these = [trial for trial in results.tones if trial.wanted is kind]
        right = [trial for trial in these if trial.is_right]
        lines.append(
            f"{kind.name:12} told after (p50 / p95 / max) {_times(right, kind, *(UNREACHED & {kind}))}"
        )
    for noise in NOISES:
        these = [trial for trial in results.tones if trial.noise == noise]
        voices = sum(trial.has(HeardKind.VOICE) for trial in these)
        lines.append(f"a VOICE in tones with noise {noise}: {voices} of {len(these):,}")
    lines += [f"busy or congestion after ring-back: {_times(results.changes, *UNREACHED)}", ""]
    machines = sorted({trial.name for trial in results.machines})
    for name, trials in {
        "people, no tone before": results.people,
        "people, after ring-back": results.after_ringing,
        "one syllable, no tone before": results.syllables,
        **{name: [trial for trial in results.machines if trial.name == name] for name in machines},
        "echo of ourselves": results.echoes,
    }.items():
        heard = ", ".join(
            f"{kind.name} {share(trials, lambda trial, kind=kind: trial.first(kind) is not None):.2f} %"  # type: ignore[misc]
            for kind in (HeardKind.VOICE, HeardKind.TURN, HeardKind.PERSON, HeardKind.MACHINE)
        )
        lines.append(f"{name}, {len(trials):,}: {heard}")
        if trials in (results.people, results.after_ringing):
            lines.append(f"  VOICE after {_times(trials, HeardKind.VOICE)}")
    for what, calls in results.judged.items():
        outcomes = Counter(str(call.outcome) for call in calls)
        said = ", ".join(f"{outcome} {count}" for outcome, count in outcomes.most_common())
        lines.append(f"{what}, {len(calls):,}: {said}")
        awake = Counter(f"{call.name} ({call.echo_db} dB)" for call in calls if call.is_awake)
        if what.startswith("machines") and awake:
            lines.append(f"  awake: {', '.join(awake)}")
    return lines


def cost_us() -> float:
    """Processor time for a frame of 20 ms, on ring-back among voices."""
    random = np.random.default_rng(1)
    samples = sent(tone_of("jp", "ringback"), COSTLY_S) + 0.1 * babble(COSTLY_S * RATE_HZ, random)
    pcm = to_pcm(samples * rms(-15))
    began_s = time.process_time()
    heard_in(pcm)
    return (time.process_time() - began_s) / (len(pcm) / FRAME_SAMPLES) * 1e6


def main() -> int:
    """Measure, show, compare."""
    parser = argparse.ArgumentParser(prog="bench-tones", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    seed = parser.parse_args().seed
    tones = 12_000 if os.environ.get("QUICK", "") in ("", "0") else 1_200
    results = measure(seed, tones, processes=os.cpu_count() or 1)
    print(f"Tones, voices, machines. Seed {seed}.", *describe(results), "", sep="\n")
    cost = Wish("processor time of a frame of 20 ms", cost_us(), "us", at_most=20)
    return conclude([*wishes(results), cost])


if __name__ == "__main__":
    sys.exit(main())
