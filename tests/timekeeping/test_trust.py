"""How far the host's clock may be trusted."""

import asyncio
import dataclasses
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timekeeping.chrony import ChronyError, Tracking, ask_chrony, parse_tracking
from timekeeping.kernel import KernelClockState, read_kernel_state
from timekeeping.trust import (
    BAD_ERROR_S,
    GOOD_ERROR_S,
    NOTHING_TO_DO,
    STALE_ERROR_S,
    Trust,
    ask_host_clock,
    judge,
)

pytestmark = pytest.mark.native

SYNCHRONISED = (
    "CB00710F,203.0.113.15,3,1795581040.390946795,-0.000020390,0.000010000,0.000030000,"
    "-12.345,0.001,0.020,0.004000000,0.000500000,64.5,Normal"
)
NOBODY_REACHED = (
    "00000000,,0,0.000000000,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,1.000000000,1.000000000,0.0,"
    "Not synchronised"
)
OWN_CLOCK = (
    "7F7F0101,,8,1795581040.390946795,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,0.000000000,"
    "0.000000000,0.0,Normal"
)
"""The last two as chronyd 4.3 gave them, without a server and with the directive `local`."""

KERNEL = KernelClockState(
    synchronised=True,
    estimated_error_s=0.001,
    greatest_error_s=0.02,
)


def test_a_synchronised_chrony_gives_its_source_and_error_bound():
    tracking = parse_tracking(SYNCHRONISED + "\n")
    assert (tracking.source, tracking.stratum, tracking.synchronised) == ("203.0.113.15", 3, True)
    assert tracking.error_s == pytest.approx(0.00002039 + 0.0005 + 0.002)


@pytest.mark.parametrize("line", [NOBODY_REACHED, OWN_CLOCK])
def test_chrony_without_a_server_is_not_synchronised(line):
    assert not parse_tracking(line).synchronised


@given(st.text() | st.lists(st.text(max_size=12), min_size=14, max_size=14).map(",".join))
def test_any_answer_is_understood_or_our_own_error(line):
    try:
        tracking = parse_tracking(line)
    except ChronyError:
        return
    assert 0 <= tracking.error_s < float("inf")


@pytest.mark.parametrize("word", ["inf", "nan", "-inf", "x", ""])
def test_an_error_that_is_no_number_is_refused(word):
    fields = SYNCHRONISED.split(",")
    fields[11] = word
    with pytest.raises(ChronyError):
        parse_tracking(",".join(fields))


def simulated_chronyc(folder: Path, script: str) -> str:
    """A program that answers as chronyc would."""
    program = folder / "simulated-chronyc"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return str(program)


def test_chrony_is_asked_as_a_program(tmp_path: Path):
    command = simulated_chronyc(tmp_path, f"test \"$*\" = '-c -n tracking' && echo '{SYNCHRONISED}'")
    assert asyncio.run(ask_chrony(command)) == parse_tracking(SYNCHRONISED)


def test_no_chrony_is_no_answer(tmp_path: Path):
    assert asyncio.run(ask_chrony(str(tmp_path / "none"))) is None


def test_a_chrony_that_does_not_run_is_no_answer(tmp_path: Path):
    command = simulated_chronyc(tmp_path, "echo '506 Cannot talk to daemon'; exit 1")
    assert asyncio.run(ask_chrony(command)) is None


def test_a_chrony_that_hangs_is_given_up_and_ended(tmp_path: Path):
    pid_file = tmp_path / "pid"
    command = simulated_chronyc(tmp_path, f"echo $$ > {pid_file}; exec sleep 60")
    with pytest.raises(ChronyError, match=r"no answer in 1 s"):
        asyncio.run(ask_chrony(command, timeout_s=1.0))  # long enough for it to begin
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid_file.read_text()), 0)


def tracking_with(error_s: float) -> Tracking:
    return Tracking("203.0.113.15", 3, synchronised=True, error_s=error_s)


@pytest.mark.parametrize(
    ("error_s", "state"),
    [
        (0.0, Trust.TRUSTED),
        (GOOD_ERROR_S, Trust.TRUSTED),
        (GOOD_ERROR_S * 1.01, Trust.UNSURE),
        (BAD_ERROR_S * 0.99, Trust.UNSURE),
        (BAD_ERROR_S, Trust.UNTRUSTED),
        (3600.0, Trust.UNTRUSTED),
    ],
)
def test_the_error_decides_how_far_chrony_is_trusted(error_s, state):
    assert judge(None, tracking_with(error_s)).state is state


def test_an_unsynchronised_chrony_is_not_trusted_whatever_the_kernel_says():
    verdict = judge(KERNEL, parse_tracking(NOBODY_REACHED))
    assert verdict.state is Trust.UNTRUSTED
    assert "chronyc sources" in verdict.remedy.en
    assert "chronyc sources" in verdict.remedy.ja


def test_an_unsynchronised_kernel_is_not_trusted():
    verdict = judge(dataclasses.replace(KERNEL, synchronised=False), None)
    assert (verdict.state, verdict.error_s) == (Trust.UNTRUSTED, None)
    assert "apt install chrony" in verdict.remedy.en


def test_a_synchronised_kernel_is_trusted_with_its_bound():
    verdict = judge(KERNEL, None)
    assert (verdict.state, verdict.error_s, verdict.source) == (Trust.TRUSTED, 0.02, "kernel")
    assert verdict.remedy == NOTHING_TO_DO


def test_a_kernel_long_uncorrected_is_unsure():
    assert judge(dataclasses.replace(KERNEL, greatest_error_s=STALE_ERROR_S), None).state is Trust.UNSURE


def test_nothing_known_is_unsure():
    assert judge(None, None).state is Trust.UNSURE


@given(
    st.none() | st.builds(KernelClockState, st.booleans(), st.floats(0, 16), st.floats(0, 16)),
    st.none()
    | st.builds(Tracking, st.just("203.0.113.15"), st.integers(0, 16), st.booleans(), st.floats(0, 1e6)),
)
def test_whoever_may_not_trust_the_clock_is_told_what_to_do_in_both_languages(kernel, tracking):
    verdict = judge(kernel, tracking)
    trusted = verdict.state is Trust.TRUSTED
    for words in (verdict.why, verdict.remedy):
        assert bool(words.ja) == bool(words.en)
    assert (verdict.remedy == NOTHING_TO_DO) == trusted
    assert re.search("[ぁ-ん]", verdict.why.ja)
    assert verdict.why.en.isascii()


def test_this_kernel_answers_and_its_errors_are_no_nonsense():
    state = read_kernel_state()
    assert 0 <= state.estimated_error_s <= 16
    assert 0 <= state.greatest_error_s <= 16.1
    assert state.synchronised or state.greatest_error_s > 0


def test_this_machine_gets_a_verdict():
    verdict = asyncio.run(ask_host_clock())
    assert verdict.why.ja
    assert verdict.why.en
