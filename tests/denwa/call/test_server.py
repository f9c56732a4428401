"""Whom `denwa call` rings: denwa here, a server by name, or an exchange as one of our extensions."""

from pathlib import Path

import pytest
from support.made_up_services import MADE_UP

from denwa.call.server import Server, find_server
from denwa.config.load import Configuration, load
from exchange.sip.address import AddressError

pytestmark = pytest.mark.unit

EXTENSION = """
[exchanges.home]
host = "127.0.0.3"
port = 5070
transport = "tcp"
[extensions.s]
exchange = "home"
user = "7000"
password = "hush"
[extensions.s.numbers]
"117" = "speaking"
"""


def read(tmp_path: Path, text: str) -> Configuration:
    (tmp_path / "denwa.toml").write_text(text)
    return load(tmp_path / "denwa.toml", MADE_UP)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("", "127.0.0.1:5060"),
        ("[sip]\nport = 5080\n", "127.0.0.1:5080"),
        ('[sip]\naddress = "127.0.0.5"\n', "127.0.0.5:5060"),
    ],
)
def test_nothing_asked_is_denwa_on_this_machine(tmp_path: Path, text: str, address: str):
    assert find_server(read(tmp_path, text), Server(), "") == Server(address, "telephone")


@pytest.mark.parametrize(
    ("asked", "address"), [("localhost", "127.0.0.1:5060"), ("127.0.0.9:5099", "127.0.0.9:5099")]
)
def test_a_server_is_found_by_name_or_address(tmp_path: Path, asked: str, address: str):
    found = find_server(read(tmp_path, ""), Server(asked, "1001", "hush", tcp=True), "")
    assert found == Server(address, "1001", "hush", tcp=True)


def test_a_name_without_address_is_an_error_that_names_it(tmp_path: Path):
    with pytest.raises(AddressError, match=r"no address for nowhere\.invalid"):
        find_server(read(tmp_path, ""), Server("nowhere.invalid"), "")


def test_as_an_extension_the_exchange_is_rung_with_its_password(tmp_path: Path):
    assert find_server(read(tmp_path, EXTENSION), Server(), "s") == Server(
        "127.0.0.3:5070", "7000", "hush", tcp=True
    )


def test_an_extension_that_is_not_there_is_an_error_that_lists_those_that_are(tmp_path: Path):
    with pytest.raises(AddressError, match=r"'t'.*there are: s"):
        find_server(read(tmp_path, EXTENSION), Server(), "t")
    with pytest.raises(AddressError, match=r"'t'.*there are: none"):
        find_server(read(tmp_path, ""), Server(), "t")
