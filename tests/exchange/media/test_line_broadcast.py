"""Listeners: each packet a slice of the programme, on its instant, in the far end's packet size."""

import time
from collections import Counter

import pytest
from support.line_process import LineProcess
from support.marked_frames import is_silent
from support.numbered_programme import MS_MODULUS, SAMPLES_PER_MS, first_sample_of, numbered_codes
from support.rtp_socket import is_programme, is_steady
from support.scripted_caller import ScriptedCaller

from audio.g711 import decode, encode

pytestmark = pytest.mark.native

MODULUS = MS_MODULUS * SAMPLES_PER_MS
NS_PER_SAMPLE = 125_000
SAMPLES_PER_TICK = 4
LISTEN_S = 0.8


def listen(dial, user, formats="0 101", ptime_ms=20):
    """The packets of a listener after its start: so many as come in `LISTEN_S`."""
    caller = dial(user, formats, ptime_ms=ptime_ms)
    time.sleep(0.3)
    caller.rtp.received()
    count = round(LISTEN_S * 1000 / ptime_ms)
    packets = caller.rtp.received_until(lambda packets: len(packets) >= count)
    assert len(packets) >= count
    return packets


def lateness_ms(report, packet, lead_samples=0):
    """By how much a packet came after the instant of its first sample, by the machine's clock."""
    offset_ns = report["offset_ns"]
    sample = first_sample_of(packet.payload)
    arrival_sample = (packet.utc_ns - offset_ns) / NS_PER_SAMPLE
    late_samples = (arrival_sample - (sample - lead_samples)) % MODULUS
    return (late_samples if late_samples < MODULUS / 2 else late_samples - MODULUS) / SAMPLES_PER_MS


def test_every_packet_is_the_programme_and_comes_on_its_instant(dial, server):
    """All octets right, no gap, timestamps that count the programme's samples; the earliest within a millisecond."""
    packets = listen(dial, "clock")
    assert is_programme(packets)
    offsets = {(packet.timestamp_samples - first_sample_of(packet.payload)) % (1 << 31) for packet in packets}
    assert len(offsets) == 1
    report = server.report()
    late_ms = [lateness_ms(report, packet) for packet in packets]
    assert min(late_ms) == pytest.approx(0, abs=1)
    assert is_steady(packets, within_ms=40)


def test_a_lead_sends_each_sample_so_much_earlier(dial, server):
    """A listener with 50 ms of lead gets the same programme 50 ms before its instant."""
    packets = listen(dial, "lead")
    report = server.report()
    late_ms = [lateness_ms(report, packet) for packet in packets]
    assert min(late_ms) == pytest.approx(-50, abs=1)
    assert is_programme(packets)


@pytest.mark.parametrize("ptime_ms", [10, 30, 40, 60])
def test_a_listener_gets_the_packet_size_that_it_asked_for(dial, ptime_ms):
    """Ptime of SDP, whether it sends or not."""
    packets = listen(dial, "clock", ptime_ms=ptime_ms)
    assert {len(packet.payload) for packet in packets} == {ptime_ms * SAMPLES_PER_MS}
    assert is_steady(packets, within_ms=40)
    assert is_programme(packets)
    assert all(first_sample_of(packet.payload) is not None for packet in packets)


def test_both_laws_carry_the_same_programme(dial):
    """An A-law listener hears what G.711 makes of the same linear samples."""
    packets = listen(dial, "clock", "8 101")
    expected = bytes(encode(decode(numbered_codes(0, 8), "ulaw"), "alaw"))
    assert all(packet.payload_type == 8 for packet in packets)
    begins = [packet.payload.find(expected[:1]) for packet in packets]
    assert is_programme(packets)
    for packet, begin in zip(packets, begins, strict=True):
        assert packet.payload[begin + 5 : begin + 8] == expected[5:8]


def moments_of(callers):
    """How many callers get their packet in each of the 40 moments that packets of 20 ms can have."""
    last = [caller.rtp.received_until(len)[-1] for caller in callers]
    return Counter(first_sample_of(packet.payload) // SAMPLES_PER_TICK % 40 for packet in last)


def test_listeners_share_a_moment_a_dozen_at_a_time(dial, server):
    """Thirty send in three moments: few, for each wakes the machine, and none a burst whose last is late."""
    server.await_report(lambda report: report["calls"] == report["live"] == 0)
    callers = []
    for moments in (1, 2, 3):
        callers += [dial("clock") for _ in range(10)]
        time.sleep(0.1)
        counts = moments_of(callers).values()
        assert len(counts) == moments
    assert sorted(counts) == [6, 12, 12]


def test_a_step_of_the_machine_s_clock_breaks_nothing_on_the_wire(dial, server):
    """An hour forward and back: packets keep their numbers and their pace, silent callers' too."""
    listener = dial("clock")
    silent = dial("silent")
    time.sleep(0.2)
    offset_ns = server.report()["offset_ns"]
    for step_ns in (3600 * 10**9 + 333_333, -3600 * 10**9 - 7, 0):
        server.do("step", offset_ns=offset_ns + step_ns)
        time.sleep(0.2)
    for caller in (listener, silent):
        packets = caller.rtp.received_until(lambda packets: len(packets) > 30)
        assert len(packets) > 30
        assert is_programme(packets)
        assert is_steady(packets, within_ms=60)


def test_the_kernel_drops_a_listener_s_audio_but_not_his_digits(dial, server):
    """After a quarter of a second of talking the filter is on; a digit and the far end's life still come through."""
    known = len(server.report()["digits"])
    caller = dial("clock")
    caller.rtp.talk(bytes([0xD5]) * 160 for _ in range(25))
    report = server.await_report(lambda report: report["lines"][-1]["filtered"])
    heard = report["lines"][-1]["received"]
    caller.rtp.talk(bytes([0xD5]) * 160 for _ in range(20))
    assert server.report()["lines"][-1]["received"] <= heard + 2
    caller.rtp.press(3)
    report = server.await_report(lambda report: len(report["digits"]) > known)
    assert report["digits"][known:] == [["event", "3"]]
    caller.rtp.received()
    assert is_programme(caller.rtp.received_until(lambda packets: len(packets) >= 10))


def test_a_programme_that_ends_leaves_its_listeners_silence_and_not_a_gap():
    """A server of its own, since its programme ends: RTP goes on, and the line counts that nothing was there."""
    with LineProcess() as process, ScriptedCaller(process.address, "clock") as caller:
        assert caller.invite().status == 200
        packets = caller.rtp.received_until(lambda packets: len(packets) >= 10)
        process.do("close programme")
        packets += caller.rtp.received_until(
            lambda packets: any(is_silent(each.payload) for each in packets[:-5])
        )
        assert is_programme(packets)
        assert is_silent(packets[-1].payload)
        process.await_report(lambda report: report["lines"][-1]["starved"] > 0)
        caller.hang_up()
