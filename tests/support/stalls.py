"""For how long the machine let nothing of ours run: what a bound on real time must allow beside its own."""

import math
import threading
import time
from typing import Self

_NAP_S = 0.005


class Stalls:
    """Notes, while in its scope, by how much a thread that naps all the time is late at most."""

    def __init__(self) -> None:
        self._noted_s = 0.0
        self._napping_since_monotonic_s = time.monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._nap, name="stalls")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._noted_s = self.longest_s
        self._napping_since_monotonic_s = math.inf

    @property
    def longest_s(self) -> float:
        """The longest stall so far in seconds, one included that the thread itself has still to notice."""
        return max(self._noted_s, time.monotonic() - self._napping_since_monotonic_s - _NAP_S)

    def _nap(self) -> None:
        while not self._over.wait(_NAP_S):
            self._noted_s = self.longest_s
            self._napping_since_monotonic_s = time.monotonic()
