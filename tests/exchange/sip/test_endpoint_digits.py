"""Digits as they come: events of any payload type, lost, late and repeated packets, both kinds of INFO, one stream."""

import struct
import time

import numpy as np
import pytest
from support.endpoint_process import MIRROR

from audio.g711 import encode
from audio.levels import to_pcm
from audio.tones import dtmf

pytestmark = pytest.mark.native

KEYS = "0123456789*#ABCD"


def heard(dial, caller, expected):
    """The digits that the service got, once as many as expected came and a little longer for too many."""
    dial.server.await_report(
        lambda report: any(
            call["call_id"] == caller.call_id and len(call["digits"]) >= len(expected)
            for call in report["calls"]
        )
    )
    time.sleep(0.1)
    return dial.server.call(caller.call_id)["digits"]


class Press:
    """One event's packets, made by hand so that any of them can be lost, repeated or late."""

    def __init__(self, caller, code, *, updates=4, ends=3) -> None:
        begin = [(False, 160 * number) for number in range(1, updates + 1)]
        self._caller = caller
        self.packets = []
        for is_end, length_samples in begin + [(True, 160 * (updates + 1))] * ends:
            event = struct.pack("!BBH", code, (0x80 if is_end else 0) | 10, length_samples)
            self.packets.append(caller.rtp.packet(event, payload_type=101, marker=not self.packets))
            caller.rtp.sequence += 1
        caller.rtp.timestamp_samples += 160 * (updates + 1)

    def send(self, order=None):
        """Send these of its packets, in this order."""
        for number in range(len(self.packets)) if order is None else order:
            self._caller.rtp.send_octets(self.packets[number])
            time.sleep(0.002)


def speak(caller, frames=3):
    caller.rtp.talk([b"\xff" * 160] * frames)


@pytest.mark.parametrize("payload_type", [96, 100, 101, 113, 127])
def test_the_caller_s_payload_type_is_taken(dial, payload_type):
    """As its SDP names it, and our answer names it too."""
    caller = dial.caller(MIRROR)
    final = caller.invite(caller.sdp(caller.audio(f"0 {payload_type}", event_type=payload_type)))
    assert f"a=rtpmap:{payload_type} telephone-event/8000" in final.body
    speak(caller)
    for code in (7, 7, 11):
        caller.rtp.press(code, payload_type=payload_type)
        speak(caller)
    assert heard(dial, caller, "77#") == "77#"


def test_all_sixteen_keys_and_nothing_else(dial):
    """Flash (16) and the events beyond are no digits."""
    caller = dial()
    for code in (*range(16), 16, 32, 255):
        caller.rtp.press(code, packets=4)
    assert heard(dial, caller, KEYS) == KEYS


@pytest.mark.parametrize(
    ("order", "what"),
    [
        ([4, 5, 6], "only ends came"),
        ([6], "only the last end came"),
        ([0, 1, 2, 3], "no end came"),
        ([0], "only the first packet came"),
        ([2], "only one from the middle came"),
        ([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6], "every packet came twice"),
        ([1, 0, 3, 2, 5, 4, 6], "pairs came in the wrong order"),
        ([4, 5, 6, 0, 1, 2, 3], "the ends came first"),
        ([0, 4, 4, 5, 5, 6, 6, 6], "the ends came again and again"),
    ],
)
def test_one_press_is_one_digit_whatever_is_lost_or_repeated(dial, order, what):
    """Each of three presses, with speech between them."""
    caller = dial()
    speak(caller)
    for code in (1, 2, 2):
        Press(caller, code).send(order)
        speak(caller)
    assert heard(dial, caller, "122") == "122"


def test_presses_without_a_pause_are_told_apart(dial):
    """The same key twice at once: another timestamp is another event."""
    caller = dial()
    for code in (3, 3, 3, 4):
        Press(caller, code).send()
    assert heard(dial, caller, "3334") == "3334"


def test_a_key_that_is_held_is_one_digit(dial):
    """A hundred updates."""
    caller = dial()
    Press(caller, 8, updates=100).send()
    assert heard(dial, caller, "8") == "8"


@pytest.mark.parametrize(
    ("octets", "why"),
    [(b"", "empty"), (b"\x05", "cut off"), (b"\x05\x0a\x00", "cut off"), (b"\xff" * 4, "unknown event")],
)
def test_a_broken_event_is_no_digit(dial, octets, why):
    """And the next is heard."""
    caller = dial()
    caller.rtp.send(octets, payload_type=101, advance_samples=160)
    caller.rtp.press(9)
    assert heard(dial, caller, "9") == "9"


def test_two_events_in_one_packet_are_read_as_the_first(dial):
    """RFC 4733, 2.5.1.5 allows several; the packet is not refused for it."""
    caller = dial()
    both = struct.pack("!BBHBBH", 5, 0x8A, 800, 6, 0x8A, 800)
    for _ in range(3):
        caller.rtp.send(both, payload_type=101, advance_samples=0)
    assert heard(dial, caller, "5")[:1] == "5"


