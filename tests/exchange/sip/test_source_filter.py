"""The kernel's filter on real sockets of 127.0.0.0/8.

All of loopback is always let through, so these sockets get the same program without its loopback part;
one test has strangers' packets on real interfaces of another network namespace.
"""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.bpf import run_program, without_loopback
from support.own_network import needs_own_network, run_in_own_network
from support.program import free_port

from exchange.sip.source_filter import (
    MOST_SOURCES,
    FilterError,
    Instruction,
    SipSocket,
    attach,
    filter_program,
    find_sip_sockets,
)

pytestmark = pytest.mark.unit

SERVER = "127.0.0.1"
FRIEND = "127.0.0.5"
OTHER_FRIEND = "127.0.0.6"
STRANGER = "127.0.0.7"
LONG_ENOUGH_S = 0.15
PATIENCE_S = 5.0
MOST_UNREAD = 100
"""Datagrams for which a socket has room whatever the kernel is set to."""


@pytest.fixture
def udp() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind((SERVER, 0))
        listener.settimeout(PATIENCE_S)
        yield listener


@pytest.fixture
def tcp() -> Iterator[socket.socket]:
    with socket.create_server((SERVER, 0)) as listener:
        listener.settimeout(PATIENCE_S)
        yield listener


def send_from(source: str, server: socket.socket, data: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind((source, 0))
        sender.sendto(data, server.getsockname())


def heard(server: socket.socket, *sources: str) -> list[str]:
    """Which of these sources' datagrams arrive; loopback keeps their order, and the last one, which must, ends the wait."""
    for number, source in enumerate(sources):
        send_from(source, server, f"{number} {source}".encode())
    arrived: list[tuple[int, str]] = []
    while not arrived or arrived[-1][0] < len(sources) - 1:
        place, sender = server.recv(100).decode().split()
        arrived.append((int(place), sender))
    return [sender for _, sender in arrived]


def connects(source: str, server: socket.socket, patience_s: float = PATIENCE_S) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as client:
        client.bind((source, 0))
        client.settimeout(patience_s)
        try:
            client.connect(server.getsockname())
        except TimeoutError:
            return False
        server.accept()[0].close()
        return True


def only(*sources: str) -> tuple[Instruction, ...]:
    return without_loopback(filter_program(sources))


def test_before_any_filter_all_are_heard(udp: socket.socket):
    assert heard(udp, FRIEND, STRANGER) == [FRIEND, STRANGER]


def test_datagrams_of_others_are_dropped(udp: socket.socket):
    attach(udp.fileno(), only(FRIEND))
    assert heard(udp, STRANGER, FRIEND, OTHER_FRIEND, FRIEND) == [FRIEND, FRIEND]


def test_loopback_is_always_heard(udp: socket.socket):
    attach(udp.fileno(), filter_program(["192.0.2.1"]))
    assert heard(udp, SERVER, STRANGER, "127.255.0.9") == [SERVER, STRANGER, "127.255.0.9"]


def test_a_whole_datagram_passes(udp: socket.socket):
    """A filter's value is the length kept: none of a long message is cut off."""
    attach(udp.fileno(), only(FRIEND))
    message = os.urandom(60_000)
    send_from(FRIEND, udp, message)
    assert udp.recv(65_535) == message


def test_the_filter_is_replaced_while_datagrams_arrive(udp: socket.socket):
    """One source is in both filters: of its datagrams none is lost while the filter changes a hundred times."""
    attach(udp.fileno(), only(FRIEND, OTHER_FRIEND))
    total = 2000
    got: list[int] = []

    def read() -> None:
        while len(got) < total:
            got.append(int(udp.recv(100)))

    reader = threading.Thread(target=read)
    reader.start()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind((FRIEND, 0))
        for number in range(total):
            while number - len(got) > MOST_UNREAD and reader.is_alive():
                time.sleep(0.001)  # else the kernel has no room while the reader is not let run
            if number % 20 == 0:
                attach(udp.fileno(), only(FRIEND, OTHER_FRIEND) if number % 40 else only(FRIEND))
            sender.sendto(str(number).encode(), udp.getsockname())
    reader.join()
    assert got == list(range(total))


def test_a_replaced_filter_holds_the_new_sources_only(udp: socket.socket):
    attach(udp.fileno(), only(FRIEND))
    attach(udp.fileno(), only(OTHER_FRIEND))
    assert heard(udp, FRIEND, OTHER_FRIEND) == [OTHER_FRIEND]


def test_hundreds_of_sources_pass_and_their_neighbours_do_not(udp: socket.socket):
    """More than a one-byte jump reaches over."""
    sources = [f"127.1.{high}.{low}" for high in range(4) for low in range(1, 101)]
    attach(udp.fileno(), only(*sources))
    asked = ["127.1.0.0", sources[0], sources[63], "127.1.0.101", sources[200], "127.1.4.1", sources[-1]]
    assert heard(udp, *asked) == [sources[0], sources[63], sources[200], sources[-1]]


def test_the_kernel_takes_as_many_as_promised(udp: socket.socket):
    sources = [f"10.0.{number // 250}.{number % 250}" for number in range(MOST_SOURCES - 1)]
    attach(udp.fileno(), only(FRIEND, *sources))
    assert heard(udp, STRANGER, FRIEND) == [FRIEND]
    with pytest.raises(FilterError, match="1001"):
        filter_program([*sources, FRIEND, OTHER_FRIEND])


def test_a_stranger_gets_no_connection(tcp: socket.socket):
    attach(tcp.fileno(), only(FRIEND))
    assert not connects(STRANGER, tcp, LONG_ENOUGH_S)
    assert connects(FRIEND, tcp)


def test_a_listeners_filter_is_replaced(tcp: socket.socket):
    attach(tcp.fileno(), only(OTHER_FRIEND))
    attach(tcp.fileno(), only(FRIEND))
    assert connects(FRIEND, tcp)
    assert not connects(OTHER_FRIEND, tcp, LONG_ENOUGH_S)


def test_a_friends_connection_carries_data_both_ways(tcp: socket.socket):
    attach(tcp.fileno(), only(FRIEND))
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as client:
        client.bind((FRIEND, 0))
        client.settimeout(PATIENCE_S)
        client.connect(tcp.getsockname())
        server, _ = tcp.accept()
        with server:
            message = os.urandom(500_000)
            threading.Thread(target=client.sendall, args=(message,)).start()
            received = b""
            while len(received) < len(message):
                received += server.recv(65_536)
            assert received == message
            server.sendall(b"answer")
            assert client.recv(100) == b"answer"


STRANGERS = """
import socket
from exchange.sip.source_filter import attach, filter_program
from support.own_network import add_interface

add_interface("lan0", "192.168.1.20/24", peer="192.168.1.1/24", in_namespace="exchange")
import subprocess
subprocess.run(["ip", "-n", "exchange", "addr", "add", "192.168.1.66/24", "dev", "lan0p"], check=True)

def send(source):
    program = (
        "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); "
        f"s.bind(({source!r}, 0)); s.sendto({source!r}.encode(), ('192.168.1.20', 5060))"
    )
    subprocess.run(["ip", "netns", "exec", "exchange", "python3", "-c", program], check=True)

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sip:
    sip.bind(("0.0.0.0", 5060))
    sip.settimeout(5)
    attach(sip.fileno(), filter_program(["192.168.1.1"]))
    send("192.168.1.66")
    send("192.168.1.1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.sendto(b"own", ("127.0.0.1", 5060))
    print(sip.recv(100).decode(), sip.recv(100).decode())
"""


@needs_own_network
def test_on_a_real_interface_only_the_exchange_and_loopback_are_heard():
    assert run_in_own_network(STRANGERS).split() == ["192.168.1.1", "own"]


def test_ones_own_sip_sockets_are_found_and_no_others():
    port = free_port()
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.create_server((SERVER, port)) as listener,
        socket.create_connection((SERVER, port)) as client,
        socket.create_server(("127.0.0.2", port)),
        socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as other_family,
    ):
        udp.bind((SERVER, port))
        accepted, _ = listener.accept()
        with contextlib.suppress(OSError):
            other_family.bind(("::1", port))
        with accepted:
            found = find_sip_sockets(SERVER, port)
        expected = [
            SipSocket(udp.fileno(), False, SERVER, port),
            SipSocket(listener.fileno(), True, SERVER, port),
        ]
        assert list(found) == sorted(expected, key=lambda sip_socket: sip_socket.fd)
        assert client.fileno() not in {sip_socket.fd for sip_socket in found}


