"""Stalls: late packets, a blocked thread, a slow processor. No frame is lost, doubled or put in."""

import itertools
import time

import pytest
from support.marked_frames import echoed, marked_frame, whole_numbers
from support.rtp_socket import SETTLE_S, delays_ms, gaps_ms, is_unbroken

pytestmark = pytest.mark.native

MOST_HASTE_MS = 110
"""So much earlier than at first its answers come at most: 100 ms, and 1,000 ppm of two seconds."""


def test_packets_held_up_by_the_network_lose_and_add_nothing(dial):
    """Every second 200 ms of packets come late and at once: through an echo of 600 ms every frame comes in its turn."""
    caller = dial("echo4800")
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
    packets = echoed(caller.rtp, 139)
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
    packets = echoed(caller.rtp, 99)
    heard = whole_numbers(packets)
    assert server.report()["sleeper"][0] >= 50
    assert is_unbroken(packets)
    assert heard == list(range(len(heard)))
    assert len(heard) >= 95
    # without credit each of the two blocks were a gap of 300 ms; the machine makes no two like that
    assert sorted(gaps_ms(packets))[-2] < 200


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
    late_ms = delays_ms(packets)
    assert late_ms[0] <= MOST_HASTE_MS
    assert min(late_ms[-20:]) < 60 + late_ms[0]
    soonest_ms = itertools.accumulate(late_ms, min)
    hasty = sorted(
        gap_ms
        for gap_ms, late, soonest in zip(gaps_ms(packets), late_ms[1:], soonest_ms, strict=False)
        if late < soonest - 1  # not one that a stall of the machine had held up
    )
    assert not hasty or hasty[len(hasty) // 4] > 12


def test_a_processor_is_destroyed_once_when_its_call_ends(dial, server):
    """The line's own reference, given up by the line."""
    report = server.await_report(lambda report: report["calls"] == report["live"] == 0)
    _, destroyed = report["sleeper"]
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
