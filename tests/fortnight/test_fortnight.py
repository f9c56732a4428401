"""Alarms over a simulated fortnight whose programs are killed at random: each ends as it must, and none rings wrongly."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from fortnight import plan
from fortnight.programs import command, environment
from fortnight.run import Done, Scale, run

pytestmark = [pytest.mark.native, pytest.mark.timeout(240)]  # whole, it takes hours


@dataclass(frozen=True, slots=True)
class Case:
    """A database, how much of what is done to it, and a folder for what was seen."""

    url: str
    scale: Scale
    folder: Path


def lived(case: Case) -> tuple[Done, "subprocess.CompletedProcess[str]"]:
    """What was done to it, and what the judge says."""
    case.folder.mkdir()
    done = run(case.folder, case.url, case.scale)
    judge = command("checker", case.url, str(case.folder / "plan.json"), str(case.folder / "sip.jsonl"))
    judged = subprocess.run(judge, env=environment({}), check=False, capture_output=True, text=True)
    assert done.kills + done.stops == case.scale.deaths
    return done, judged


def test_every_alarm_comes_to_its_end_and_none_rings_wrongly(sqlite_url, postgres_url, tmp_path, scale):
    """Ten thousand alarms, three hundred deaths, on both databases; whoever judges sees SIP and the audit alone."""
    if scale == "quick":
        one = Scale(alarms=10, days=1, policies=plan.HASTY, deaths=1, nodes=1, seed=2)
    else:
        one = Scale(alarms=10_000, days=14, policies=plan.PATIENT, deaths=300, nodes=1, seed=2)
    cases = [
        Case(sqlite_url, one, tmp_path / "one"),
        Case(postgres_url, replace(one, nodes=3), tmp_path / "three"),
    ]
    with ThreadPoolExecutor(len(cases)) as pool:  # side by side: they wait for telephones most of the time
        results = list(pool.map(lived, cases))
    for done, judged in results:
        print(done, judged.stdout, sep="\n")
    assert [judged.returncode for _, judged in results] == [0] * len(cases), [
        judged.stdout + judged.stderr for _, judged in results
    ]
