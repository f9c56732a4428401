"""The pcap reader, against files made by hand and whatever else."""

import struct
from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.pcap import Datagram, PcapError, parse_pcap

pytestmark = pytest.mark.unit

NANOSECONDS = 0xA1B23C4D
MICROSECONDS = 0xA1B2C3D4


def ip_packet(datagram: Datagram, *, fragment: int = 0, protocol: int = 17, options: bytes = b"") -> bytes:
    length = 8 + len(datagram.payload)
    udp = struct.pack("!HHHH", datagram.source[1], datagram.destination[1], length, 0) + datagram.payload
    addresses = b"".join(IPv4Address(end[0]).packed for end in (datagram.source, datagram.destination))
    words = 5 + len(options) // 4
    head = struct.pack("!BBHHHBBH", 0x40 | words, 0, 4 * words + length, 0, fragment, 64, protocol, 0)
    return head + addresses + options + udp


def pcap_file(
    packets: list[tuple[int, bytes]], *, magic: int = NANOSECONDS, order: str = "<", link_type: int = 1
) -> bytes:
    below = b"\0" * {1: 14, 113: 16, 276: 20, 101: 0}[link_type]
    octets = struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, 65535, link_type)
    for utc_ns, packet in packets:
        seconds, rest_ns = divmod(utc_ns, 1_000_000_000)
        ticks = rest_ns if magic == NANOSECONDS else rest_ns // 1000
        kept = len(below + packet)
        octets += struct.pack(f"{order}IIII", seconds, ticks, kept, kept) + below + packet
    return octets


endpoints = st.tuples(st.ip_addresses(v=4).map(str), st.integers(0, 65535))
times_ns = st.integers(0, 2**32 * 1_000_000_000 - 1)
datagrams = st.builds(Datagram, times_ns, endpoints, endpoints, st.binary(max_size=60))


@given(st.lists(datagrams, max_size=5), st.sampled_from("<>"), st.sampled_from([1, 113, 276, 101]))
def test_gives_back_each_datagram_to_the_nanosecond(sent: list[Datagram], order: str, link_type: int):
    packets = [(datagram.utc_ns, ip_packet(datagram)) for datagram in sent]
    assert list(parse_pcap(pcap_file(packets, order=order, link_type=link_type))) == sent


def test_reads_microsecond_files_and_skips_ip_options():
    datagram = Datagram(1_700_000_000_123_456_000, ("127.0.0.1", 5060), ("127.0.0.2", 5061), b"x")
    packet = ip_packet(datagram, options=b"\1\1\1\1")
    assert list(parse_pcap(pcap_file([(datagram.utc_ns, packet)], magic=MICROSECONDS))) == [datagram]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda datagram: ip_packet(datagram, fragment=0x2000),
        lambda datagram: ip_packet(datagram, fragment=7),
        lambda datagram: ip_packet(datagram, protocol=6),
        lambda datagram: b"\x60" + ip_packet(datagram)[1:],
        lambda datagram: ip_packet(datagram)[:-1],
        lambda _: b"",
    ],
)
def test_leaves_out_what_is_no_whole_udp_datagram(spoil):
    good = Datagram(5, ("10.0.0.1", 1), ("10.0.0.2", 2), b"hello")
    assert list(parse_pcap(pcap_file([(4, spoil(good)), (5, ip_packet(good))]))) == [good]


def test_a_file_cut_short_ends_with_its_last_whole_record():
    good = Datagram(5, ("10.0.0.1", 1), ("10.0.0.2", 2), b"hello")
    whole = pcap_file([(5, ip_packet(good)), (6, ip_packet(good))])
    assert list(parse_pcap(whole[:-3])) == [good]


@pytest.mark.parametrize(
    ("octets", "complaint"),
    [
        (b"", "too short"),
        (b"\x0a\x0d\x0d\x0a" + bytes(40), "not a classic pcap"),
        (struct.pack("<IHHiIII", NANOSECONDS, 2, 4, 0, 0, 65535, 105), "link type 105"),
    ],
)
def test_says_what_it_cannot_read(octets: bytes, complaint: str):
    with pytest.raises(PcapError, match=complaint):
        list(parse_pcap(octets))


@given(st.binary(max_size=200))
def test_any_records_are_read_or_left_out(rubbish: bytes):
    head = struct.pack("<IHHiIII", NANOSECONDS, 2, 4, 0, 0, 65535, 1)
    for datagram in parse_pcap(head + rubbish):
        assert datagram.payload in rubbish
