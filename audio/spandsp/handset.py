"""The processor of a telephone: Python hears what came, and when, and says what it likes."""

from dataclasses import dataclass

import numpy as np
from denwa_spandsp import ffi, lib
from numpy.typing import NDArray

from audio.spandsp.native import NativeProcessor

_SAMPLES = 8000
_NOTES = 256


@dataclass(frozen=True, slots=True)
class Arrival:
    """Sample number `first_sample` (from 0) came at `monotonic_ns` of CLOCK_MONOTONIC."""

    first_sample: int
    monotonic_ns: int


class Handset(NativeProcessor):
    """Ear and mouth; must be read at least every 7 s, or loses what was oldest."""

    def __init__(self) -> None:
        super().__init__(lib.handset_new(), lib.handset_ops(), lib.handset_share, lib.handset_free)

    def read(self) -> tuple[int, NDArray[np.int16]]:
        """The number of the first unread sample, and up to one second of samples from there."""
        pcm = np.empty(_SAMPLES, np.int16)
        first = ffi.new("long long *")
        taken = lib.handset_read(
            self.state, ffi.from_buffer("int16_t[]", pcm, require_writable=True), _SAMPLES, first
        )
        return int(first[0]), pcm[:taken]

    def write(self, pcm: NDArray[np.int16]) -> int:
        """Say samples after those that still wait; returns how many found room (8 s in all)."""
        pcm = np.ascontiguousarray(pcm, np.int16)
        return int(lib.handset_write(self.state, ffi.from_buffer("int16_t[]", pcm), len(pcm)))

    def arrivals(self) -> list[Arrival]:
        """When samples came, since the last call."""
        notes = ffi.new("struct handset_arrival[]", _NOTES)
        found: list[Arrival] = []
        while taken := lib.handset_arrivals(self.state, notes, _NOTES):
            found += [Arrival(int(notes[i].first_sample), int(notes[i].monotonic_ns)) for i in range(taken)]
        return found
