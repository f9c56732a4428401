"""Reads RTP packets (RFC 3550, 5.1) from captured datagrams and sorts them into streams."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass

from support.pcap import Datagram, Endpoint

PCMU = 0
PCMA = 8


@dataclass(frozen=True, slots=True)
class RtpPacket:
    """One RTP packet and when it arrived.

    Attributes:
        utc_ns: arrival by the capture's clock, nanoseconds of Unix time.
        source: its sender.
        destination: where it went.
        payload_type: 0 PCMU, 8 PCMA, others as negotiated.
        marker: begins a talk spurt, or an event.
        sequence: 16 bits, as sent.
        timestamp_samples: 32 bits, as sent.
        ssrc: of its stream.
        payload: without padding.
    """

    utc_ns: int
    source: Endpoint
    destination: Endpoint
    payload_type: int
    marker: bool
    sequence: int
    timestamp_samples: int
    ssrc: int
    payload: bytes


def parse_rtp(datagram: Datagram) -> RtpPacket | None:
    """The packet in it, or None: no RTP version 2, a type that is RTCP's (RFC 5761, 4), or cut short."""
    octets = datagram.payload
    if len(octets) < 12 or octets[0] >> 6 != 2 or 64 <= octets[1] & 0x7F <= 95:
        return None
    first, second, sequence, timestamp_samples, ssrc = struct.unpack_from("!BBHII", octets)
    begin = 12 + 4 * (first & 15)
    if first & 0x10:
        if len(octets) < begin + 4:
            return None
        (words,) = struct.unpack_from("!2xH", octets, begin)
        begin += 4 + 4 * words
    end = len(octets) - (octets[-1] if first & 0x20 else 0)
    if not begin <= end or (first & 0x20 and octets[-1] == 0):
        return None
    return RtpPacket(
        datagram.utc_ns,
        datagram.source,
        datagram.destination,
        second & 0x7F,
        bool(second & 0x80),
        sequence,
        timestamp_samples,
        ssrc,
        octets[begin:end],
    )


def rtp_streams(datagrams: Iterable[Datagram]) -> dict[tuple[Endpoint, Endpoint, int], list[RtpPacket]]:
    """Packets by source, destination and SSRC, in order of arrival."""
    streams: dict[tuple[Endpoint, Endpoint, int], list[RtpPacket]] = {}
    for packet in filter(None, map(parse_rtp, datagrams)):
        streams.setdefault((packet.source, packet.destination, packet.ssrc), []).append(packet)
    return streams
