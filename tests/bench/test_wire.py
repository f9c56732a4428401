"""What the bench makes of a stream, tried on streams whose lateness, loss and marks are known."""

import numpy as np
import pytest
from support.rtp import RtpPacket

from audio.g711 import encode
from audio.levels import RATE_HZ
from bench.sound import NOON_UTC_S, minute_of_the_clock
from bench.wire import measure, pips_due

pytestmark = pytest.mark.unit

PACKET = 160
NS_PER_SAMPLE = 125_000
CODES = encode(minute_of_the_clock(), "ulaw")
FROM_S = 15.5
LENGTH_S = 11.0


def stream(
    late_ns: int = 0, jitter_ns: tuple[int, ...] = (0,), first_sequence: int = 65_500
) -> list[RtpPacket]:
    """Eleven seconds of the clock from 15.5 s after noon on, all of it late, and each packet by one of `jitter_ns`."""
    first = round(FROM_S * RATE_HZ)
    packets = []
    for number in range(round(LENGTH_S * RATE_HZ) // PACKET):
        sample = first + number * PACKET
        due_ns = NOON_UTC_S * 10**9 + sample * NS_PER_SAMPLE
        packets.append(
            RtpPacket(
                due_ns + late_ns + jitter_ns[number % len(jitter_ns)],
                ("10.0.0.1", 20000),
                ("10.0.0.2", 16384),
                0,
                False,
                (first_sequence + number) % 2**16,
                (2**32 - 4000 + number * PACKET) % 2**32,
                7,
                CODES[sample : sample + PACKET].tobytes(),
            )
        )
    return packets


@pytest.mark.parametrize("late_ms", [-0.5, 0.0, 0.3, 2.0, 40.0])
def test_the_mark_s_error_is_how_late_the_stream_is(late_ms: float):
    heard = measure(stream(round(late_ms * 1e6)))
    assert len(heard.mark_errors_ms) == heard.pips_due == 4
    assert heard.mark_errors_ms == pytest.approx([late_ms] * 4, abs=0.02)


def test_jitter_is_the_packets_lateness_and_no_error_of_the_mark():
    heard = measure(stream(jitter_ns=(0, 3_000_000, 7_000_000)))
    assert heard.mark_errors_ms == pytest.approx([0.0] * 4, abs=0.02)
    assert sorted(set(np.round(heard.late_ms, 3))) == [0.0, 3.0, 7.0]


def test_packets_that_were_never_sent_are_counted():
    packets = stream()
    del packets[100:103]
    heard = measure(packets)
    assert heard.lost == 3
    assert heard.share == pytest.approx(1 - 0.06 / LENGTH_S, abs=0.001)


def test_a_sender_that_falls_behind_gives_less_sound_than_time_passes():
    packets = stream()
    for number, packet in enumerate(packets):
        object.__setattr__(packet, "utc_ns", packet.utc_ns + number * 20_000_000)
    assert measure(packets).share == pytest.approx(0.5, abs=0.01)


def test_a_mark_that_is_missing_is_due_all_the_same():
    """Its packets carry silence."""
    packets = stream()
    begins = round((20 - FROM_S) * RATE_HZ) // PACKET
    silence = b"\xff" * PACKET
    for number in range(begins - 1, begins + 60):
        object.__setattr__(packets[number], "payload", silence)
    heard = measure(packets)
    assert heard.pips_due == 4
    assert len(heard.mark_errors_ms) == 3


@pytest.mark.parametrize(
    ("start_s", "length_s", "due"),
    [
        (0.5, 6.0, 0),
        (0.5, 11.3, 4),
        (0.5, 10.5, 3),
        (-0.05, 6.0, 0),
        (-0.2, 6.0, 1),
        (6.5, 1.0, 1),
        (6.5, 0.6, 0),
        (6.5, 60.0, 24),
    ],
)
def test_only_whole_pips_are_due(start_s: float, length_s: float, due: int):
    """Three pre-pips of 0.1 s at 7, 8 and 9 s, a mark at 0."""
    assert pips_due(NOON_UTC_S + start_s, length_s) == due
