"""The far end's packets become one unbroken line of samples, and each is answered by one."""

import random
import time

import pytest
from support.marked_frames import echoed, marked_frame, number_of, numbers_heard
from support.rtp_socket import is_unbroken

pytestmark = pytest.mark.native


def payloads(packets):
    return [packet.payload for packet in packets]


def test_an_echo_returns_every_frame_exactly_and_in_order(dial, server):
    """60 frames sent are 60 frames heard, answered one for one, over a wrap of sequence and timestamp."""
    caller = dial("echo")
    caller.rtp.received()
    caller.rtp.talk(marked_frame(number) for number in range(60))
    packets = echoed(caller.rtp, 59)
    heard = numbers_heard(payloads(packets))
    assert heard == list(range(60))
    assert is_unbroken(packets)
    [line] = [line for line in server.report()["lines"] if line["received"] == 60]
    assert line["lost"] == line["late"] == line["stranger"] == 0


def test_packets_that_swapped_places_are_put_in_order(dial):
    """A packet that one other has overtaken is heard where it belongs; no longer wait would be worth its delay."""
    caller = dial("echo")
    frames = [marked_frame(number) for number in range(40)]
    packets = []
    for frame in frames:
        packets.append(caller.rtp.packet(frame))
        caller.rtp.sequence += 1
        caller.rtp.timestamp_samples += 160
    packets[10], packets[11] = packets[11], packets[10]
    packets[20], packets[21] = packets[21], packets[20]
    for packet in packets:
        caller.rtp.send_octets(packet)
        time.sleep(0.02)
    heard = [number for number in numbers_heard(payloads(echoed(caller.rtp, 39))) if number is not None]
    assert heard == list(range(40))


def test_a_lost_packet_is_replaced_by_the_one_before_it(dial, server):
    """A hole of one packet is heard as the frame before it, so that time does not shrink."""
    caller = dial("echo")
    before = server.report()
    for number in range(30):
        if number == 15:
            caller.rtp.sequence += 1
            caller.rtp.timestamp_samples += 160
        else:
            caller.rtp.send(marked_frame(number))
        time.sleep(0.02)
    heard = numbers_heard(payloads(echoed(caller.rtp, 29)))
    assert heard[:30] == [*range(15), 14, *range(16, 30)]
    assert server.report()["lines"][-1]["lost"] == before["lines"][-1]["lost"] + 1


def test_a_repeated_packet_is_heard_once(dial):
    """The network's copies are dropped."""
    caller = dial("echo")
    for number in range(20):
        packet = caller.rtp.packet(marked_frame(number))
        caller.rtp.send(marked_frame(number))
        caller.rtp.send_octets(packet)
        time.sleep(0.02)
    assert numbers_heard(payloads(echoed(caller.rtp, 19))) == list(range(20))


@pytest.mark.parametrize("ptime_ms", [10, 30, 40, 60])
def test_packets_of_any_size_are_answered_in_their_size(dial, ptime_ms):
    """Ptime 10 to 60 in, the same ptime out, every octet right."""
    samples = 8 * ptime_ms
    count = 900 // ptime_ms
    caller = dial("echo", ptime_ms=ptime_ms)
    caller.rtp.talk(marked_frame(number, samples) for number in range(count))
    packets = echoed(caller.rtp, count - 1)
    frames = [packet.payload for packet in packets if number_of(packet.payload) is not None]
    assert [number_of(frame) for frame in frames] == list(range(len(frames)))
    assert len(frames) >= count - 2
    assert {len(frame) for frame in frames} == {samples}
    assert is_unbroken(packets)


def test_packet_sizes_mixed_in_one_call_lose_no_sample(dial):
    """Whatever size comes next, the samples are one line."""
    caller = dial("echo3200")
    chance = random.Random(4)
    said = bytes(chance.choice(range(0x80, 0xFF)) for _ in range(9600))
    pieces, begin = [], 0
    while begin < len(said):
        size = chance.choice((80, 120, 160, 240, 320))
        pieces.append(said[begin : begin + size])
        begin += size
    caller.rtp.talk(pieces)
    packets = caller.rtp.received_until(lambda packets: said[:8000] in b"".join(payloads(packets)), 2)
    assert is_unbroken(packets)
    assert said[:8000] in b"".join(payloads(packets))
