"""Stalls: late packets, a blocked thread, a slow processor. No frame is lost, doubled or put in."""

import itertools
import time

import pytest
from support.marked_frames import marked_frame, whole_numbers
from support.rtp_socket import SETTLE_S, is_unbroken, largest_gap_ms

pytestmark = pytest.mark.native


def test_packets_held_up_by_the_network_lose_and_add_nothing(dial):
    """Every second 200 ms of packets come late and at once: through an echo of 400 ms every frame comes in its turn."""
    caller = dial("echo3200")
    late = []
    began_monotonic_s = time.monotonic()
    for number in range(150):
        time.sleep(max(0.0, began_monotonic_s + number * 0.02 - time.monotonic()))
        packet = caller.rtp.packet(marked_frame(number))
        caller.rtp.sequence += 1
        caller.rtp.timestamp_samples += 160
        late.append(packet)
        if number % 50 < 40:
            for waiting in late:
                caller.rtp.send_octets(waiting)
            late = []
    time.sleep(0.5)
    packets = caller.rtp.received()
    heard = whole_numbers(packets)
    assert is_unbroken(packets)
    assert heard == list(range(len(heard)))
    assert len(heard) >= 135
    frames = [packet.payload for packet in packets]
    first, last = frames.index(marked_frame(0)), frames.index(marked_frame(len(heard) - 1))
    assert last - first == len(heard) - 1


def test_a_blocked_packet_thread_delays_no_other_line_by_more_than_the_credit(dial, server):
    """A processor that blocks the packets of all lines for 0.3 s: the other line's far end hears no gap and no slip."""
    blocker = dial("sleeper")
    caller = dial("echo3200")
    for number in range(100):
        blocker.rtp.send(marked_frame(number))
        caller.rtp.send(marked_frame(number))
        time.sleep(0.02)
    time.sleep(0.5)
    packets = caller.rtp.received()
    heard = whole_numbers(packets)
    assert server.report()["sleeper"][0] >= 50
    assert is_unbroken(packets)
    assert heard == list(range(len(heard)))
    assert len(heard) >= 95
    assert largest_gap_ms(packets) < 100


def test_a_far_end_that_answers_every_packet_at_once_makes_nobody_run(dial):
    """Two such lines have no clock between them: ours keeps to its own, but for some haste, and sends no burst."""
    caller = dial("silent")
    ends_monotonic_s = time.monotonic() + 2
    packets = []
    while time.monotonic() < ends_monotonic_s:
        for packet in caller.rtp.received():
            packets.append(packet)
            caller.rtp.send(packet.payload)
        time.sleep(0.0005)
    assert is_unbroken(packets)
    assert len(packets) <= 2 * 50 + 100 / 20 + 3
    assert len(packets) >= 2 * 50 - 5
    closest_ms = sorted((after.utc_ns - before.utc_ns) / 1e6 for before, after in itertools.pairwise(packets))
    assert closest_ms[len(packets) // 20] > 12


def test_a_processor_is_destroyed_once_when_its_call_ends(dial, server):
    """The line's own reference, given up by the line."""
    _, destroyed = server.report()["sleeper"]
    caller = dial("sleeper")
    caller.rtp.talk(marked_frame(number) for number in range(3))
    assert server.report()["sleeper"][1] == destroyed
    caller.hang_up()
    server.await_report(lambda report: report["sleeper"][1] == destroyed + 1)


def test_processors_are_exchanged_under_traffic_without_a_gap(dial, server):
    """A hundred exchanges while packets come; and a processor of another contract is refused in words."""
    caller = dial("echo")
    caller.rtp.talk(marked_frame(number) for number in range(10))
    server.do("swap", times=100)
    caller.rtp.talk(marked_frame(number) for number in range(10, 30))
    assert "build both wheels again" in server.do("refuse abi")
    caller.rtp.talk(marked_frame(number) for number in range(30, 40))
    time.sleep(SETTLE_S)
    packets = caller.rtp.received()
    assert is_unbroken(packets)
    assert len(packets) >= 39
