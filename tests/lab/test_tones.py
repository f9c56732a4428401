"""A real Asterisk sends the tones of many countries to calls that denwa placed, and each is called by its name.

What came is recorded, too, and heard again on worn lines: coded once or twice more, with noise, echo and loss.
"""

import json
import random
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from docs.pages import ROOT
from lab.asterisk.tones import APPLICATIONS, tone_number
from lab.laboratory import Lab
from support.call_progress import SIX
from support.hearing_trials import NOT_TRIED, Trial, recorded_trial
from support.pcap import Datagram
from support.rtp import rtp_streams
from support.rtp_sound import sound_of

from audio.hearing.countries import CountryTone, country_tones
from audio.hearing.heard import HeardKind
from audio.levels import Samples
from bench.tones import confusion

pytestmark = [pytest.mark.lab, pytest.mark.timeout(60, func_only=True)]

AT_ONCE = 48
"""Calls at a time."""
ATTEMPTS = 3
"""An exchange that is held up for 80 ms leaves a hole in its tones; on a busy machine that happens."""
LISTENS_S = {"quick": 9.0, "prove": 14.0}
TRIALS = {"quick": 4, "prove": 36}
"""On worn lines, of each tone."""
ANY_PORT = (1024, 65535)
PROGRAM = Path(__file__).with_name("tone_caller.py")
UNREACHED = {HeardKind.BUSY, HeardKind.CONGESTION}
STEADY = {("uk", "unobtainable"), ("au", "sit")}
"""400 Hz for ever, and 425 Hz for 2.5 s: these are told as tones."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of a number, and what came from there."""

    first: str
    samples: Samples


def called(lab: Lab, numbers: Iterable[str], folder: Path, seconds: float) -> Iterator[tuple[str, Told]]:
    """What is heard at each number of exchange A."""
    left = list(numbers)
    while left:
        first, datagrams = called_at_once(lab, left[:AT_ONCE], folder, seconds)
        came = recordings(datagrams)
        yield from ((number, Told(first[number], came[number])) for number in left[:AT_ONCE])
        left = left[AT_ONCE:]


def called_at_once(
    lab: Lab, numbers: Sequence[str], folder: Path, seconds: float
) -> tuple[dict[str, str], list[Datagram]]:
    """What is heard first at some numbers, and all that went over the wire."""
    account = lab.fresh_extension(lab.a)
    wishes = {
        "server": f"{lab.a.address}:5060",
        "address": lab.fresh_address(),
        "user": account.number,
        "password": account.password,
        "numbers": numbers,
        "seconds": seconds,
    }
    with lab.capture(folder / "calls.pcap", ANY_PORT) as capture:
        done = lab.run(
            [sys.executable, PROGRAM, json.dumps(wishes)],
            env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PATH": "/usr/bin:/bin"},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return dict(json.loads(done.stdout)), capture.datagrams()


def recordings(datagrams: Sequence[Datagram]) -> dict[str, Samples]:
    """The sound that came to each number's call; its INVITE says to which port."""
    numbers = {}
    for datagram in datagrams:
        invited = re.match(rb"INVITE sip:(\d+)@.*m=audio (\d+) ", datagram.payload, re.DOTALL)
        if invited:
            numbers[datagram.source[0], int(invited[2])] = invited[1].decode()
    return {
        numbers[destination]: sound_of(packets).samples
        for (_, destination, _), packets in rtp_streams(datagrams).items()
        if destination in numbers
    }


def names(tone: CountryTone) -> set[str]:
    """What a tone may be called: busy and congestion are one sound in some countries."""
    if (tone.country, tone.name) in STEADY:
        return {HeardKind.TONE.name, HeardKind.SIT.name}
    return {kind.name for kind in (UNREACHED if tone.kind in UNREACHED else {tone.kind})}


def is_right(trial: Trial, tone: CountryTone) -> bool:
    """It was called by one of its names first."""
    return trial.tone is not None and trial.tone.kind.name in names(tone)


def test_the_tones_of_an_asterisk_are_called_by_their_names_on_worn_lines_too(
    lab: Lab, scale: str, tmp_path: Path
):
    """By PlayTones, and by Ringing, Busy and Congestion; six countries, all at full size."""
    tones = [tone for tone in country_tones() if scale == "prove" or tone.country in SIX]
    expected = {tone_number(tone): tone for tone in tones}
    expected |= {tone_number(tone, by_application=True): tone for tone in tones if tone.name in APPLICATIONS}
    recorded: list[tuple[CountryTone, Samples]] = []
    for _ in range(ATTEMPTS):
        wrong: dict[str, CountryTone] = {}
        for number, told in called(lab, expected, tmp_path, LISTENS_S[scale]):
            assert "PERSON" not in told.first
            if told.first in names(expected[number]):
                recorded.append((expected[number], told.samples))
            else:
                wrong[number] = expected[number]
        expected = wrong
        if not expected:
            break
    assert not expected
    assert_heard_on_worn_lines(recorded, TRIALS[scale])


def assert_heard_on_worn_lines(recorded: Sequence[tuple[CountryTone, Samples]], each: int) -> None:
    """99.5 % are called by their names, of a small sample all but three; none is a person."""
    seed = random.getrandbits(32)
    trials = [
        (tone, recorded_trial(tone, samples, seed, n * len(recorded) + i))
        for n in range(each)
        for i, (tone, samples) in enumerate(recorded)
        if tone.country != NOT_TRIED
    ]
    print(f"seed {seed}", *confusion([trial for _, trial in trials]), sep="\n")
    assert not [trial.name for _, trial in trials if trial.has(HeardKind.PERSON)]
    wrong = [trial.name for tone, trial in trials if not is_right(trial, tone)]
    assert len(wrong) <= max(3, 0.005 * len(trials)), wrong
