"""A media clock and a broadcast in virtual time: what is read by then is heard, and can no longer be changed."""

import numpy as np
from numpy.typing import NDArray
from support.simulated_clock import SimulatedClock

SAMPLE_NS = 125_000
PACKET_SAMPLES = 480
"""The longest packet that a listener may ask for, 60 ms."""


class SimulatedMediaClock:
    """Counts samples of a simulated monotonic clock, on the grid of UTC's whole seconds."""

    def __init__(self, clock: SimulatedClock) -> None:
        self._clock = clock
        self.offset_ns = 0

    @property
    def phase_ns(self) -> int:
        """By how much the samples lie later than multiples of 125 us, so that UTC's seconds are among them."""
        return -self.offset_ns % SAMPLE_NS

    def now_samples(self) -> int:
        return (self._clock.true_monotonic_ns - self.phase_ns) // SAMPLE_NS

    def sample_at_utc_ns(self, utc_ns: int) -> int:
        return (utc_ns - self.offset_ns - self.phase_ns + SAMPLE_NS // 2) // SAMPLE_NS

    def set_utc_offset_ns(self, offset_ns: int) -> None:
        self.offset_ns = offset_ns


class SimulatedBroadcast:
    """Records what a listener hears whose packets leave a packet's length before now."""

    def __init__(self, first_sample: int, room_samples: int) -> None:
        self.first_sample = first_sample
        self.heard_until = first_sample
        self._ring = np.zeros(room_samples, np.int16)
        self._written = np.zeros(room_samples, bool)
        self._begun = False
        self.starved_samples = 0

    def write(self, first_sample: int, pcm: NDArray[np.int16]) -> None:
        if first_sample < self.heard_until:
            raise AssertionError(f"{self.heard_until - first_sample} samples changed that were heard already")
        at = first_sample - self.first_sample
        self._ring[at : at + len(pcm)] = pcm
        self._written[at : at + len(pcm)] = True
        if not self._begun:
            self._begun = True
            self._written[:at] = True  # silence, as the ring was made

    def hear_until(self, sample: int) -> None:
        """Let all packets leave whose samples begin before this one."""
        sample = max(sample, self.heard_until)
        at = slice(self.heard_until - self.first_sample, sample - self.first_sample)
        self.starved_samples += int(np.count_nonzero(~self._written[at]))
        self._ring[at][~self._written[at]] = 0
        self.heard_until = sample

    @property
    def heard(self) -> NDArray[np.int16]:
        """All that was heard, from `first_sample` on."""
        return self._ring[: self.heard_until - self.first_sample]
