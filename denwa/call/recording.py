"""What the telephone in the terminal heard, as a WAV file of its own user."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audio.wav import write_wav


class Heard:
    """Collects samples by their number; what was missed is silence, so that the file keeps time."""

    def __init__(self) -> None:
        self._pieces: list[NDArray[np.int16]] = []
        self._samples = 0

    def add(self, first_sample: int, pcm: NDArray[np.int16]) -> None:
        """Add samples that follow in time, after a gap or not."""
        if first_sample > self._samples:
            self._pieces.append(np.zeros(first_sample - self._samples, np.int16))
        self._pieces.append(pcm)
        self._samples = first_sample + len(pcm)

    def save(self, path: Path) -> float:
        """Write the file and give its length in seconds. Raises OSError."""
        pcm = np.concatenate(self._pieces) if self._pieces else np.zeros(0, np.int16)
        write_wav(path, pcm)
        return len(pcm) / 8000
