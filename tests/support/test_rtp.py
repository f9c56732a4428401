"""The RTP reader, against packets made by hand and whatever else."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.pcap import Datagram
from support.rtp import PCMA, PCMU, parse_rtp, rtp_streams

pytestmark = pytest.mark.unit

HERE = ("127.0.0.1", 4000)
THERE = ("127.0.0.2", 5000)


def datagram(payload: bytes, utc_ns: int = 1) -> Datagram:
    return Datagram(utc_ns, HERE, THERE, payload)


def rtp(
    payload: bytes = b"sound",
    *,
    payload_type: int = PCMU,
    marker: bool = False,
    sequence: int = 7,
    timestamp: int = 160,
    ssrc: int = 0xDECAF,
    first: int = 0x80,
) -> bytes:
    return struct.pack("!BBHII", first, marker << 7 | payload_type, sequence, timestamp, ssrc) + payload


@given(
    st.binary(max_size=40),
    st.sampled_from([PCMU, PCMA, 101, 127]).filter(lambda kind: kind < 64 or kind > 95),
    st.booleans(),
    st.integers(0, 2**16 - 1),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
)
def test_reads_each_field(payload: bytes, kind: int, marker: bool, sequence: int, timestamp: int, ssrc: int):
    octets = rtp(payload, payload_type=kind, marker=marker, sequence=sequence, timestamp=timestamp, ssrc=ssrc)
    packet = parse_rtp(datagram(octets, utc_ns=99))
    assert packet is not None
    assert (packet.utc_ns, packet.source, packet.destination) == (99, HERE, THERE)
    assert (packet.payload_type, packet.marker, packet.sequence) == (kind, marker, sequence)
    assert (packet.timestamp_samples, packet.ssrc, packet.payload) == (timestamp, ssrc, payload)


def test_skips_contributors_extension_and_padding():
    contributors = b"\0\0\0\1" * 2
    extension = struct.pack("!HH", 0xBEDE, 1) + b"\0\0\0\0"
    padding = b"\0\0\3"
    octets = rtp(contributors + extension + b"sound" + padding, first=0x80 | 0x20 | 0x10 | 2)
    packet = parse_rtp(datagram(octets))
    assert packet is not None
    assert packet.payload == b"sound"


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        rtp()[:11],
        rtp(first=0x40),
        struct.pack("!BBHII", 0x80, 200, 6, 1, 2) + bytes(16),  # an RTCP sender report
        rtp(b"", first=0x8F),
        rtp(b"\0\0", first=0x90),
        rtp(b"a\0", first=0xA0),
        rtp(b"a\x09", first=0xA0),
    ],
)
def test_refuses_what_is_no_rtp_packet(octets: bytes):
    assert parse_rtp(datagram(octets)) is None


@given(st.binary(max_size=80))
def test_any_octets_are_read_or_refused(octets: bytes):
    packet = parse_rtp(datagram(octets))
    assert packet is None or packet.payload in octets


def test_sorts_packets_into_streams_in_order_of_arrival():
    first = [rtp(sequence=n, ssrc=1) for n in range(3)]
    second = [rtp(sequence=n, ssrc=2) for n in (9, 8)]
    streams = rtp_streams(
        map(datagram, [first[0], second[0], b"SIP/2.0 200 OK", first[1], second[1], first[2]])
    )
    assert {key[2]: [packet.sequence for packet in packets] for key, packets in streams.items()} == {
        1: [0, 1, 2],
        2: [9, 8],
    }
