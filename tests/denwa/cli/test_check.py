"""`denwa check` says everything that is wrong, and nothing where nothing is."""

import json
from pathlib import Path

import pytest

from services.registry import installed

pytestmark = pytest.mark.unit

GOOD = """
[exchanges.home]
host = "192.0.2.10"
[extensions.services]
exchange = "home"
user = "7000"
password = "x"
[extensions.services.numbers]
"117" = "clock"
"""


def test_without_a_configuration_there_is_no_error(denwa):
    result = denwa("check", "--lang", "en")
    assert result.exit_code == 0
    assert "the defaults hold" in result.output


def test_a_good_configuration_is_named(denwa, tmp_path: Path):
    (tmp_path / "denwa.toml").write_text(GOOD)
    result = denwa("check", "--lang", "en")
    assert (result.exit_code, result.output) == (0, "denwa.toml: no errors\n")


@pytest.mark.parametrize(("language", "says"), [("en", "did you mean host?"), ("ja", "host の間違いでは")])
def test_errors_come_with_file_line_key_and_remedy(denwa, tmp_path: Path, language: str, says: str):
    file = tmp_path / "other.toml"
    file.write_text(GOOD.replace("host", "hots").replace('"clock"', '"clokc"'))
    result = denwa("check", "-c", str(file), "--lang", language)
    assert result.exit_code == 2
    assert f"{file}:3: " in result.output
    assert "exchanges.home.hots" in result.output
    assert says in result.output


def test_a_misspelt_variable_is_an_error(denwa, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DENWA_CLOCK__LEED", "1")
    result = denwa("check", "--lang", "en")
    assert result.exit_code == 2
    assert "$DENWA_CLOCK__LEED" in result.output


def test_an_address_that_is_not_ours_cannot_be_listened_on(denwa, tmp_path: Path):
    (tmp_path / "denwa.toml").write_text('[sip]\naddress = "192.0.2.77"\n')
    result = denwa("check", "--lang", "en")
    assert result.exit_code == 2
    assert "denwa.toml:2: error: sip.address: 192.0.2.77 is no address of this machine" in result.output


def test_an_address_that_a_router_has_is_a_warning(denwa, tmp_path: Path):
    (tmp_path / "denwa.toml").write_text(GOOD.replace("host", 'address = "192.0.2.77"\nhost'))
    result = denwa("check", "--lang", "en")
    assert result.exit_code == 0
    assert "denwa.toml:3: warning: exchanges.home.address" in result.output
    assert "no errors" in result.output


def test_the_schema_has_every_table_and_says_what_keys_mean(denwa):
    schema = json.loads(denwa("check", "--schema").output)
    assert {"sip", "log", "limits", "exchanges", "extensions"} <= schema["properties"].keys()
    assert installed().keys() <= schema["properties"].keys()
    assert schema["additionalProperties"] is False
    assert "address that routes" in schema["$defs"]["Sip"]["properties"]["address"]["description"]
    assert schema["$defs"]["Sip"]["properties"]["port"]["maximum"] == 65535


@pytest.mark.parametrize("name", sorted(installed()))
def test_each_service_refuses_keys_that_it_does_not_know(denwa, tmp_path: Path, name: str):
    (tmp_path / "denwa.toml").write_text(f"[{name}]\nxyzzy = 1\n")
    result = denwa("check", "--lang", "en")
    assert result.exit_code == 2
    assert f"{name}.xyzzy" in result.output
