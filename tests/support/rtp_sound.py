"""The sound of an RTP stream, and when it was played: by the stream's own clock, as a jitter buffer would have it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from support.rtp import PCMA, RtpPacket

from audio.g711 import decode
from audio.levels import RATE_HZ
from audio.pip_detector import Onset, find_onsets
from audio.pip_timing import error_ms
from timekeeping.stream_clock import StreamClock

FULL_SCALE = 32768.0


@dataclass(frozen=True, slots=True)
class Sound:
    """A stream's samples from its first packet on, silence where one is missing.

    Attributes:
        samples: floats, 1.0 is full scale.
        start_utc_s: when the first of them was played, seconds of the epoch.
        late_ms: how late each packet was, against the stream's clock.
    """

    samples: NDArray[np.float64]
    start_utc_s: float
    late_ms: tuple[float, ...]

    def pips(self) -> list[Onset]:
        """The pips in it."""
        return find_onsets(self.samples)

    def marks(self) -> dict[int, float]:
        """The second of UTC of each complete mark, and its error in ms; positive is late."""
        found = {}
        for onset in self.pips():
            if onset.complete and 0.0 in onset.pip.offsets_s:
                found[round(self.start_utc_s + onset.time_s)] = error_ms(onset, self.start_utc_s)
        return found


def sound_of(packets: Sequence[RtpPacket]) -> Sound:
    """The sound of one stream of PCMU or PCMA, its packets in order of arrival, a few minutes at most."""
    first = packets[0]
    places = [(packet.timestamp_samples - first.timestamp_samples) % 2**32 for packet in packets]
    clock = StreamClock(window_ns=2**62)
    for place, packet in zip(places, packets, strict=True):
        clock.arrived(place, packet.utc_ns)
    samples = np.zeros(max(places) + RATE_HZ, np.float64)
    for place, packet in zip(places, packets, strict=True):
        law = "alaw" if packet.payload_type == PCMA else "ulaw"
        samples[place : place + len(packet.payload)] = decode(packet.payload, law) / FULL_SCALE
    late_ms = tuple(
        (packet.utc_ns - clock.instant_ns(place)) / 1e6 for place, packet in zip(places, packets, strict=True)
    )
    return Sound(samples, clock.instant_ns(0) / 1e9, late_ms)
