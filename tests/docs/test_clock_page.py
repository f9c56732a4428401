"""What docs/clock.md and its Japanese twin say of the clock is what the clock does."""

import json
import re
from pathlib import Path

import pytest
from docs.pages import ROOT

from audio.pips import MARK, PRE_PIP
from services.clock.english import ENGLISH
from services.clock.japanese import JAPANESE
from services.clock.programme import UNNOTICED_SAMPLES
from services.clock.scheme import TEN_SECONDS
from services.clock.service import LOOK_EVERY_S
from timekeeping.civil import CivilTime
from timekeeping.trust import BAD_ERROR_S, GOOD_ERROR_S, Trust

pytestmark = pytest.mark.unit

PAGES = [ROOT / "docs" / "clock.md", ROOT / "docs" / "ja" / "clock.md"]


@pytest.fixture(params=PAGES, ids=lambda page: page.parent.name)
def text(request: pytest.FixtureRequest) -> str:
    return request.param.read_text()


def test_the_announcements_are_quoted_as_spoken(text: str):
    for language in (JAPANESE, ENGLISH):
        assert language.announce(CivilTime(2000, 1, 1, 7, 11, 10, 0)).text in text
    assert JAPANESE.announce(CivilTime(2000, 1, 1, 12, 0, 0, 0)).text in text


def test_times_and_tones_are_those_of_the_manner(text: str):
    assert f"| {TEN_SECONDS.words_from_s} " in text
    assert f"{TEN_SECONDS.words_until_s} " in text
    for pip in (PRE_PIP, MARK):
        assert f"{pip.frequency_hz:g} Hz" in text
        assert f"{pip.level_dbm0:g} dBm0" in text
    assert PRE_PIP.length_s == pytest.approx(0.1)
    assert (MARK.hold_s, MARK.length_s) == (0.3, 1.0)
    assert PRE_PIP.offsets_s == (-3, -2, -1)
    assert re.search(r"^\| -3\D{1,2}-2\D{1,2}-1\D", text, re.MULTILINE)


def test_the_limits_of_trust_are_those_of_the_code(text: str):
    assert f"{GOOD_ERROR_S * 1000:g} " in text
    assert f"{BAD_ERROR_S * 1000:g} " in text
    assert f"{LOOK_EVERY_S:g} " in text
    assert f"{UNNOTICED_SAMPLES / 8:g} " in text
    for state in Trust:
        assert f"| {state.value} |" in text


@pytest.mark.parametrize("clip", ["clock_untrusted", "time_limit"])
def test_what_is_said_beside_the_time_is_quoted(text: str, clip: str):
    for language in ("ja", "en") if "# The clock" in text else ("ja",):
        folder = Path(ROOT, "audio", "prompts", language)
        manifest = json.loads((folder / "manifest.json").read_text())
        assert manifest["clips"][clip]["text"] in " ".join(text.split())
