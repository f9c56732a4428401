"""RTP goes out without a gap from the start of the call, whether the far end sends, is mute or suppresses silence."""

import time

import pytest
from support.marked_frames import echoed, marked_frame, whole_numbers
from support.rtp_socket import is_steady, is_unbroken

pytestmark = pytest.mark.native

COMFORT_NOISE = 13


def test_a_mute_caller_is_sent_to_in_real_time(dial, server):
    """No RTP comes in a second: fifty packets go out, evenly."""
    before_monotonic_s = time.monotonic()
    caller = dial("silent")
    up_monotonic_s = time.monotonic()
    packets = caller.rtp.received_until(lambda packets: len(packets) >= 50)
    assert len(packets) >= 50
    assert is_unbroken(packets)
    assert is_steady(packets, within_ms=40)
    shortest_s = time.monotonic() - up_monotonic_s
    silent_s = server.report()["lines"][-1]["silent_s"]
    assert shortest_s - 0.01 < silent_s < time.monotonic() - before_monotonic_s + 0.01


def test_a_caller_who_speaks_late_is_answered_packet_for_packet(dial):
    """What was sent before he spoke is nobody's debt: every frame comes back once."""
    caller = dial("echo")
    time.sleep(0.4)
    caller.rtp.talk(marked_frame(number) for number in range(25))
    packets = echoed(caller.rtp, 24)
    assert whole_numbers(packets) == list(range(25))
    assert is_unbroken(packets)
    assert is_steady(packets, within_ms=60)


def test_comfort_noise_is_silence_of_its_true_length(dial, server):
    """Only comfort noise for a second: our packets keep their pace, and the line heard a second."""
    caller = dial("silent")
    for _ in range(6):
        caller.rtp.send(bytes([60]), payload_type=COMFORT_NOISE, advance_samples=1600)
        time.sleep(0.2)
    packets = caller.rtp.received_until(lambda packets: len(packets) >= 50)
    assert len(packets) >= 50
    assert is_unbroken(packets)
    assert is_steady(packets, within_ms=60)
    report = server.await_report(lambda report: report["lines"][-1]["heard_samples"] >= 8000)
    assert report["lines"][-1]["shifts"] == 0


def test_suppressed_silence_is_filled_in(dial):
    """Nothing is sent for 0.3 s, but the RTP clock goes on: the next frame is heard after 0.3 s of silence."""
    caller = dial("echo3200")
    caller.rtp.talk(marked_frame(number) for number in range(15))
    began_monotonic_s = time.monotonic()
    time.sleep(0.3)
    silent_frames = round((time.monotonic() - began_monotonic_s) / 0.02)
    caller.rtp.timestamp_samples += 160 * silent_frames
    caller.rtp.talk(marked_frame(number) for number in range(15, 40))
    packets = echoed(caller.rtp, 39)
    frames = [packet.payload for packet in packets]
    assert is_unbroken(packets)
    assert whole_numbers(packets) == list(range(40))
    at = {number: frames.index(marked_frame(number)) for number in (14, 15)}
    assert at[15] - at[14] == 1 + silent_frames


def test_early_media_and_the_answer_are_one_stream(dial):
    """183, then 200 half a second later: one numbering, one marker, and the echo works before the answer."""
    caller = dial.caller("ring")
    cseq = caller.request("INVITE", caller.sdp())
    assert caller.response(cseq, at_least=183).status == 183
    caller.rtp.talk(marked_frame(number) for number in range(40))
    final = caller.response(cseq)
    caller.acknowledge(final)
    packets = echoed(caller.rtp, 39)
    assert final.status == 200
    assert is_unbroken(packets)
    assert whole_numbers(packets) == list(range(40))
    assert sum(packet.marker for packet in packets) == 1


def test_a_line_that_is_mute_for_longer_than_its_credit_stays_usable(dial, server):
    """Two seconds without a packet end the old stream; the next words are a new one, answered one for one."""
    caller = dial("echo")
    caller.rtp.talk(marked_frame(number) for number in range(5))
    time.sleep(2.3)
    caller.rtp.talk(marked_frame(number) for number in range(5, 30))
    packets = echoed(caller.rtp, 29)
    assert is_unbroken(packets)
    assert whole_numbers(packets)[-24:] == list(range(6, 30))
