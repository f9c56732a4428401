"""The tones of all countries as data, and the C table that is made of it."""

import pytest

from audio.hearing.countries import CountryTone, Part, country_tones
from audio.hearing.heard import HeardKind
from audio.hearing.table import TABLE, render, row, shortest

pytestmark = pytest.mark.unit


def tone(*parts: str, name: str = "busy") -> CountryTone:
    return CountryTone("xx", name, 0, tuple(Part.parse(part) for part in parts))


def test_the_table_is_that_of_the_data():
    """If it is not, `python -m audio.hearing.table` writes it anew."""
    assert TABLE.read_text() == render()


def test_each_country_has_a_ringback_a_busy_and_a_congestion():
    countries = {tone.country for tone in country_tones()}
    assert len(countries) == 41
    for name in ("ringback", "busy", "congestion"):
        assert {tone.country for tone in country_tones() if tone.name == name} == countries


def test_parts_are_read_as_they_are_written():
    assert Part.parse("440+480:2000") == Part((440, 480), None, 2000)
    assert Part.parse("400*16:1000") == Part((400,), 16, 1000)
    assert Part.parse("0:330") == Part((), None, 330)
    assert Part.parse("400") == Part((400,), None, None)


@pytest.mark.parametrize(
    ("sent", "sound"),
    [
        (tone("440+480:500", "0:500"), (460,)),
        (tone("480+620:500", "0:500"), (480, 620)),
        (tone("400*16:500", "0:500"), (400,)),
    ],
)
def test_a_row_has_what_a_spectrum_sees(sent: CountryTone, sound: tuple[int, ...]):
    assert row(sent) == (HeardKind.BUSY, sound, (500, 500))


@pytest.mark.parametrize(
    "sent",
    [
        tone("400"),
        tone("950:330", "1400:330", "1800:330", "0:1000", name="sit"),
        tone("400:100", "0:100", "425:100"),
    ],
)
def test_what_is_no_cadence_of_one_sound_is_no_row(sent: CountryTone):
    assert row(sent) is None


def test_a_cadence_does_not_repeat_itself():
    assert shortest((375, 375, 375, 375)) == (375, 375)
    assert shortest((400, 200, 400, 2000)) == (400, 200, 400, 2000)
