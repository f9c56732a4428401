"""A real Asterisk sends the tones of many countries to calls that denwa placed, and each is called by its name."""

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from docs.pages import ROOT
from lab.asterisk.tones import APPLICATIONS, tone_number
from lab.laboratory import Lab
from support.call_progress import SIX

from audio.hearing.countries import CountryTone, country_tones
from audio.hearing.heard import HeardKind

pytestmark = [pytest.mark.lab, pytest.mark.timeout(60, func_only=True)]

AT_ONCE = 48
"""Calls at a time."""
ATTEMPTS = 3
"""An exchange that is held up for 80 ms leaves a hole in its tones; on a busy machine that happens."""
LONGEST_S = 14.0
PROGRAM = Path(__file__).with_name("tone_caller.py")
UNREACHED = {HeardKind.BUSY, HeardKind.CONGESTION}
STEADY = {("uk", "unobtainable"), ("au", "sit")}
"""400 Hz for ever, and 425 Hz for 2.5 s: these are told as tones."""


def called(lab: Lab, numbers: Iterable[str]) -> dict[str, str]:
    """What is heard first at each number of exchange A."""
    left, told = list(numbers), {}
    while left:
        told |= called_at_once(lab, left[:AT_ONCE])
        left = left[AT_ONCE:]
    return told


def called_at_once(lab: Lab, numbers: Sequence[str]) -> dict[str, str]:
    """What is heard first at some numbers."""
    account = lab.fresh_extension(lab.a)
    wishes = {
        "server": f"{lab.a.address}:5060",
        "address": lab.fresh_address(),
        "user": account.number,
        "password": account.password,
        "numbers": numbers,
        "seconds": LONGEST_S,
    }
    done = lab.run(
        [sys.executable, PROGRAM, json.dumps(wishes)],
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout))


def names(tone: CountryTone) -> set[str]:
    """What a tone may be called: busy and congestion are one sound in some countries."""
    if (tone.country, tone.name) in STEADY:
        return {HeardKind.TONE.name, HeardKind.SIT.name}
    return {kind.name for kind in (UNREACHED if tone.kind in UNREACHED else {tone.kind})}


def test_the_tones_of_an_asterisk_are_called_by_their_names(lab: Lab, scale: str):
    """By PlayTones, and by Ringing, Busy and Congestion; six countries, all at full size."""
    tones = [tone for tone in country_tones() if scale == "prove" or tone.country in SIX]
    expected = {tone_number(tone): tone for tone in tones}
    expected |= {tone_number(tone, by_application=True): tone for tone in tones if tone.name in APPLICATIONS}
    for _ in range(ATTEMPTS):
        told = called(lab, expected)
        assert "PERSON" not in " ".join(told.values())
        expected = {number: tone for number, tone in expected.items() if told[number] not in names(tone)}
        if not expected:
            return
    assert not {f"{tone.country} {tone.name}": told[number] for number, tone in expected.items()}
