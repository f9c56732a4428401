"""A configuration that holds: its values, and where they come from."""

from collections.abc import Callable
from pathlib import Path

import pytest
from support.made_up_services import MADE_UP, SpeakingConfig

from denwa.config.findings import ConfigurationError, Severity
from denwa.config.load import Configuration, load

pytestmark = pytest.mark.unit
Load = Callable[[str], Configuration]

WHOLE = """
language = "en"
[sip]
port = 5070
address = "127.0.0.9"
[log]
level = "debug"
format = "json"
[limits]
calls = 20
[limits.services]
speaking = 5
[trust]
allow = { home = ["03"] }
deny = { home = ["0390"] }
emergency = ["911"]
own_prefixes = ["242"]
hop_depth = 2
proof_days = 30
per_source = [1, 2]
per_target = [3, 4]
per_trunk = [5, 6]
in_all = [7, 8]
[exchanges.home]
host = "pbx.example"
port = 5080
transport = "tcp"
address = "127.0.0.8"
lead_ms = 12.5
prefixes = ["732", "767"]
hop_prefix = "9"
[exchanges.home.trunks]
"SIP-TRUNK-B" = "390"
[extensions.services]
exchange = "home"
user = "7000"
password = "open sesame"
expires_s = 3600
[extensions.services.numbers]
"7XXXX" = "mirror"
"117" = "speaking"
[speaking]
minutes = 3
"""


def test_without_any_configuration_it_listens_on_5060_with_default_numbers():
    configuration = load(None, MADE_UP)
    assert configuration.path is None
    assert (configuration.sip.port, configuration.sip.address) == (5060, "")
    assert dict(configuration.numbers) == {"117": "speaking", "186": "mirror"}
    assert (configuration.exchanges, configuration.extensions) == ({}, {})
    assert configuration.services["speaking"] == SpeakingConfig()
    assert configuration.warnings == ()


def test_an_empty_file_is_as_good_as_none(loaded: Load):
    configuration = loaded("")
    assert configuration.limits.calls == 100
    assert configuration.language == "ja"


def test_every_key_is_read(loaded: Load):
    configuration = loaded(WHOLE)
    assert configuration.language == "en"
    assert (configuration.sip.port, configuration.sip.address) == (5070, "127.0.0.9")
    assert (configuration.log.level, configuration.log.format) == ("debug", "json")
    assert (configuration.limits.calls, configuration.limits.services) == (20, {"speaking": 5})
    trust = configuration.trust
    assert (trust.allow, trust.deny) == ({"home": ("03",)}, {"home": ("0390",)})
    assert (trust.emergency, trust.own_prefixes) == (("911",), ("242",))
    assert (trust.hop_depth, trust.proof_days) == (2, 30)
    assert (trust.per_source, trust.per_target) == ((1, 2), (3, 4))
    assert (trust.per_trunk, trust.in_all) == ((5, 6), (7, 8))
    home = configuration.exchanges["home"]
    assert (home.host, home.port, home.transport) == ("pbx.example", 5080, "tcp")
    assert (home.address, home.lead_ms) == ("127.0.0.8", 12.5)
    assert (home.prefixes, home.hop_prefix) == (("732", "767"), "9")
    assert home.trunks == {"SIP-TRUNK-B": "390"}
    services = configuration.extensions["services"]
    assert (services.exchange, services.user, services.expires_s) == ("home", "7000", 3600)
    assert services.password is not None
    assert services.password.get_secret_value() == "open sesame"
    assert configuration.services["speaking"] == SpeakingConfig(minutes=3)


def test_a_single_number_is_tried_before_a_range(loaded: Load):
    assert list(loaded(WHOLE).extensions["services"].numbers) == ["117", "7XXXX"]


def test_an_extension_without_numbers_has_every_service(loaded: Load):
    text = '[exchanges.home]\nhost="10.0.0.1"\n[extensions.s]\nexchange="home"\nuser="1"\npassword="p"\n'
    assert loaded(text).extensions["s"].numbers == {"117": "speaking", "186": "mirror"}


def test_secrets_are_not_shown(loaded: Load):
    assert "sesame" not in repr(loaded(WHOLE))


def test_nothing_changes_after_loading(loaded: Load):
    with pytest.raises(ValueError, match="frozen"):
        loaded(WHOLE).sip.port = 1  # type: ignore[misc]


# -- the environment --


