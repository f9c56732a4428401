"""docs/exchange.md, done: its configuration, `denwa serve`, the numbers dialled next door and through a hop, `--as`."""

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from docs.pages import commands
from lab.baresip import CallFailedError
from lab.laboratory import Lab
from lab.serving import DENWA, PAGE, serving

from audio.wav import read_wav

pytestmark = [pytest.mark.lab, pytest.mark.timeout(40, func_only=True)]

LOUD = 1000
"""Of 32768: less than the clock, more than an idle line."""
ALWAYS_A_SOUND_S = 3.0
"""No pause of the clock is as long."""


@pytest.mark.parametrize(
    ("to", "caller_at", "dialled"),
    [
        ("c", "c", "117"),
        ("c", "b", "242117"),
        ("c", "a", "3900242117"),
        ("q", "q", "117"),
        ("q", "a", "661117"),
    ],
)
def test_a_telephone_dials_117_and_hears_the_clock(
    lab: Lab, tmp_path: Path, to: str, caller_at: str, dialled: str
):
    with (
        serving(lab, lab.exchanges[to], tmp_path),
        lab.telephone(lab.exchanges[caller_at], tmp_path / "phone") as phone,
    ):
        phone.call(dialled)
        phone.listen(ALWAYS_A_SOUND_S)
        phone.hang_up()
        phone.wait_ended()
        heard, _ = read_wav(phone.heard())
    assert np.abs(heard.astype(float)).max() > LOUD


@pytest.mark.parametrize("to", ["c", "q"])
def test_denwa_calls_its_own_number_by_way_of_the_exchange(lab: Lab, tmp_path: Path, to: str):
    (typed,) = [command.words[1:] for command in commands(PAGE) if "--as" in command.words]
    with (
        serving(lab, lab.exchanges[to], tmp_path) as environment,
        lab.popen(
            [DENWA, *typed[:-1], "2"], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
        ) as process,
    ):
        said, _ = process.communicate(timeout=20)
    assert process.returncode == 0, said
    assert "answered" in said


OWN_NUMBER = '\n[extensions.services.numbers]\n"117" = "clock"\n"{extension}" = "clock"\n'


@pytest.mark.parametrize("numbers", ["", OWN_NUMBER], ids=["default numbers", "its own too"])
def test_the_extensions_own_number_answers_only_where_it_is_among_the_numbers(
    lab: Lab, tmp_path: Path, numbers: str
):
    with (
        serving(lab, lab.c, tmp_path, numbers) as environment,
        lab.telephone(lab.c, tmp_path / "phone") as phone,
    ):
        if numbers:
            phone.call(environment["EXTENSION"])
        else:
            with pytest.raises(CallFailedError, match="404"):
                phone.call(environment["EXTENSION"])


def test_on_the_exchanges_own_address_it_takes_the_port_that_is_set(lab: Lab, tmp_path: Path):
    (port,) = set(re.findall(r"`port = (\d+)`", PAGE.read_text()))
    moved = f"\n[sip]\nport = {port}\n"
    with (
        serving(lab, lab.c, tmp_path, moved, lab.c.address),
        lab.telephone(lab.c, tmp_path / "phone") as phone,
    ):
        phone.call("117")


def test_mikopbxs_rtp_ports_are_enough_for_about_fifty_calls(lab: Lab, tmp_path: Path):
    with serving(lab, lab.c, tmp_path):
        result = lab.call_many(
            lab.c, tmp_path / "callers", "117", calls=60, a_second=30, talk_s=6, address=lab.fresh_address()
        )
    assert 45 <= result.successful <= 52
    assert result.successful + result.failed == 60
