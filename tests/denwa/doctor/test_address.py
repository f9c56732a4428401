"""The address that an exchange is told, against the route to it and the networks of this hobby."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.doctor_samples import texts

from denwa.doctor.address import Situation, check_address, judge
from denwa.doctor.finding import Level
from exchange.sip.address import OwnAddress

pytestmark = pytest.mark.unit

LAN = OwnAddress("eth0", "192.0.2.20")
DOCKER0 = OwnAddress("docker0", "172.17.0.1")
TAILNET = OwnAddress("tailscale0", "100.64.0.20")
LOOPBACK = OwnAddress("lo", "127.0.0.1")
FIELD = "exchanges.home.address"
PLAIN = Situation("home", "192.0.2.10", LAN, (LOOPBACK, LAN, DOCKER0, TAILNET), FIELD)


def situation(**changes: object) -> Situation:
    return dataclasses.replace(PLAIN, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "place",
    [
        PLAIN,
        situation(setting="192.0.2.20"),
        situation(registrar="100.64.0.10", routed=TAILNET),
        situation(registrar="100.64.0.10", routed=TAILNET, setting="100.64.0.20"),
        situation(registrar="100.64.0.20", routed=LOOPBACK),
        situation(registrar="127.0.0.11", routed=LOOPBACK, setting="127.0.5.5"),
        situation(registrar="172.17.0.9", routed=OwnAddress("eth0", "172.17.0.2"), in_container=True),
        situation(in_container=True),
    ],
    ids=[
        "found",
        "set as routed",
        "tailnet",
        "tailnet, set",
        "the exchange is this host of the tailnet",
        "all on loopback",
        "both in Docker's network",
        "a container in the host's network",
    ],
)
def test_an_address_that_is_routed_is_well(place: Situation):
    (finding,) = judge(place)
    assert finding.level is Level.OK
    assert place.advertised.address in finding.what.en
    texts(finding)


def test_an_address_that_is_not_ours_must_be_mended():
    (finding,) = judge(situation(setting="203.0.113.9"))
    assert finding.level is Level.FAIL
    assert finding.fields == (FIELD,)
    assert finding.paste == ("[exchanges.home]", 'address = "192.0.2.20"')
    assert "203.0.113.9" in finding.what.ja
    texts(finding)


def test_an_address_of_another_interface_is_warned_of():
    (finding,) = judge(situation(setting="100.64.0.20"))
    assert finding.level is Level.WARN
    assert finding.paste == ("[exchanges.home]", 'address = "192.0.2.20"')
    assert "192.0.2.20 (eth0)" in finding.what.en
    texts(finding)


def test_what_is_set_for_all_exchanges_is_mended_there():
    (finding,) = judge(situation(setting="203.0.113.9", field="sip.address"))
    assert finding.paste == ("[sip]", 'address = "192.0.2.20"')
    assert finding.fields == ("sip.address",)


def test_a_tailnet_that_is_down_is_seen_by_the_route():
    (finding,) = judge(situation(registrar="100.64.0.10"))
    assert finding.level is Level.WARN
    assert finding.paste == ("tailscale status", "tailscale up")
    texts(finding)


@pytest.mark.parametrize(
    "place",
    [
        situation(routed=DOCKER0),
        situation(setting="172.17.0.1"),
        situation(routed=OwnAddress("br-0123456789ab", "172.18.0.1")),
        situation(routed=OwnAddress("eth0", "172.17.0.2"), in_container=True),
    ],
    ids=["routed", "set", "a bridge of compose", "inside a container"],
)
def test_an_address_of_docker_is_warned_of(place: Situation):
    finding = judge(place)[-1]
    assert finding.level is Level.WARN
    assert finding.paste == ("network_mode: host",)
    assert "Docker" in finding.what.en
    texts(finding)


def test_a_company_network_of_172_17_is_not_taken_for_docker():
    assert judge(situation(routed=OwnAddress("eth0", "172.17.3.4")))[0].level is Level.OK


ADDRESSES = st.ip_addresses(v=4).map(str)


@given(registrar=ADDRESSES, routed=ADDRESSES, setting=st.one_of(st.just(""), ADDRESSES), inside=st.booleans())
def test_something_is_said_of_every_situation(registrar: str, routed: str, setting: str, inside: bool):
    own = (OwnAddress("eth0", routed),)
    findings = judge(Situation("home", registrar, own[0], own, FIELD, setting, inside))
    assert findings
    for finding in findings:
        assert texts(finding)[0]
        assert finding.subject == "home"


def test_this_machine_is_looked_at():
    (finding,) = check_address("home", "127.0.0.11", "", FIELD)
    assert finding.level is Level.OK
    assert "127.0.0.1 (lo)" in finding.what.en
    assert check_address("home", "127.0.0.11", "203.0.113.9", FIELD)[0].level is Level.FAIL


def test_an_exchange_that_no_route_leads_to_names_its_host():
    (finding,) = check_address("home", "255.255.255.255", "", FIELD)
    assert finding.level is Level.FAIL
    assert finding.fields == ("exchanges.home.host",)
    texts(finding)
