"""What a far end makes of the packets that came: whole, in their pace, and from whom they should."""

import socket
import struct

import pytest
from support.rtp import RtpPacket
from support.rtp_socket import RtpSocket, is_programme, is_steady, is_unbroken

pytestmark = pytest.mark.native

MS_NS = 10**6
HERE = ("127.0.0.1", 9)


def packets(*late_ms: int, left_out: range = range(0)) -> list[RtpPacket]:
    """Packets of 20 ms, so late each; those in `left_out` were never numbered, and the next has the marker."""
    sent = [number for number in range(len(late_ms)) if number not in left_out]
    return [
        RtpPacket(
            (20 * number + late_ms[number]) * MS_NS,
            HERE,
            HERE,
            0,
            number == left_out.stop,
            sequence & 0xFFFF,
            160 * number & 0xFFFFFFFF,
            1,
            bytes(160),
        )
        for sequence, number in enumerate(sent, 65_530)
    ]


def test_a_stall_that_is_made_up_for_spoils_no_pace_and_a_slower_one_is_told():
    stalled = [0] * 20 + [120, 100, 80, 60, 40, 20] + [0] * 24
    assert is_steady(packets(*stalled), within_ms=40)
    assert not is_steady(packets(*range(50)), within_ms=20)
    assert not is_steady(packets(*[0] * 30, *[100] * 20), within_ms=40)
    assert not is_steady(packets(*[100] * 30, *[0] * 20), within_ms=40)


def test_what_is_left_out_is_a_gap_but_for_a_listener_whose_sender_was_held_up():
    late = [0] * 30
    assert is_unbroken(packets(*late))
    assert not is_unbroken(packets(*late, left_out=range(10, 17)))
    assert is_programme(packets(*late, left_out=range(10, 17)))
    assert not is_programme(packets(*late, left_out=range(10, 12)))
    assert not is_programme(packets(*late)[:10] + packets(*late)[17:])


def test_packets_from_elsewhere_are_not_the_other_sides():
    with (
        RtpSocket() as rtp,
        RtpSocket() as other,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger,
    ):
        rtp.there, other.there = other.here, rtp.here
        stranger.sendto(struct.pack("!BBHII", 0x80, 0, 7, 7, 7) + bytes(160), rtp.here)
        other.send(bytes(160))
        assert [packet.ssrc for packet in rtp.received_until(len)] == [other.ssrc]
