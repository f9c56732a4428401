"""A monotonic clock that runs many times as fast, simulated for a child process by a preloaded library."""

import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("fast_clock.c")
TIMES = 40
"""64*T1 is 0.8 s of real time then: a busy machine can still answer within it."""


def fast_clock(folder: Path) -> dict[str, str]:
    """Build the library in a folder; the environment by which a child has it."""
    library = folder / "fast_clock.so"
    flags = ["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
    subprocess.run(["gcc", *flags, str(SOURCE), "-o", str(library)], check=True)
    return {"LD_PRELOAD": str(library), "FAST_CLOCK": str(TIMES)}
