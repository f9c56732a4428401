"""One programme for many lines, and the media clock that counts its samples."""

from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from exchange.media.native import ffi, lib

SAMPLES_PER_SECOND = 8000
RING_SAMPLES = 131072
"""A broadcast keeps what was written up to so many samples before its newest."""


class NoBroadcastLeft(Exception):  # noqa: N818 - the reader's words
    """Eight broadcasts are open already."""


class Broadcast:
    """A ring of 16 seconds of sound, by sample number; silence where nothing was written."""

    def __init__(self) -> None:
        self.id: int = lib().bc_open()
        if self.id < 0:
            raise NoBroadcastLeft

    def write(self, first_sample: int, pcm: NDArray[np.int16]) -> None:
        """Put linear PCM at 8000 Hz where it belongs, over what was there.

        Raises:
            ValueError: the broadcast is closed, or the array is not flat int16.
        """
        if pcm.dtype != np.int16 or pcm.ndim != 1:
            raise ValueError(f"PCM must be a flat int16 array, not {pcm.ndim}-dimensional {pcm.dtype}")
        flat = np.ascontiguousarray(pcm)
        if lib().bc_write(self.id, first_sample, ffi().from_buffer("int16_t[]", flat), flat.size) < 0:
            raise ValueError("this broadcast is closed")

    def read(self, first_sample: int, count: int, *, a_law: bool = False) -> bytes:
        """Return what a listener gets: `count` samples as G.711 codes."""
        codes = bytearray(count)
        lib().bc_read(self.id, first_sample, int(a_law), ffi().from_buffer("uint8_t[]", codes), count)
        return bytes(codes)

    def close(self) -> None:
        """End it; who still listens hears silence. A second call does nothing."""
        lib().bc_close(self.id)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class MediaClock:
    """Samples of the monotonic clock, 8000 a second, and what they are in UTC."""

    def set_utc_offset_ns(self, offset_ns: int) -> None:
        """Tell the line UTC minus monotonic time; any step, at any time."""
        lib().line_set_utc(offset_ns)

    def sample_at_utc_ns(self, utc_ns: int) -> int:
        """Return the sample that leaves at an instant of UTC."""
        return int(lib().line_sample_at(utc_ns))

    def now_samples(self) -> int:
        """Return the sample of now."""
        return int(lib().line_now())

    def heartbeat(self) -> int:
        """Return a count that grows at least 50 times a second while the clock thread lives."""
        return int(lib().line_heartbeat())
