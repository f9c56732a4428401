"""Reads the UDP datagrams out of a classic pcap file, as tcpdump writes it, with their time of arrival."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

Endpoint = tuple[str, int]
"""Address and port."""

_MAGIC_NS_PER_TICK = {0xA1B2C3D4: 1000, 0xA1B23C4D: 1}
_LINK_HEADERS = {1: 14, 113: 16, 276: 20, 101: 0}
"""Length of the header below IP: Ethernet (loopback too), Linux cooked 1 and 2, none."""
_UDP = 17


class PcapError(ValueError):
    """The file is no pcap file that this reads."""


@dataclass(frozen=True, slots=True)
class Datagram:
    """A UDP datagram as the capture saw it.

    Attributes:
        utc_ns: when, by the host's clock, in nanoseconds of Unix time.
        source: where it came from.
        destination: where it went.
        payload: what it carried.
    """

    utc_ns: int
    source: Endpoint
    destination: Endpoint
    payload: bytes


def read_pcap(path: Path) -> list[Datagram]:
    """All whole UDP datagrams over IPv4, in the file's order; fragments are left out.

    Raises:
        PcapError: not a classic pcap file, or of a link type not known here.
    """
    return list(parse_pcap(path.read_bytes()))


def parse_pcap(octets: bytes) -> Iterator[Datagram]:
    """`read_pcap` of a file's octets; a last record that was cut short ends it.

    Raises:
        PcapError: as there, when the first datagram is asked for.
    """
    if len(octets) < 24:
        raise PcapError("too short for a pcap file")
    order = next((o for o in "<>" if struct.unpack_from(f"{o}I", octets)[0] in _MAGIC_NS_PER_TICK), None)
    if order is None:
        raise PcapError("not a classic pcap file")
    magic, link_type = struct.unpack_from(f"{order}I16xI", octets)
    if link_type not in _LINK_HEADERS:
        raise PcapError(f"link type {link_type} is not known")
    position = 24
    while position + 16 <= len(octets):
        seconds, ticks, kept, _ = struct.unpack_from(f"{order}IIII", octets, position)
        position += 16
        if position + kept > len(octets):
            return
        packet = octets[position + _LINK_HEADERS[link_type] : position + kept]
        position += kept
        datagram = _datagram(seconds * 1_000_000_000 + ticks * _MAGIC_NS_PER_TICK[magic], packet)
        if datagram:
            yield datagram


def _datagram(utc_ns: int, packet: bytes) -> Datagram | None:
    if len(packet) < 20 or packet[0] >> 4 != 4 or packet[9] != _UDP:
        return None
    header_length = 4 * (packet[0] & 15)
    (flags_and_offset,) = struct.unpack_from("!H", packet, 6)
    if flags_and_offset & 0x3FFF or len(packet) < header_length + 8:
        return None
    source_port, destination_port, length = struct.unpack_from("!HHH", packet, header_length)
    payload = packet[header_length + 8 : header_length + length]
    if len(payload) != length - 8:
        return None
    source, destination = (str(IPv4Address(packet[at : at + 4])) for at in (12, 16))
    return Datagram(utc_ns, (source, source_port), (destination, destination_port), payload)
