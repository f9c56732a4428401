"""Hears the pips of a talking clock while the call runs, and says how far each mark is from UTC."""

import statistics
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from audio.pip_detector import find_onsets
from audio.pip_timing import error_ms
from audio.pips import PERIOD_S, PRE_PIP
from timekeeping.stream_clock import StreamClock

RATE_HZ = 8000
WINDOW_SAMPLES = 6 * RATE_HZ
STEP_SAMPLES = RATE_HZ
FULL_SCALE = 32768.0
LONGEST_S = PERIOD_S / 2
"""Between a mark and its own pips."""
CLOCK_WINDOW_NS = round(-min(PRE_PIP.offsets_s) * 1e9)
"""What the stream's clock is to look back upon. A service that changes from a prompt to its broadcast puts the stream on
another clock: whoever has heard a whole mark has heard the broadcast for so long, and no packet of the prompt counts."""


@dataclass(frozen=True, slots=True)
class MarkHeard:
    """A mark with all its pre-pips: its instant by the stream's clock, and how late most of them were (negative: early).

    Most of them, since a hole in one, of a packet that was lost or left out, puts that one at a wrong place.
    """

    utc_ns: int
    error_ms: float
    level_dbm0: float

    @property
    def clock_time(self) -> str:
        """The second that it marks, as HH:MM:SS of UTC."""
        return datetime.fromtimestamp(round(self.utc_ns / 1e9), UTC).strftime("%H:%M:%S")


class PipWatch:
    """Takes the samples of one call in their order and gives each complete mark once."""

    def __init__(self) -> None:
        self._heard = np.zeros(0, np.float64)
        self._first_sample = 0
        self._looked_at = 0
        self._last_mark = -RATE_HZ

    def hear(
        self, first_sample: int, pcm: NDArray[np.int16], clock: StreamClock, utc_offset_ns: int
    ) -> list[MarkHeard]:
        """Take samples; `clock` is the stream's in CLOCK_MONOTONIC, `utc_offset_ns` is UTC less that clock."""
        if first_sample != self._first_sample + len(self._heard):
            self._heard = np.zeros(0, np.float64)
            self._first_sample = first_sample
        self._heard = np.concatenate([self._heard, pcm / FULL_SCALE])[-WINDOW_SAMPLES:]
        end = first_sample + len(pcm)
        self._first_sample = end - len(self._heard)
        if end - self._looked_at < STEP_SAMPLES:
            return []
        self._looked_at = end
        return self._look(clock, utc_offset_ns)

    def _look(self, clock: StreamClock, utc_offset_ns: int) -> list[MarkHeard]:
        found: list[MarkHeard] = []
        start_utc_ns = clock.instant_ns(self._first_sample) + utc_offset_ns
        onsets = [onset for onset in find_onsets(self._heard) if onset.complete]
        for mark in onsets:
            sample = self._first_sample + mark.sample
            if 0.0 not in mark.pip.offsets_s or sample < self._last_mark + RATE_HZ:
                continue
            self._last_mark = round(sample)
            utc_ns = start_utc_ns + round(mark.sample * 1e9 / RATE_HZ)
            errors_ms = [
                error_ms(pip, start_utc_ns / 1e9)
                for pip in onsets
                if abs(pip.time_s - mark.time_s) < LONGEST_S
            ]
            found.append(MarkHeard(utc_ns, statistics.median(errors_ms), mark.level_dbm0))
        return found
