"""Many callers at once: sipp, as one account of an exchange that makes calls side by side."""

import csv
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from lab.asterisk.exchange import Extension
from lab.namespace import Namespace

from audio.g711 import encode

SCENARIO = Path(__file__).with_name("call.sipp.xml")
TONE_HZ = 440


@dataclass(frozen=True, slots=True)
class SippResult:
    """How its calls went: up until it hung up, or not; and what was logged of the latter."""

    successful: int
    failed: int
    errors: str


def call_many(
    namespace: Namespace,
    folder: Path,
    address: str,
    registrar: str,
    account: Extension,
    number: str,
    *,
    calls: int,
    a_second: int = 20,
    talk_s: float = 2.0,
) -> SippResult:
    """Make this many calls to `number`, `a_second` of them each second, each `talk_s` long; wait for all."""
    folder.mkdir(parents=True, exist_ok=True)
    time_s = np.arange(8000) / 8000
    tone = (8000 * np.sin(2 * np.pi * TONE_HZ * time_s)).astype(np.int16)
    (folder / "tone.ul").write_bytes(encode(tone, "ulaw").tobytes())
    command = ["sipp", registrar, "-sf", str(SCENARIO), "-s", number, "-key", "caller", account.number]
    command += ["-au", account.number, "-ap", account.password, "-i", address, "-mi", address, "-p", "5060"]
    command += ["-m", str(calls), "-l", str(calls), "-r", str(a_second), "-d", str(round(talk_s * 1000))]
    command += [
        "-nostdin",
        "-trace_stat",
        "-stf",
        "stat.csv",
        "-fd",
        "1",
        "-trace_err",
        "-error_file",
        "errors",
    ]
    command += ["-mp", "16384"]
    seconds = calls / a_second + talk_s + 15
    with (folder / "screen").open("wb") as screen:
        namespace.run(
            command, cwd=folder, check=False, timeout=seconds, stdout=screen, stderr=subprocess.STDOUT
        )
    statistics, errors = folder / "stat.csv", folder / "errors"
    assert statistics.exists(), (folder / "screen").read_text(errors="replace")[-1000:]
    *_, last = csv.DictReader(statistics.read_text().splitlines(), delimiter=";")
    return SippResult(
        int(last["SuccessfulCall(C)"]),
        int(last["FailedCall(C)"]),
        errors.read_text(errors="replace") if errors.exists() else "",
    )
