"""Calls from A to C: through B, which passes them on, and through Q, which answers first."""

from pathlib import Path

import pytest
from lab.laboratory import Lab
from support.tones import best_share_at, write_tone

from audio.wav import read_wav

pytestmark = [pytest.mark.lab, pytest.mark.timeout(20, func_only=True)]

HOPS = {"passes on": "3900242", "answers first": "6610242"}


@pytest.mark.parametrize("through", HOPS.values(), ids=HOPS.keys())
def test_telephones_of_a_and_c_hear_each_other_through_a_hop(lab: Lab, tmp_path: Path, through: str):
    high = write_tone(tmp_path / "1000.wav", 1000, 10)
    low = write_tone(tmp_path / "440.wav", 440, 10)
    with (
        lab.telephone(lab.c, tmp_path / "callee", says=high) as callee,
        lab.telephone(lab.a, tmp_path / "caller", says=low) as caller,
    ):
        caller.call(through + callee.account.number)
        callee.wait_answered()
        callee.listen(2)
        caller.hang_up()
        callee.wait_ended()
        caller.wait_ended()
        at_caller, _ = read_wav(caller.heard())
        at_callee, _ = read_wav(callee.heard())
    shares = best_share_at(at_caller, 1000), best_share_at(at_callee, 440)
    print(len(at_caller), len(at_callee), *shares)
    assert min(shares) > 0.95
