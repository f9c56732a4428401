"""UTC that a test steps, simulated for child processes by a preloaded library: the machine's own clock stays as it is."""

import mmap
import struct
from pathlib import Path
from typing import Self

_STEPS = struct.Struct("=qq")
"""Of UTC, and of CLOCK_BOOTTIME."""


class SteppedClock:
    """The UTC of those children that get its `environment`."""

    def __init__(self, library: Path, path: Path) -> None:
        """Keep the step in a file at `path`; none at first."""
        path.write_bytes(bytes(_STEPS.size))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), _STEPS.size)
        self.environment = {"LD_PRELOAD": str(library), "STEPPED_CLOCK": str(path)}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._shared.close()

    def step(self, by_ns: int) -> None:
        """Set the children's UTC so far from the machine's."""
        self._shared[:] = _STEPS.pack(by_ns, 0)

    def sleep(self, for_ns: int) -> None:
        """Let it be for the children as if the machine had slept so long: only their monotonic clock stood still."""
        self._shared[:] = _STEPS.pack(for_ns, for_ns)
