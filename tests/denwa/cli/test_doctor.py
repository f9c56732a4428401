"""`denwa doctor` as a command: what it says without an exchange, with errors, to programs, in both languages."""

import json
from pathlib import Path

import pytest

from denwa.cli.common import own_command

pytestmark = pytest.mark.unit

REGISTERS = """
[exchanges.home]
host = "{host}"
[extensions.services]
exchange = "home"
user = "7000"
password = "x"
"""


def test_without_an_exchange_there_is_a_word_on_how_to_get_one(denwa):
    result = denwa("doctor")
    assert result.exit_code == 0
    assert "note  registration: No exchange is configured" in result.output
    assert f"{own_command()} init" in result.output
    assert "Nothing must be mended" in result.output or "All is well" in result.output


def test_the_clock_matters_less_where_nobody_gives_the_time(denwa):
    found = json.loads(denwa("doctor", "--json").output)
    assert {each["level"] for each in found["findings"] if each["check"] == "clock"} <= {"ok", "warn"}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_errors_of_the_configuration_end_it(denwa, empty_folder: Path, language: str):
    (empty_folder / "denwa.toml").write_text("[sip]\nprot = 5060\n")
    result = denwa("doctor", "--lang", language)
    assert result.exit_code == 2
    assert "denwa.toml:2: sip.prot" in result.output
    assert "port" in result.output
    assert {"en": "clock", "ja": "時計"}[language] not in result.output
    assert result.output.endswith({"en": "1 to mend.\n", "ja": "直すべきものが 1 件あります。\n"}[language])


def test_programs_get_errors_as_json_too(denwa, empty_folder: Path):
    (empty_folder / "denwa.toml").write_text("[sip]\nport = 0\n")
    result = denwa("doctor", "--json")
    found = json.loads(result.output)
    assert (result.exit_code, found["ok"]) == (2, False)
    (fault,) = found["findings"]
    assert (fault["check"], fault["level"], fault["fields"]) == ("configuration", "fail", ["sip.port"])
    assert fault["remedy"]


def test_a_warning_of_the_configuration_is_one_of_the_findings(denwa, empty_folder: Path):
    (empty_folder / "denwa.toml").write_text('[exchanges.spare]\nhost = "192.0.2.10"\n')
    found = json.loads(denwa("doctor", "--json").output)
    assert found["ok"]
    assert ("configuration", "warn") in [(each["check"], each["level"]) for each in found["findings"]]


def test_a_name_without_address_is_found(denwa, empty_folder: Path):
    (empty_folder / "denwa.toml").write_text(REGISTERS.format(host="nowhere.invalid"))
    result = denwa("doctor", "--json")
    found = json.loads(result.output)
    assert result.exit_code == 1
    (trouble,) = [each for each in found["findings"] if each["check"] == "registration"]
    assert trouble["fields"] == ["exchanges.home.host"]
    assert "nowhere.invalid" in trouble["what"]
    assert [each["check"] for each in found["findings"]][-1] == "registration", "nothing more could be tried"