def test_an_event_of_an_offer_without_events_is_no_digit(dial):
    """Payload type 101 was never agreed on."""
    caller = dial.caller()
    final = caller.invite(caller.sdp(f"m=audio {caller.rtp.here[1]} RTP/AVP 0\r\n"))
    assert "telephone-event" not in final.body
    caller.rtp.press(5)
    speak(caller)
    assert dial.server.call(caller.call_id)["digits"] == ""


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/dtmf-relay", "Signal={}\r\nDuration=160\r\n"),
        ("application/dtmf-relay", "Signal= {}\r\nDuration= 160\r\n"),
        ("application/dtmf", "{}"),
        ("application/dtmf", "Signal={}\r\nDuration=160\r\n"),
    ],
)
def test_every_key_by_info(dial, kind, body):
    """Both kinds; each is answered 200."""
    caller = dial()
    for key in KEYS:
        assert caller.response(caller.request("INFO", body.format(key), content_type=kind)).status == 200
    assert heard(dial, caller, KEYS) == KEYS


def test_a_repeated_info_is_one_digit(dial):
    """The same transaction again is answered again, and counts once."""
    caller = dial()
    for _ in range(2):
        cseq = caller.request("INFO", "4", content_type="application/dtmf")
        branch = caller._branch
        assert caller.response(cseq).status == 200
        caller.request("INFO", "4", content_type="application/dtmf", cseq=cseq, branch=branch)
        assert caller.response(cseq).status == 200
    assert heard(dial, caller, "44") == "44"


@pytest.mark.parametrize("body", ["", "xyz", "Signal=77\r\n", "Signal=é\0\r\n"])
@pytest.mark.parametrize("kind", ["application/dtmf", "application/dtmf-relay", "application/octet-stream"])
def test_an_info_without_a_digit_harms_nothing(dial, kind, body):
    """Answered somehow; the call goes on, and the next digit is heard."""
    caller = dial()
    assert caller.response(caller.request("INFO", body, content_type=kind)).status >= 200
    caller.rtp.press(6)
    assert heard(dial, caller, "6")[-1] == "6"
    assert caller.hang_up().status == 200


def test_info_before_the_answer_is_heard(dial):
    """In the early dialog."""
    caller = dial.caller("202")
    invite = caller.request("INVITE", caller.sdp())
    caller.response(invite, at_least=183)
    assert caller.response(caller.request("INFO", "7", content_type="application/dtmf")).status == 200
    caller.rtp.press(1)
    caller.acknowledge(caller.response(invite))
    assert heard(dial, caller, "7") == "7"


@pytest.mark.parametrize("law", ["ulaw", "alaw"])
def test_tones_in_either_law(dial, law):
    """All sixteen, in-band, 60 ms on and off."""
    caller = dial(formats="0 101" if law == "ulaw" else "8 101")
    caller.rtp.payload_type = 0 if law == "ulaw" else 8
    dial.server.await_echo(caller.call_id)
    pcm = np.concatenate([to_pcm(dtmf(key, on_s=0.06, off_s=0.06)) for key in KEYS])
    codes = encode(pcm, law).tobytes()
    caller.rtp.talk(codes[begin : begin + 160] for begin in range(0, len(codes), 160))
    assert heard(dial, caller, KEYS) == KEYS


def events_in(packets):
    return [packet for packet in packets if packet.payload_type == 110]


def ends_in(events):
    return sum(packet.payload[1] >> 7 for packet in events)


def test_our_own_digit_goes_by_event(dial):
    """Press of ours: the caller's payload type, one marker, three ends."""
    caller = dial.caller()
    caller.invite(caller.sdp(caller.audio("0 110", event_type=110)))
    speak(caller)
    caller.rtp.received()
    dial.server.do("press", digit="9")
    speak(caller, 20)
    events = events_in(caller.rtp.received_until(lambda packets: ends_in(events_in(packets)) >= 3))
    assert {packet.payload[0] for packet in events} == {9}
    assert sum(packet.marker for packet in events) == 1
    assert ends_in(events) == 3
    assert len({packet.timestamp_samples for packet in events}) == 1


def test_our_own_digit_goes_by_info_to_who_takes_no_events(dial):
    """application/dtmf-relay."""
    caller = dial.caller()
    caller.invite(caller.sdp(f"m=audio {caller.rtp.here[1]} RTP/AVP 0\r\n"))
    speak(caller)
    dial.server.do("press", digit="#")
    request = caller.expect("INFO")
    caller.respond(request, 200)
    assert request.one("Content-Type") == "application/dtmf-relay"
    assert "Signal=#" in request.body.replace(" ", "")
