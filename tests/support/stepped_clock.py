"""UTC that a test steps, simulated for child processes by a preloaded library: the machine's own clock stays as it is."""

import mmap
import struct
from pathlib import Path
from typing import Self


class SteppedClock:
    """The UTC of those children that get its `environment`."""

    def __init__(self, library: Path, path: Path) -> None:
        """Keep the step in a file at `path`; none at first."""
        path.write_bytes(bytes(8))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), 8)
        self.environment = {"LD_PRELOAD": str(library), "STEPPED_CLOCK": str(path)}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._shared.close()

    def step(self, by_ns: int) -> None:
        """Set the children's UTC so far from the machine's."""
        self._shared[:] = struct.pack("=q", by_ns)