def test_finding_leaks_no_descriptor_and_closes_none(udp: socket.socket):
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(20):
        find_sip_sockets(*udp.getsockname())
    assert len(list(Path("/proc/self/fd").iterdir())) <= before
    assert heard(udp, FRIEND) == [FRIEND]


def test_a_socket_of_another_family_is_refused():
    """Its network header holds no IPv4 source."""
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as unix,
        pytest.raises(FilterError, match="no IPv4 socket"),
    ):
        attach(unix.fileno(), filter_program([]))


def test_a_closed_descriptor_is_an_error_in_words(udp: socket.socket):
    fd = os.dup(udp.fileno())
    os.close(fd)
    with pytest.raises(FilterError, match="no open socket"):
        attach(fd, filter_program([]))


@pytest.mark.parametrize("source", ["", "fd7a::1", "exchange.example", "10.0.0.0/8", "10.0.0.300"])
def test_a_source_must_be_an_ipv4_address(source: str):
    with pytest.raises(FilterError, match="IPv4"):
        filter_program([source])


def test_what_the_kernel_refuses_is_said(udp: socket.socket):
    with pytest.raises(FilterError, match="kernel refused"):
        attach(udp.fileno(), (Instruction(0xFFFF, 0, 0, 0),))


addresses = st.ip_addresses(v=4).map(str)


@given(st.lists(addresses, max_size=80), addresses)
def test_the_program_accepts_exactly_its_sources_and_loopback(sources: list[str], asked: str):
    program = filter_program(sources)
    for source in (*sources[:5], asked, "127.0.0.1", "127.255.255.255", "126.255.255.255", "128.0.0.0"):
        expected = source in sources or source.startswith("127.")
        assert run_program(program, source) == expected
