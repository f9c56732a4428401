"""The loudspeaker of the telephone in the terminal: whatever player the machine has."""

import contextlib
import os
import shutil
import subprocess

import numpy as np
from numpy.typing import NDArray

PLAYERS = (
    ("pw-play", "--raw", "--rate=8000", "--channels=1", "--format=s16", "-"),
    ("paplay", "--raw", "--rate=8000", "--channels=1", "--format=s16le"),
    ("aplay", "-q", "-t", "raw", "-f", "S16_LE", "-r", "8000", "-c", "1"),
)


class Speaker:
    """Plays samples through the first player that is installed; silent where none is, or where it fails."""

    def __init__(self) -> None:
        self.player = next((command[0] for command in PLAYERS if shutil.which(command[0])), "")
        self._process: subprocess.Popen[bytes] | None = None
        if self.player:
            command = next(command for command in PLAYERS if command[0] == self.player)
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            assert self._process.stdin is not None  # noqa: S101 - asked for above
            os.set_blocking(self._process.stdin.fileno(), False)

    def play(self, pcm: NDArray[np.int16]) -> None:
        """Play samples (8000 Hz); a player that does not keep up misses some, the call never waits for it."""
        if self._process is None or self._process.stdin is None:
            return
        try:
            os.write(self._process.stdin.fileno(), pcm.astype("<i2").tobytes())
        except BlockingIOError:
            return
        except OSError:
            self.close()

    def close(self) -> None:
        """Stop playing."""
        if self._process is None:
            return
        self._process.kill()
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        self._process.wait()
        self._process = None
        self.player = ""
