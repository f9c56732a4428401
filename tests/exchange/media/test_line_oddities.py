"""Whatever packets come: the line goes on, and hears what is to be heard."""

import os
import time

import pytest
from support.marked_frames import echoed, marked_frame, whole_numbers
from support.rtp_socket import is_unbroken

pytestmark = pytest.mark.native

SENDER_REPORT = 200


def talk_as(caller, begin, count, change):
    """Frames whose packets are changed on their way."""
    for number in range(begin, begin + count):
        packet = caller.rtp.packet(marked_frame(number))
        caller.rtp.sequence += 1
        caller.rtp.timestamp_samples += 160
        caller.rtp.send_octets(change(packet))
        time.sleep(0.02)


def heard(caller, last):
    packets = echoed(caller.rtp, last)
    assert is_unbroken(packets)
    return whole_numbers(packets)


HEADERS = {
    "padding": lambda packet: bytes([packet[0] | 0x20]) + packet[1:] + b"\0\0\0\4",
    "extension": lambda packet: bytes([packet[0] | 0x10]) + packet[1:12] + b"\xbe\xde\0\1abcd" + packet[12:],
    "contributors": lambda packet: bytes([packet[0] | 3]) + packet[1:12] + b"c" * 12 + packet[12:],
}


@pytest.mark.parametrize("part", HEADERS)
def test_optional_parts_of_the_header_are_understood(dial, part):
    """Padding, extension and contributing sources are not audio."""
    caller = dial("echo")
    talk_as(caller, 0, 15, HEADERS[part])
    assert heard(caller, 14) == list(range(15))


def test_a_new_ssrc_is_a_new_stream_at_once(dial):
    """The exchange bridges another source: its first frame is heard."""
    caller = dial("echo")
    caller.rtp.talk(marked_frame(number) for number in range(10))
    caller.rtp.ssrc = 0x777
    caller.rtp.sequence += 20_000
    caller.rtp.timestamp_samples += 999_999
    caller.rtp.talk(marked_frame(number) for number in range(10, 20))
    assert heard(caller, 19) == list(range(20))


def test_a_jump_of_the_sequence_costs_one_frame(dial):
    """RFC 3550, A.1: the second packet after the jump proves it."""
    caller = dial("echo")
    caller.rtp.talk(marked_frame(number) for number in range(10))
    caller.rtp.sequence += 3000
    caller.rtp.talk(marked_frame(number) for number in range(10, 25))
    assert heard(caller, 24) == [*range(10), *range(11, 25)]


def test_a_timestamp_that_jumps_by_ten_seconds_stalls_nothing(dial, server):
    """Longer than silence is filled in: the order of packets rules."""
    caller = dial("echo")
    caller.rtp.talk(marked_frame(number) for number in range(10))
    caller.rtp.timestamp_samples += 80_000
    caller.rtp.talk(marked_frame(number) for number in range(10, 20))
    assert heard(caller, 19) == list(range(20))


def test_junk_between_the_packets_is_dropped_and_counted(dial, server):
    """Empty, cut, RTCP on the RTP port, unknown types, random octets: none is heard, and none ends anything."""
    caller = dial("echo")
    for number in range(20):
        caller.rtp.send(marked_frame(number))
        for junk in (
            b"",
            b"\x80",
            b"\x80\xc8" + bytes(26),
            bytes([os.urandom(1)[0] & 0x7F]) + os.urandom(49),  # with RTP's version one of hundreds is a key
            b"\xff" * 20,
            caller.rtp.packet(bytes(1300)),
            caller.rtp.packet(b"abcd", payload_type=77),
            caller.rtp.packet(bytes(160), payload_type=34),
        ):
            caller.rtp.send_octets(junk)
        time.sleep(0.02)
    assert heard(caller, 19) == list(range(20))
    assert server.report()["lines"][-1]["malformed"] >= 60


def test_reports_by_rtcp_name_the_stream(dial):
    """A sender report comes within two seconds of the start, with the SSRC of our RTP and its count."""
    caller = dial("echo")
    caller.rtp.talk(marked_frame(number) for number in range(60))
    while (report := caller.rtp.receive_rtcp(2))[1] != SENDER_REPORT:
        pass
    packets = caller.rtp.received()
    assert int.from_bytes(report[4:8]) == packets[0].ssrc
    assert 0 < int.from_bytes(report[20:24]) <= len(packets)


@pytest.mark.parametrize("second", ["audio", "text", "image", "video"])
def test_an_offer_of_two_lines_runs_on_the_one_that_is_taken(dial, server, second):
    """PJSIP makes a transport for every m= line; the echo runs on the audio line that was answered."""
    caller = dial.caller("echo")
    others = {
        "audio": caller.audio(),
        "text": "m=text 4444 RTP/AVP 98\r\na=rtpmap:98 t140/1000\r\n",
        "image": "m=image 4000 udptl t38\r\n",
        "video": "m=video 4000 RTP/AVP 31\r\n",
    }
    assert caller.invite(caller.sdp(caller.audio(), others[second])).status == 200
    caller.rtp.talk(marked_frame(number) for number in range(15))
    assert heard(caller, 14) == list(range(15))
    assert server.report()["notes"] == []
