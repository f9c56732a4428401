"""Alarms over a simulated fortnight whose programs are killed at random: each ends as it must, and none rings wrongly."""

import subprocess

import pytest
from fortnight.programs import command, environment
from fortnight.run import Scale, run

pytestmark = [pytest.mark.native, pytest.mark.timeout(120)]


@pytest.mark.parametrize(("kind", "nodes"), [("sqlite", 1), ("postgresql", 3)])
def test_every_alarm_comes_to_its_end_and_none_rings_wrongly(request, tmp_path, scaled, kind, nodes):
    """Ten thousand alarms, three hundred deaths; whoever judges sees SIP and the audit alone."""
    url = request.getfixturevalue("postgres_url" if kind == "postgresql" else "sqlite_url")
    scale = Scale(
        alarms=scaled(10, 10_000), days=scaled(1, 14), deaths=scaled(2, 300), nodes=nodes, seed=20_270_301
    )
    done = run(tmp_path, url, scale)
    print(done)
    judged = subprocess.run(
        command("checker", url, str(tmp_path / "plan.json"), str(tmp_path / "sip.jsonl")),
        env=environment({}),
        check=False,
        capture_output=True,
        text=True,
    )
    print(judged.stdout)
    assert judged.returncode == 0, judged.stdout + judged.stderr
    assert done.kills + done.stops == scale.deaths
