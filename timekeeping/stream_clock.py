"""When the samples of an RTP stream are played by a jitter buffer of constant delay.

Packets come late by what the network adds, never early. The line under all arrivals is the stream's own
clock; how far a single packet lies above it is jitter, which a buffer takes away.
"""

from collections import deque

WINDOW_NS = 20_000_000_000
SAMPLE_NS = 125_000


class StreamClock:
    """Fits sample numbers of one stream to a clock in nanoseconds (any clock that all arrivals share).

    The lower envelope is taken over the last 20 s: crystals that differ by 1 ppm put it off by 20 us at most.
    """

    def __init__(self, window_ns: int = WINDOW_NS) -> None:
        self._window_ns = window_ns
        self._lowest: deque[tuple[int, int]] = deque()

    def arrived(self, first_sample: int, arrival_ns: int) -> None:
        """A packet whose first sample has that number came at that instant. Call in order of arrival."""
        start_ns = arrival_ns - first_sample * SAMPLE_NS
        while self._lowest and self._lowest[-1][1] >= start_ns:
            self._lowest.pop()
        self._lowest.append((arrival_ns, start_ns))
        while self._lowest[0][0] < arrival_ns - self._window_ns:
            self._lowest.popleft()

    def instant_ns(self, sample: float) -> int:
        """When a sample is played, in the arrivals' clock. Raises LookupError before the first arrival."""
        if not self._lowest:
            raise LookupError("no packet has come yet")
        return self._lowest[0][1] + round(sample * SAMPLE_NS)
