"""What the configuration becomes in the exchange's room."""

from pathlib import Path

import pytest
from support.made_up_services import MADE_UP

from denwa import wiring
from denwa.config.load import Configuration, load
from exchange.sip.registration import ExtensionSettings
from exchange.sip.routing import Refusal, Route, make_token
from trust.allowed import HOP_DEPTH
from trust.settings import Rate, TrustSettings

pytestmark = pytest.mark.unit

TWO_EXCHANGES = """
[sip]
address = "10.0.0.2"
[limits]
calls = 3
services = { mirror = 1 }
[exchanges.home]
host = "pbx"
lead_ms = 40
[exchanges.away]
host = "far"
port = 5070
transport = "tcp"
address = "100.64.0.9"
[extensions.s]
exchange = "home"
user = "7000"
password = "hush"
[extensions.s.numbers]
"117" = "speaking"
[extensions.m]
exchange = "away"
user = "8000"
password = "hush"
expires_s = 300
[extensions.m.numbers]
"7XXXX" = "mirror"
"117" = "mirror"
"""


def read(tmp_path: Path, text: str) -> Configuration:
    file = tmp_path / "denwa.toml"
    file.write_text(text)
    return load(file, MADE_UP)


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    return read(tmp_path, TWO_EXCHANGES)


def test_an_address_set_for_one_exchange_goes_before_the_one_for_all(configuration: Configuration):
    exchanges = wiring.exchange_settings(configuration)
    assert exchanges["home"].address == "10.0.0.2"
    assert exchanges["away"].address == "100.64.0.9"
    assert (exchanges["home"].port, exchanges["home"].tcp) == (5060, False)
    assert (exchanges["away"].port, exchanges["away"].tcp) == (5070, True)


def test_each_extension_goes_to_its_exchange_with_its_own_password_and_expiry(configuration: Configuration):
    settings = wiring.extension_settings(configuration)
    assert {name: exchange for name, (exchange, _) in settings.items()} == {"s": "home", "m": "away"}
    assert settings["m"][1] == ExtensionSettings("m", "8000", "hush", 300)


def test_the_same_number_leads_where_its_extension_says(configuration: Configuration):
    routes = wiring.routes(configuration, MADE_UP)
    assert routes.find(make_token("hush", "home", "s"), "117") == Route("speaking", "s")
    assert routes.find(make_token("hush", "away", "m"), "117") == Route("mirror", "m")
    assert routes.find(make_token("hush", "away", "m"), "71234") == Route("mirror", "m")
    assert routes.find(make_token("other", "away", "m"), "71234") is None


def test_the_limits_are_kept(configuration: Configuration):
    routes = wiring.routes(configuration, MADE_UP)
    assert isinstance(routes.route(None, "71234"), Route)
    assert routes.route(None, "71234") == Refusal(486, "Busy Here")
    assert isinstance(routes.route(None, "117"), Route)


def test_services_that_are_not_open_have_no_number(configuration: Configuration):
    routes = wiring.routes(configuration, ["mirror"])
    assert routes.find(make_token("hush", "home", "s"), "117") is None
    assert wiring.status(configuration, ["mirror"]) == "117 mirror, 7XXXX mirror"


def test_without_an_extension_everybody_may_dial_the_usual_numbers(tmp_path: Path):
    configuration = read(tmp_path, "")
    assert configuration.numbers
    routes = wiring.routes(configuration, MADE_UP)
    for number, service in configuration.numbers.items():
        assert routes.find(None, number.replace("X", "1")) == Route(service, "")


def test_with_an_extension_the_usual_numbers_are_nobodys(configuration: Configuration):
    assert not wiring.routes(configuration, MADE_UP).local


def test_a_lead_is_counted_in_samples(configuration: Configuration):
    assert wiring.leads(configuration) == {"s": 320, "m": 0}


TRUSTED = """
[exchanges.home.trunks]
B = "390"
[trust]
allow = { home = ["03"] }
deny = { away = ["9"] }
emergency = ["911"]
own_prefixes = ["242"]
hop_depth = 2
proof_days = 30
per_source = [1, 2]
"""


def test_what_may_be_rung_is_told_by_exchange(tmp_path: Path):
    settings = wiring.trust_settings(read(tmp_path, TWO_EXCHANGES + TRUSTED))
    home, away = settings.exchanges["home"], settings.exchanges["away"]
    assert (home.trunks, away.trunks) == ({"B": "390"}, {})
    assert (home.allow, home.deny, away.allow, away.deny) == (("03",), (), (), ("9",))
    assert home.emergency == away.emergency == {"911"}
    assert (home.own_prefixes, home.hop_depth, settings.proof_days) == (("242",), 2, 30)
    assert (settings.per_source, settings.per_target) == (Rate(1, 2), Rate(20, 100))
    assert [pattern.text for pattern in home.own_numbers] == ["117", "7000"]
    assert [pattern.text for pattern in away.own_numbers] == ["117", "7XXXX", "8000"]


def test_the_defaults_of_trust_are_the_same_with_and_without_a_configuration(tmp_path: Path):
    settings = wiring.trust_settings(read(tmp_path, ""))
    assert settings == TrustSettings()
    assert wiring.trust_settings(read(tmp_path, TWO_EXCHANGES)).exchanges["home"].hop_depth == HOP_DEPTH


def test_no_exchange_is_a_target_before_the_extensions_are_open():
    targets = wiring.Targets()
    assert len(targets) == 0
    assert list(targets) == []
    with pytest.raises(KeyError):
        targets["s"]
