"""Connections to an exchange are given up by the kernel when nobody acknowledges; others are left as they are."""

import os
import socket
from collections.abc import Iterator

import pytest

from exchange.sip.connections import GIVEN_UP_S, limit_connections

pytestmark = pytest.mark.unit


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def limit_ms(connection: socket.socket) -> int:
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)


def test_each_connection_to_the_exchange_is_limited(listener: socket.socket):
    with (
        socket.create_connection(listener.getsockname()) as one,
        socket.create_connection(listener.getsockname()) as another,
    ):
        assert limit_connections(*listener.getsockname()) == 2
        assert limit_ms(one) == limit_ms(another) == GIVEN_UP_S * 1000
        assert limit_ms(listener) == 0


def test_other_sockets_are_left_alone_and_open(listener: socket.socket):
    """Another far end, the far end's side, UDP, a pipe, a unix socket."""
    reader, writer = os.pipe()
    pair = socket.socketpair()
    with (
        socket.create_server(("127.0.0.1", 0)) as elsewhere,
        socket.create_connection(elsewhere.getsockname()) as other,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
        socket.create_connection(listener.getsockname()) as connection,
    ):
        datagrams.connect(listener.getsockname())
        with listener.accept()[0] as accepted:
            assert limit_connections(*listener.getsockname()) == 1
            assert limit_ms(other) == limit_ms(accepted) == 0
            connection.sendall(b"still open")
            assert accepted.recv(100) == b"still open"
    for each in pair:
        each.close()
    os.close(reader)
    os.close(writer)


def test_without_a_connection_there_is_nothing_to_limit(listener: socket.socket):
    assert limit_connections(*listener.getsockname()) == 0
