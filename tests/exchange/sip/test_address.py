"""The address towards an exchange: on loopback, and on a host with LAN, Docker and Tailscale interfaces."""

import json
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.own_network import needs_own_network, run_in_own_network

from exchange.sip.address import AddressError, OwnAddress, is_own, local_address, own_addresses

pytestmark = pytest.mark.unit


def test_towards_loopback_it_is_loopback():
    assert local_address("127.0.0.1") == "127.0.0.1"


def test_towards_ones_own_address_it_is_an_own_address():
    """An exchange on the same host; towards an alias the kernel takes the interface's first address."""
    for own in own_addresses():
        assert is_own(local_address(own.address))


def test_an_explicit_setting_wins():
    assert local_address("127.0.0.1", "192.0.2.9") == "192.0.2.9"
    assert local_address("not an address", "192.0.2.9") == "192.0.2.9"


@pytest.mark.parametrize("written", ["::1", "fd7a:115c:a1e0::1", "::ffff:192.0.2.1"])
def test_ipv6_is_refused_in_words(written: str):
    with pytest.raises(AddressError, match="is IPv6"):
        local_address(written)
    with pytest.raises(AddressError, match="is IPv6"):
        local_address("127.0.0.1", written)


@pytest.mark.parametrize(
    "written", ["", "pbx.example", "192.0.2", "192.0.2.256", "192.0.2.1:5060", " 192.0.2.1"]
)
def test_what_is_no_address_is_refused_in_words(written: str):
    with pytest.raises(AddressError, match="no IPv4 address"):
        local_address(written)


@pytest.mark.parametrize("written", ["0.0.0.0", "224.0.0.1", "255.255.255.255"])
def test_an_address_of_no_single_host_is_refused(written: str):
    """0.0.0.0 in SDP is a hold: the caller would hear nothing."""
    with pytest.raises(AddressError, match="one host's address"):
        local_address("127.0.0.1", written)


def assert_words(text: str) -> None:
    assert len(text.split()) > 4


@given(st.text(max_size=30))
def test_any_text_is_an_address_or_an_error_in_words(written: str):
    try:
        found = local_address("127.0.0.1", written)
    except AddressError as error:
        found = "127.0.0.1"
        assert_words(str(error))
    assert len(socket.inet_aton(found)) == 4


def test_asking_sends_nothing():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as everybody:
        everybody.bind(("127.0.0.1", 0))
        local_address("127.0.0.1")
        everybody.setblocking(False)
        with pytest.raises(BlockingIOError):
            everybody.recv(100)


def test_this_host_has_its_loopback_address():
    assert OwnAddress("lo", "127.0.0.1") in own_addresses()


def test_one_knows_ones_own():
    assert is_own("127.0.0.1")
    assert not is_own("192.0.2.200")
    assert not is_own("not an address")


HOST = """
import json
from exchange.sip.address import AddressError, is_own, local_address, own_addresses
from support.own_network import add_interface, ip

add_interface("docker0", "172.17.0.1/16")
add_interface("lan0", "192.168.1.20/24")
add_interface("tailscale0", "100.101.102.103/32")
ip("addr", "add", "192.168.1.21/24", "dev", "lan0", "label", "lan0:1")
ip("route", "add", "default", "via", "192.168.1.1")
ip("route", "add", "100.64.0.0/10", "dev", "tailscale0", "table", "52")
ip("rule", "add", "priority", "5270", "table", "52")
for extra in range(60):
    ip("addr", "add", f"10.99.0.{extra + 1}/32", "dev", "docker0")

def towards(exchange):
    try:
        return local_address(exchange)
    except AddressError as error:
        return str(error)

exchanges = ["192.168.1.5", "172.17.0.2", "100.90.1.2", "8.8.4.4", "127.0.0.1", "192.168.1.20", "192.168.1.21"]
answers = {exchange: towards(exchange) for exchange in exchanges}
ip("route", "add", "203.0.113.0/24", "via", "192.168.1.1", "src", "192.168.1.21")
answers["203.0.113.5"] = towards("203.0.113.5")
ip("link", "set", "lan0", "down")
answers["lan down"] = towards("192.168.1.5")
answers["tailscale still"] = towards("100.90.1.2")
ip("route", "add", "100.100.0.0/16", "dev", "docker0", "table", "52")
answers["other user's tailscale"] = towards("100.100.1.2")
own = [[own.interface, own.address] for own in own_addresses()]
print(json.dumps({"towards": answers, "own": own, "alias is own": is_own("192.168.1.21")}))
"""


@needs_own_network
def test_each_exchange_sees_the_address_that_is_routed_to_it():
    """LAN, Docker, Tailscale (a rule and a table of its own), the Internet, an alias, an interface that is down."""
    seen = json.loads(run_in_own_network(HOST))
    towards = seen["towards"]
    assert towards["192.168.1.5"] == "192.168.1.20"
    assert towards["172.17.0.2"] == "172.17.0.1"
    assert towards["100.90.1.2"] == "100.101.102.103"
    assert towards["8.8.4.4"] == "192.168.1.20"
    assert towards["127.0.0.1"] == "127.0.0.1"
    assert towards["192.168.1.20"] == "192.168.1.20"
    assert towards["192.168.1.21"] == "192.168.1.20"
    assert towards["203.0.113.5"] == "192.168.1.21"
    assert "no route to the exchange at 192.168.1.5" in towards["lan down"]
    assert towards["tailscale still"] == "100.101.102.103"
    assert towards["other user's tailscale"] == "172.17.0.1"


@needs_own_network
def test_all_own_addresses_are_listed_however_many():
    """More than fit in the first question to the kernel, and an alias under its label."""
    own = [tuple(pair) for pair in json.loads(run_in_own_network(HOST))["own"]]
    assert len(own) == len(set(own)) == 65
    for expected in (
        ("lo", "127.0.0.1"),
        ("docker0", "172.17.0.1"),
        ("lan0", "192.168.1.20"),
        ("lan0:1", "192.168.1.21"),
        ("tailscale0", "100.101.102.103"),
        ("docker0", "10.99.0.60"),
    ):
        assert expected in own
