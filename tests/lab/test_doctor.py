"""`denwa doctor` at real exchanges: what is well is called well, and each trouble is found with what mends it."""

from pathlib import Path

import pytest
from lab.laboratory import Lab
from lab.patient import patient

pytestmark = [pytest.mark.lab, pytest.mark.timeout(40, func_only=True)]


@pytest.mark.parametrize("at", ["c", "q"])
def test_a_healthy_exchange_is_found_well(lab: Lab, tmp_path: Path, at: str):
    diagnosis = patient(lab, lab.exchanges[at], tmp_path).examine()
    assert (diagnosis.status, diagnosis.failed) == (0, [])
    well = ["configuration", "clock", "address", "registration", "sound", "codecs", "digits", "numbers"]
    assert [diagnosis.of(check)["level"] for check in well] == ["ok"] * len(well)
    assert diagnosis.of("busy gate")["level"] == ("ok" if at == "c" else "note")
    assert not lab.exchanges[at].contacts(diagnosis.extension)