def test_variables_go_before_the_file(loaded: Load, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DENWA_SIP__PORT", "5099")
    monkeypatch.setenv("DENWA_SPEAKING__VOICE", "high")
    monkeypatch.setenv("DENWA_EXTENSIONS__SERVICES__USER", "7001")
    monkeypatch.setenv("DENWA_LANGUAGE", "ja")
    configuration = loaded(WHOLE)
    assert configuration.sip.port == 5099
    assert configuration.sip.address == "127.0.0.9", "its neighbour in the same table stays"
    assert configuration.services["speaking"] == SpeakingConfig(minutes=3, voice="high")
    assert configuration.extensions["services"].user == "7001"
    assert configuration.language == "ja"


def test_a_number_goes_to_another_service_by_a_variable(loaded: Load, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DENWA_EXTENSIONS__SERVICES__NUMBERS__117", "mirror")
    monkeypatch.setenv("DENWA_EXTENSIONS__SERVICES__NUMBERS__7XXXX", "speaking")
    assert loaded(WHOLE).extensions["services"].numbers == {"117": "mirror", "7XXXX": "speaking"}


def test_lists_and_tables_are_json_in_a_variable(loaded: Load, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DENWA_EXCHANGES__HOME__PREFIXES", '["1", "2"]')
    monkeypatch.setenv("DENWA_LOG", '{"level": "error"}')
    configuration = loaded(WHOLE)
    assert configuration.exchanges["home"].prefixes == ("1", "2")
    assert configuration.log.level == "error"


def test_all_of_it_can_come_by_variables(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DENWA_EXCHANGES__HOME__HOST", "192.0.2.10")
    monkeypatch.setenv("DENWA_EXTENSIONS__SERVICES__EXCHANGE", "home")
    monkeypatch.setenv("DENWA_EXTENSIONS__SERVICES__USER", "7000")
    monkeypatch.setenv("DENWA_EXTENSIONS__SERVICES__PASSWORD", "1234")
    extension = load(None, MADE_UP).extensions["services"]
    assert extension.user == "7000"
    assert extension.password is not None
    assert extension.password.get_secret_value() == "1234"


# -- credentials and password files --

REGISTERS = """
[exchanges.home]
host = "192.0.2.10"
[extensions.services]
exchange = "home"
user = "7000"
"""


def password(configuration: Configuration) -> str:
    secret = configuration.extensions["services"].password
    assert secret is not None
    return secret.get_secret_value()


def test_a_credential_gives_the_password(loaded: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / "denwa_extensions__services__password").write_text("from systemd\n")
    (folder / "others").write_text("not ours")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
    assert password(loaded(REGISTERS)) == "from systemd"


def test_a_variable_goes_before_a_credential(loaded: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "denwa_extensions__services__password").write_text("from systemd")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("DENWA_EXTENSIONS__SERVICES__PASSWORD", "from the environment")
    assert password(loaded(REGISTERS)) == "from the environment"


def test_a_password_file_is_found_beside_the_configuration(loaded: Load, tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_text("パス word \n# second line\n", encoding="utf-8")
    secret.chmod(0o600)
    configuration = loaded(f'{REGISTERS}password_file = "secret"\n')
    assert password(configuration) == "パス word"
    assert configuration.warnings == ()


def test_a_password_file_that_all_may_read_is_a_warning(loaded: Load, tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_text("x")
    secret.chmod(0o644)
    (warning,) = loaded(f'{REGISTERS}password_file = "{secret}"\n').warnings
    assert warning.severity is Severity.WARNING
    assert warning.where.endswith("denwa.toml:7")
    assert f"chmod o= {secret}" in warning.say("en")


def test_the_databases_url_is_read_from_a_file_and_not_shown(loaded: Load, tmp_path: Path):
    secret = tmp_path / "url"
    secret.write_text("postgresql://u:geheim@h/d\n")
    secret.chmod(0o644)
    configuration = loaded('[store]\nurl_file = "url"\n')
    assert configuration.store.url is not None
    assert configuration.store.url.get_secret_value() == "postgresql://u:geheim@h/d"
    assert "geheim" not in repr(configuration)
    (warning,) = configuration.warnings
    assert f"chmod o= {secret}" in warning.say("en")


# -- the file --


def test_the_file_in_the_working_folder_goes_before_the_users(tmp_path: Path):
    users = tmp_path / "home" / ".config" / "denwa"
    users.mkdir(parents=True)
    (users / "denwa.toml").write_text("[limits]\ncalls = 7\n")
    assert load(None, MADE_UP).limits.calls == 7
    (tmp_path / "denwa.toml").write_text("[limits]\ncalls = 8\n")
    assert load(None, MADE_UP).limits.calls == 8


def test_xdg_config_home_is_obeyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "elsewhere" / "denwa"
    folder.mkdir(parents=True)
    (folder / "denwa.toml").write_text("[limits]\ncalls = 6\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "elsewhere"))
    assert load(None, MADE_UP).limits.calls == 6


def test_denwa_config_names_the_file_and_an_argument_goes_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    one, other = tmp_path / "one.toml", tmp_path / "other.toml"
    one.write_text("[limits]\ncalls = 1\n")
    other.write_text("[limits]\ncalls = 2\n")
    monkeypatch.setenv("DENWA_CONFIG", str(one))
    assert load(None, MADE_UP).limits.calls == 1
    assert load(other, MADE_UP).limits.calls == 2


def test_a_named_file_that_is_not_there_is_an_error_and_not_passed_over(tmp_path: Path):
    with pytest.raises(ConfigurationError, match=r"missing\.toml: error: there is no such file"):
        load(tmp_path / "missing.toml", MADE_UP)
