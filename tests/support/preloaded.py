"""Libraries that a test puts before the system's own in a child process (LD_PRELOAD)."""

import subprocess
from pathlib import Path

FLAGS = ["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]


def build_preloaded(name: str, folder: Path) -> Path:
    """Build `name`.c of this folder into another one; the library."""
    library = folder / f"{name}.so"
    source = Path(__file__).with_name(f"{name}.c")
    subprocess.run(["gcc", *FLAGS, str(source), "-o", str(library)], check=True)
    return library
