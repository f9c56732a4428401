"""A pair of UDP sockets for RTP and RTCP: sends what it is told, keeps what comes with the kernel's time of arrival."""

import itertools
import socket
import struct
import time
from collections.abc import Iterable
from typing import Self

from support.pcap import Datagram, Endpoint
from support.rtp import PCMU, RtpPacket, parse_rtp

SETTLE_S = 0.2
"""So long after a far end's last packet its answer has come, also when the machine was busy and one was sent on credit."""

_SO_TIMESTAMPNS = 35
_ROOM = 1 << 20


class RtpSocket:
    """A far end's RTP, with a numbering of its own that goes on by itself."""

    def __init__(self, address: str = "127.0.0.1") -> None:
        self._rtp, self._rtcp = _bound_pair(address)
        self._rtp.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._rtp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROOM)
        self.here: Endpoint = self._rtp.getsockname()
        self.there: Endpoint = ("127.0.0.1", 9)
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
        """What has come since the last call, in order of arrival."""
        packets = []
        while True:
            try:
                octets, ancillary, _, source = self._rtp.recvmsg(2048, 64, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return packets
            packet = parse_rtp(Datagram(_arrival_utc_ns(ancillary), source, self.here, octets))
            if packet is not None:
                packets.append(packet)

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
        (after.sequence - before.sequence) & 0xFFFF == 1
        and (after.timestamp_samples - before.timestamp_samples) & 0xFFFFFFFF == len(before.payload)
        and after.ssrc == before.ssrc
        for before, after in itertools.pairwise(packets)
    )


def largest_gap_ms(packets: list[RtpPacket]) -> float:
    """The longest time between two arrivals, in milliseconds."""
    gaps_ns = [after.utc_ns - before.utc_ns for before, after in itertools.pairwise(packets)]
    return max(gaps_ns, default=0) / 1e6
