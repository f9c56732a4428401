"""How the build speaks: progress and plain reasons on stderr; stdout is the wheel's path alone."""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path


class BuildError(Exception):
    """The build cannot go on; the text says why and what to do."""


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(f"pjsip: {text}", file=sys.stderr, flush=True)  # noqa: T201


def step(name: str, command: Sequence[str], folder: Path, env: Mapping[str, str] | None = None) -> str:
    """Run one command, quiet unless it fails, and tell how long it took.

    Returns:
        What it printed on stdout.

    Raises:
        BuildError: with the end of its output.
    """
    began_s = time.monotonic()
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-30:])
        raise BuildError(f"{name} failed ({' '.join(command[:3])} …):\n{tail}")
    took_s = time.monotonic() - began_s
    if took_s >= 1:
        say(f"{name}: {took_s:.0f} s")
    return done.stdout
