"""A line's calls into a processor, by hand: for tests, and for a line simulated in memory."""

from types import TracebackType
from typing import Self

import numpy as np
from denwa_spandsp import ffi, lib
from numpy.typing import NDArray

from audio.processor import Happened, Processor

ABI = 2


class Driven:
    """The line's side of one processor. Owns a reference of its own until `close`, as a line does."""

    def __init__(self, processor: Processor) -> None:
        self._ops = processor.ops
        if lib.drive_abi(self._ops) != ABI:
            raise ValueError("the processor was built for another contract (audio/processor.h)")
        self._state = processor.share()

    def rx(self, pcm: NDArray[np.int16]) -> None:
        """Let it hear 16-bit samples (8000 Hz)."""
        samples = np.ascontiguousarray(pcm, np.int16)
        lib.drive_rx(self._ops, self._held(), ffi.from_buffer("int16_t[]", samples), len(samples))

    def tx(self, samples: int) -> NDArray[np.int16]:
        """What it says in the next `samples` samples."""
        pcm = np.empty(samples, np.int16)
        lib.drive_tx(
            self._ops, self._held(), ffi.from_buffer("int16_t[]", pcm, require_writable=True), samples
        )
        return pcm

    def poll(self) -> Happened:
        """What happened since the last poll."""
        return Happened(lib.drive_poll(self._ops, self._held()))

    def close(self) -> None:
        """Drop the processor, as a line does at the end of a call; any number of times."""
        if self._state:
            lib.drive_destroy(self._ops, self._state)
            self._state = 0

    def _held(self) -> int:
        if not self._state:
            raise ValueError("the processor was dropped")
        return self._state

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
