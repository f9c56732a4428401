"""RFC 4733 digits reach Python once each, and their tones are not heard a second time."""

import struct
import time

import pytest
from support.marked_frames import echoed, marked_frame, whole_numbers
from support.rtp_socket import is_unbroken

pytestmark = pytest.mark.native


def test_each_event_is_one_digit_whatever_its_payload_type(dial, server):
    """Three events with payload type 96, of seven packets each, are three digits."""
    known = len(server.report()["digits"])
    caller = dial("echo", "0 96", event_type=96)
    frame = 0
    for code in (1, 5, 11):
        caller.rtp.talk(marked_frame(number) for number in range(frame, frame + 5))
        frame += 5
        caller.rtp.press(code, payload_type=96)
    report = server.await_report(lambda report: len(report["digits"]) >= known + 3)
    assert report["digits"][known:] == [["event", "1"], ["event", "5"], ["event", "#"]]


def test_a_digit_is_known_from_any_one_of_its_packets(dial, server):
    """The first packets of the event are lost, its end comes three times: one digit."""
    known = len(server.report()["digits"])
    caller = dial("echo")
    caller.rtp.talk([marked_frame(1)])
    caller.rtp.sequence += 4
    for _ in range(3):
        caller.rtp.send(struct.pack("!BBH", 9, 0x80 | 10, 800), payload_type=101, advance_samples=0)
    report = server.await_report(lambda report: len(report["digits"]) > known)
    assert report["digits"][known:] == [["event", "9"]]


def test_the_event_takes_its_own_time_on_the_line(dial):
    """A far end that sends the tone's audio beside the event is not heard twice: the line stays as long as real time."""
    caller = dial("echo")
    caller.rtp.talk(marked_frame(number) for number in range(5))
    began = caller.rtp.timestamp_samples
    for step in range(1, 6):
        caller.rtp.timestamp_samples = began
        caller.rtp.send(struct.pack("!BBH", 4, 10, 160 * step), payload_type=101, advance_samples=0)
        caller.rtp.timestamp_samples = began + 160 * (step - 1)
        caller.rtp.send(marked_frame(100 + step))
        time.sleep(0.02)
    caller.rtp.talk(marked_frame(number) for number in range(5, 15))
    packets = echoed(caller.rtp, 14)
    assert whole_numbers(packets) == list(range(15))
    assert is_unbroken(packets)


def test_digits_pressed_just_before_the_end_are_still_read(dial, server):
    """Python is late: the call is over when it looks, and the digit is there."""
    known = len(server.report()["digits"])
    server.do("events", read=False)
    caller = dial("echo")
    caller.rtp.press(8)
    server.await_report(lambda report: report["lines"][-1]["received"] == 7)  # SIP may overtake RTP
    caller.hang_up()
    server.do("events", read=True)
    report = server.await_report(lambda report: report["live"] == 0)
    assert report["digits"][known:] == [["event", "8"]]


def test_a_digit_that_we_send_takes_the_place_of_the_sound(dial, server):
    """RFC 4733, 2.5.1: one timestamp, growing duration, the end three times; the sound after it on its own time."""
    caller = dial("silent", "0 97", event_type=97)
    packets = caller.rtp.received_until(len)
    assert server.do("press", digits="#1", samples=800) == [True, False], "one is under way"
    packets += caller.rtp.received_until(
        lambda packets: 97 in {each.payload_type for each in packets[:-1]} and packets[-1].payload_type == 0
    )
    events = [packet for packet in packets if packet.payload_type == 97]
    before, after = packets[: packets.index(events[0])], packets[packets.index(events[-1]) + 1 :]
    assert [packet.sequence & 0xFFFF for packet in packets] == [
        (packets[0].sequence + number) & 0xFFFF for number in range(len(packets))
    ]
    assert {packet.timestamp_samples for packet in events} == {
        (before[-1].timestamp_samples + 160) & 0xFFFFFFFF
    }
    assert [packet.marker for packet in events] == [True] + [False] * 6
    codes, ends, durations = zip(
        *(
            (event[0], event[1] >> 7, int.from_bytes(event[2:]))
            for event in (packet.payload for packet in events)
        ),
        strict=True,
    )
    assert set(codes) == {11}
    assert ends == (0, 0, 0, 0, 1, 1, 1)
    assert durations == (160, 320, 480, 640, 800, 800, 800)
    assert (after[0].timestamp_samples - events[0].timestamp_samples) & 0xFFFFFFFF == 800
