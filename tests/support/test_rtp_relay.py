"""The simulated relay does to packets what its habits say, and nothing else."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from support.rtp_relay import HOST, PCMA, PCMU, RelayHabits, RtpRelay

from audio.g711 import decode, encode

pytestmark = pytest.mark.unit

EVENT = 101
WAIT_S = 5.0
SILENT_S = 0.2
"""By then a packet that was to come would be there."""


def packet(sequence: int, law: int = PCMU, payload: bytes = b"\x2a" * 160, timestamp: int = 0) -> bytes:
    return struct.pack("!BBHII", 0x80, law, sequence, timestamp, 7) + payload


def event_end(sequence: int, timestamp: int = 8000) -> bytes:
    """RFC 4733: the key 5, ended, 960 samples long."""
    return packet(sequence, EVENT, struct.pack("!BBH", 5, 0x80 | 10, 960), timestamp)


class Ends:
    """The sockets of both ends of a call by way of a relay."""

    def __init__(self, relay: RtpRelay) -> None:
        self.ports = relay.ports
        self.sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
        for end, each in enumerate(self.sockets):
            each.bind((HOST, 0))
            relay.leads_to(end, each.getsockname())

    def send(self, end: int, octets: bytes) -> None:
        self.sockets[end].sendto(octets, (HOST, self.ports[end]))

    def receive(self, end: int, timeout_s: float = WAIT_S) -> bytes:
        self.sockets[end].settimeout(timeout_s)
        return self.sockets[end].recv(2048)

    def hears_nothing(self, end: int) -> bool:
        try:
            self.receive(end, SILENT_S)
        except TimeoutError:
            return True
        return False


@contextmanager
def relayed(habits: RelayHabits | None = None) -> Iterator[Ends]:
    with RtpRelay(habits or RelayHabits()) as relay:
        ends = Ends(relay)
        try:
            yield ends
        finally:
            for each in ends.sockets:
                each.close()


@pytest.mark.parametrize("end", [0, 1])
def test_packets_pass_unchanged_both_ways(end: int):
    with relayed() as ends:
        for sequence in (0, 1, 65535):
            ends.send(end, packet(sequence))
            assert ends.receive(1 - end) == packet(sequence)


@pytest.mark.parametrize(("habits", "cut"), [(RelayHabits(there=False), 0), (RelayHabits(back=False), 1)])
def test_a_direction_that_is_cut_is_silent_and_the_other_is_not(habits: RelayHabits, cut: int):
    with relayed(habits) as ends:
        for end in (0, 1):
            ends.send(end, packet(1))
        assert ends.hears_nothing(1 - cut)
        assert ends.receive(cut) == packet(1)


def test_one_packet_of_so_many_is_lost():
    with relayed(RelayHabits(lose_each=3)) as ends:
        for sequence in range(1, 7):
            ends.send(0, packet(sequence))
        came = [struct.unpack_from("!H", ends.receive(1), 2)[0] for _ in range(4)]
        assert came == [1, 2, 4, 5]
        assert ends.hears_nothing(1)


def test_transcoding_keeps_the_sound():
    pcm = (1000 * np.sin(np.arange(160) / 5)).astype(np.int16)
    with relayed(RelayHabits(transcodes=True)) as ends:
        ends.send(0, packet(1, PCMU, encode(pcm, "ulaw").tobytes()))
        came = ends.receive(1)
        assert came[1] == PCMA
        assert np.abs(decode(came[12:], "alaw") - pcm.astype(int)).max() < 64
        ends.send(1, packet(1, PCMA, encode(pcm, "alaw").tobytes()))
        assert ends.receive(0)[1] == PCMU


@pytest.mark.parametrize(("law", "silence"), [(PCMU, b"\xff"), (PCMA, b"\xd5")])
def test_hushed_packets_have_the_length_that_they_had(law: int, silence: bytes):
    with relayed(RelayHabits(hushes=True)) as ends:
        ends.send(0, packet(1, law))
        assert ends.receive(1)[12:] == silence * 160


def test_an_event_is_doubled_once_and_what_follows_is_numbered_on():
    with relayed(RelayHabits(doubles_keys=True)) as ends:
        for sequence in (1, 2, 3):
            ends.send(0, event_end(sequence))
        ends.send(0, packet(4))
        numbers = [struct.unpack_from("!HI", ends.receive(1), 2) for _ in range(5)]
        assert numbers == [(1, 8000), (2, 9600), (3, 8000), (4, 8000), (5, 0)]
        assert ends.hears_nothing(1)


def test_events_are_neither_hushed_nor_transcoded():
    with relayed(RelayHabits(hushes=True, transcodes=True)) as ends:
        ends.send(0, event_end(1))
        assert ends.receive(1) == event_end(1)
