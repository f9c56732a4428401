"""Test tones: written to a WAV file, and found again in what was heard."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audio.wav import write_wav

AMPLITUDE = 8000


def write_tone(path: Path, frequency_hz: float, seconds: float, rate_hz: int = 8000) -> Path:
    """A WAV file with a sine, 12 dB below full scale; silence for 0 Hz."""
    time_s = np.arange(int(seconds * rate_hz)) / rate_hz
    write_wav(path, (AMPLITUDE * np.sin(2 * np.pi * frequency_hz * time_s)).astype(np.int16), rate_hz)
    return path


def share_at(
    pcm: NDArray[np.int16], frequency_hz: float, rate_hz: int = 8000, within_hz: float = 20
) -> float:
    """Which part of the energy, 0 to 1, lies at this frequency; 0 if there is none at all."""
    spectrum = np.abs(np.fft.rfft(pcm.astype(float) * np.hanning(len(pcm)))) ** 2
    frequencies_hz = np.fft.rfftfreq(len(pcm), 1 / rate_hz)
    near = np.abs(frequencies_hz - frequency_hz) < within_hz
    return float(spectrum[near].sum() / spectrum.sum()) if spectrum.any() else 0.0


def best_share_at(pcm: NDArray[np.int16], frequency_hz: float, rate_hz: int = 8000) -> float:
    """The share of the second that has most of it: a machine that is held up leaves a hole in what it plays or records."""
    begins = range(0, len(pcm) - rate_hz + 1, rate_hz // 8)
    return max((share_at(pcm[at : at + rate_hz], frequency_hz, rate_hz) for at in begins), default=0.0)
