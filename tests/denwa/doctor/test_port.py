"""Whether a SIP port is free, and who has it."""

import os
import socket
from collections.abc import Iterator

import pytest
from support.program import free_port

from denwa.doctor.port import holder, is_free

pytestmark = pytest.mark.unit


@pytest.fixture(params=[socket.SOCK_DGRAM, socket.SOCK_STREAM], ids=["udp", "tcp"])
def taken(request: pytest.FixtureRequest) -> Iterator[tuple[int, bool]]:
    """A port on loopback that this process has, and whether it is TCP's; nobody has the other protocol's."""
    with socket.socket(socket.AF_INET, request.param) as ours:
        ours.bind(("127.0.0.1", free_port()))
        if request.param == socket.SOCK_STREAM:
            ours.listen()
        yield ours.getsockname()[1], request.param == socket.SOCK_STREAM


def test_a_port_that_is_taken_is_not_free(taken: tuple[int, bool]):
    port, tcp = taken
    assert not is_free("127.0.0.1", port, tcp=tcp)


def test_tcp_is_looked_at_only_where_it_is_wanted():
    with socket.socket() as ours:
        ours.bind(("127.0.0.1", free_port()))
        ours.listen()
        assert is_free("127.0.0.1", ours.getsockname()[1], tcp=False)


def test_a_port_is_free_once_its_holder_is_gone():
    port = free_port()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
        ours.bind(("127.0.0.1", port))
    assert is_free("127.0.0.1", port, tcp=False)
    assert holder(port) == ""


def test_the_same_port_of_another_address_is_free():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
        ours.bind(("127.0.0.1", 0))
        assert is_free("127.77.0.1", ours.getsockname()[1], tcp=False)


def test_an_address_that_is_not_ours_is_no_taken_port():
    assert is_free("203.0.113.9", 5060, tcp=True)


def test_the_holder_is_named(taken: tuple[int, bool]):
    port, _ = taken
    assert holder(port).endswith(f"(process {os.getpid()})")
