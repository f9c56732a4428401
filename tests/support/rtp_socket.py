"""A pair of UDP sockets for RTP and RTCP: sends what it is told, keeps what comes with the kernel's time of arrival."""

import itertools
import socket
import struct
import time
from collections.abc import Callable, Iterable
from typing import Self

from support.pcap import Datagram, Endpoint
from support.rtp import PCMU, RtpPacket, parse_rtp

SETTLE_S = 0.2
"""So long after a far end's last packet its answer has come, also when the machine was busy and one was sent on credit."""

LEFT_OUT_MS = 100
"""What would reach a listener later than that the line leaves out (`exchange/media/listeners.c`, TOO_LATE_US)."""

_NOWHERE: Endpoint = ("127.0.0.1", 9)
_SO_TIMESTAMPNS = 35
_ROOM = 1 << 20


class RtpSocket:
    """A far end's RTP, with a numbering of its own that goes on by itself."""

    def __init__(self, address: str = "127.0.0.1") -> None:
        self._rtp, self._rtcp = _bound_pair(address)
        self._rtp.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._rtp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROOM)
        self.here: Endpoint = self._rtp.getsockname()
        self.there: Endpoint = _NOWHERE
        self.sequence = 65500
        self.timestamp_samples = 4_294_967_000
        self.ssrc = 0x1234
        self.payload_type = PCMU

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._rtp.close()
        self._rtcp.close()

    def send(
        self,
        payload: bytes,
        *,
        payload_type: int | None = None,
        marker: bool = False,
        advance_samples: int | None = None,
    ) -> None:
        """Send the next packet; the timestamp then goes on by the payload's length, or as told."""
        self.send_octets(self.packet(payload, payload_type=payload_type, marker=marker))
        self.sequence += 1
        self.timestamp_samples += len(payload) if advance_samples is None else advance_samples

    def packet(self, payload: bytes, *, payload_type: int | None = None, marker: bool = False) -> bytes:
        """The octets that `send` would send."""
        kind = (self.payload_type if payload_type is None else payload_type) | (0x80 if marker else 0)
        numbers = (self.sequence & 0xFFFF, self.timestamp_samples & 0xFFFFFFFF, self.ssrc)
        return struct.pack("!BBHII", 0x80, kind, *numbers) + payload

    def send_octets(self, octets: bytes) -> None:
        """Send whatever octets to where the other side's RTP is."""
        self._rtp.sendto(octets, self.there)

    def send_rtcp(self, octets: bytes) -> None:
        """Send whatever octets to where the other side's RTCP is."""
        host, port = self.there
        self._rtcp.sendto(octets, (host, port + 1))

    def talk(self, payloads: Iterable[bytes], **kind: int) -> None:
        """Send one payload after the other at the pace of their length, on the monotonic clock."""
        due_monotonic_s = time.monotonic()
        for payload in payloads:
            self.send(payload, **kind)  # type: ignore[arg-type]
            due_monotonic_s += len(payload) / 8000
            time.sleep(max(0.0, due_monotonic_s - time.monotonic()))

    def press(self, code: int, *, payload_type: int = 101, packets: int = 7, repeat_end: int = 3) -> None:
        """Send an RFC 4733 event, 20 ms a packet, its end three times as the RFC says."""
        for number in range(packets):
            ends = 0x80 if number >= packets - repeat_end else 0
            duration_samples = 160 * min(number + 1, packets - repeat_end + 1)
            event = struct.pack("!BBH", code, ends | 10, duration_samples)
            self.send(event, payload_type=payload_type, marker=number == 0, advance_samples=0)
            time.sleep(0.02 if not ends else 0)
        self.timestamp_samples += 160 * (packets - repeat_end + 1)

    def received(self) -> list[RtpPacket]:
        """What has come from the other side since the last call, in order of arrival.

        Packets from elsewhere are of another test's call, whose telephone had this port before and left without a word.
        """
        packets = []
        while True:
            try:
                octets, ancillary, _, source = self._rtp.recvmsg(2048, 64, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return packets
            packet = parse_rtp(Datagram(_arrival_utc_ns(ancillary), source, self.here, octets))
            if packet is not None and self.there in {source, _NOWHERE}:
                packets.append(packet)

    def received_until(
        self, wanted: Callable[[list[RtpPacket]], object], timeout_s: float = 5
    ) -> list[RtpPacket]:
        """What has come since the last call, as soon as it is what is waited for; all of it when that never comes."""
        ends_monotonic_s = time.monotonic() + timeout_s
        packets = self.received()
        while not wanted(packets) and time.monotonic() < ends_monotonic_s:
            time.sleep(0.01)
            packets += self.received()
        return packets

    def receive_rtcp(self, timeout_s: float) -> bytes:
        """The next RTCP packet; TimeoutError when none comes."""
        self._rtcp.settimeout(timeout_s)
        return self._rtcp.recv(2048)


def _bound_pair(address: str) -> tuple[socket.socket, socket.socket]:
    """An even port and the odd one above it (RFC 3550, 11)."""
    while True:
        rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        rtp.bind((address, 0))
        port = rtp.getsockname()[1]
        rtcp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            if port % 2 == 0:
                rtcp.bind((address, port + 1))
                return rtp, rtcp
        except OSError:
            pass
        rtp.close()
        rtcp.close()


def _arrival_utc_ns(ancillary: list[tuple[int, int, bytes]]) -> int:
    for _, kind, data in ancillary:
        if kind == _SO_TIMESTAMPNS:
            seconds, nanoseconds = struct.unpack("qq", data)
            return seconds * 10**9 + nanoseconds
    return time.time_ns()


def is_unbroken(packets: list[RtpPacket]) -> bool:
    """Whether sequence and timestamp go on from packet to packet within one SSRC, without gap or repetition."""
    return all(
        _is_next(before, after) and _samples_between(before, after) == len(before.payload)
        for before, after in itertools.pairwise(packets)
    )


def is_programme(packets: list[RtpPacket]) -> bool:
    """The same of a listener's packets, but for those that were left out while the machine held their sender up."""
    return all(
        _is_next(before, after)
        and (_samples_between(before, after) == len(before.payload) or _is_after_hold_up(before, after))
        for before, after in itertools.pairwise(packets)
    )


def _is_next(before: RtpPacket, after: RtpPacket) -> bool:
    return (after.sequence - before.sequence) & 0xFFFF == 1 and after.ssrc == before.ssrc


def _samples_between(before: RtpPacket, after: RtpPacket) -> int:
    return (after.timestamp_samples - before.timestamp_samples) & 0xFFFFFFFF


def _is_after_hold_up(before: RtpPacket, after: RtpPacket) -> bool:
    is_held_up = after.utc_ns - before.utc_ns > LEFT_OUT_MS * 1e6
    return is_held_up and after.marker and _samples_between(before, after) % len(before.payload) == 0


def begins_utc_ns(packets: list[RtpPacket], first: RtpPacket) -> int:
    """When the timestamp of `first` was, by the least delayed of packets that came later."""
    return min(packet.utc_ns - _samples_between(first, packet) * 125_000 for packet in packets)


def delays_ms(packets: list[RtpPacket]) -> list[float]:
    """How much later than the least delayed of them each packet came, by its timestamp, in milliseconds."""
    first = packets[0]
    begins_ns = begins_utc_ns(packets, first)
    return [
        (packet.utc_ns - _samples_between(first, packet) * 125_000 - begins_ns) / 1e6 for packet in packets
    ]


def is_steady(packets: list[RtpPacket], within_ms: float) -> bool:
    """Whether half of the packets, and one of the last ten, came so near to the least delayed of them.

    A machine that stands still for a moment delays fewer, and what it delayed is made up for: the pace is not lost.
    """
    delays = delays_ms(packets)
    return sorted(delays)[len(delays) // 2] < within_ms and min(delays[-10:]) < within_ms


def gaps_ms(packets: list[RtpPacket]) -> list[float]:
    """The time between each two arrivals, in milliseconds."""
    return [(after.utc_ns - before.utc_ns) / 1e6 for before, after in itertools.pairwise(packets)]


def largest_gap_ms(packets: list[RtpPacket]) -> float:
    """The longest time between two arrivals, in milliseconds."""
    return max(gaps_ms(packets), default=0)
