"""What is printed says what to dial, and only that which is there."""

from pathlib import Path

import pytest
from support.made_up_services import MADE_UP, MadeUp, MirrorConfig

from denwa.config.load import load
from denwa.greeting import Listening, greeting

pytestmark = pytest.mark.unit
ALONE = Listening("127.0.0.1", 5060)


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No configuration in a usual place."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_alone_it_says_what_to_dial_and_how_to_hear_it(language):
    said = greeting(load(None, MADE_UP), ALONE, MADE_UP, language, "denwa")
    assert "denwa call 117    speaking" in said
    assert "sip:117@127.0.0.1:5060    speaking" in said
    assert "sip:186@127.0.0.1:5060    mirror" in said


def test_another_port_is_named_where_it_must_be_given():
    said = greeting(load(None, MADE_UP), Listening("127.0.0.1", 5099), MADE_UP, "en", "denwa")
    assert "denwa call 117 --server 127.0.0.1:5099" in said
    assert "sip:117@127.0.0.1:5099" in said


def test_alone_it_names_what_has_a_range_of_numbers_only():
    services = {"night": MadeUp("night", "7XXXX", MirrorConfig), **MADE_UP}
    assert "7XXXX    night" in greeting(load(None, services), ALONE, services, "en", "denwa")


def test_services_that_are_not_open_are_not_named():
    said = greeting(load(None, MADE_UP), ALONE, ["mirror"], "en", "denwa")
    assert "186" in said
    assert "117" not in said


@pytest.mark.parametrize("language", ["ja", "en"])
def test_with_an_exchange_it_says_what_is_dialled_there(tmp_path: Path, language):
    file = tmp_path / "denwa.toml"
    file.write_text(
        '[exchanges.home]\nhost = "pbx"\n[extensions.s]\nexchange = "home"\nuser = "7000"\npassword = "hush"\n'
        '[extensions.s.numbers]\n"7XXXX" = "mirror"\n"117" = "speaking"\n'
    )
    said = greeting(load(file, MADE_UP), None, MADE_UP, language, "denwa")
    assert "home (pbx:5060)" in said
    assert "7000" in said
    assert said.index("117    speaking") < said.index("7XXXX    mirror")
    assert "denwa dialplan mikopbx" in said
    assert "hush" not in said
    assert "sip:117@" not in said
