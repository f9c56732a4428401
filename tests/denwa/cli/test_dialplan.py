"""`denwa dialplan` prints what the configuration asks for, in the terminal's language or the one named."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

CONFIGURATION = """
[limits]
calls = 33
[exchanges.home]
host = "192.0.2.10"
prefixes = ["732"]
hop_prefix = "9"
[exchanges.home.trunks]
SIP-TRUNK-B = "390"
[extensions.services]
exchange = "home"
user = "7000"
password = "hush"
[extensions.services.numbers]
"117" = "clock"
"7XXXX" = "echo"
"""


@pytest.fixture(autouse=True)
def configured(tmp_path: Path) -> None:
    """A configuration in the working folder."""
    (tmp_path / "denwa.toml").write_text(CONFIGURATION)


@pytest.mark.parametrize("flavour", ["mikopbx", "asterisk"])
def test_the_text_holds_what_is_configured(denwa, flavour: str):
    output = denwa("dialplan", flavour, "--lang", "en").output
    assert "extension 7000" in output
    assert "device_state_busy_at = 33" in output
    assert "exten => 117,1," in output
    assert "exten => _7XXXX,1," in output
    assert "390${CALLERID(num)}" in output
    assert "_9." in output or "=9$" in output
    assert "732" in output, "the range shadows this prefix"
    assert "hush" not in output


def test_the_explanations_are_in_the_language_asked_for(denwa):
    japanese, english = (denwa("dialplan", "mikopbx", "--lang", language).output for language in ("ja", "en"))
    assert "交換機 home、内線 7000" in japanese
    assert "交換機" not in english
    assert [line for line in japanese.splitlines() if line.startswith("exten")] == [
        line for line in english.splitlines() if line.startswith("exten")
    ]


def test_each_extension_has_its_own_text(denwa, tmp_path: Path):
    more = '[extensions.more]\nexchange = "home"\nuser = "8000"\npassword = "x"\nnumbers = {"186" = "echo"}\n'
    (tmp_path / "denwa.toml").write_text(CONFIGURATION + more)
    output = denwa("dialplan", "asterisk", "--lang", "en").output
    first, second = output.split("extension 8000", 1)
    assert "exten => 117,1," in first
    assert "exten => 186,1," in second
    assert "exten => 117,1," not in second


def test_without_an_extension_there_is_nothing_to_paste(denwa, tmp_path: Path):
    (tmp_path / "denwa.toml").write_text("")
    result = denwa("dialplan", "asterisk")
    assert result.exit_code == 2
    assert result.stderr.endswith(" init\n")


def test_another_kind_of_exchange_is_refused(denwa):
    assert denwa("dialplan", "freeswitch").exit_code == 2
