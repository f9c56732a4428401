"""WAV files: mono, 16-bit PCM or G.711, any rate."""

import struct
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from audio import g711

Coding = Literal["pcm", "ulaw", "alaw"]

_FORMATS: dict[Coding, tuple[int, int]] = {"pcm": (1, 2), "alaw": (6, 1), "ulaw": (7, 1)}
_EXTENSIBLE = 0xFFFE


class WavError(ValueError):
    """The file is no WAV file that denwa reads; the message says why."""


def write_wav(path: Path, pcm: NDArray[np.int16], rate_hz: int = 8000, coding: Coding = "pcm") -> None:
    """Write 16-bit samples, as they are or as G.711."""
    tag, width = _FORMATS[coding]
    data = pcm.astype("<i2").tobytes() if coding == "pcm" else g711.encode(pcm, coding).tobytes()
    form = struct.pack("<HHIIHH", tag, 1, rate_hz, rate_hz * width, width, 8 * width)
    if coding == "pcm":
        chunks = _chunk(b"fmt ", form) + _chunk(b"data", data)
    else:  # other codings carry the length of an extension (none), and their count of samples
        fact = struct.pack("<I", len(pcm))
        chunks = _chunk(b"fmt ", form + b"\0\0") + _chunk(b"fact", fact) + _chunk(b"data", data)
    path.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks)


def read_wav(path: Path) -> tuple[NDArray[np.int16], int]:
    """Samples of the first channel, and the rate in Hz.

    Raises:
        WavError: the file is none, or of another coding.
        OSError: it cannot be read.
    """
    try:
        return parse_wav(path.read_bytes())
    except WavError as error:
        raise WavError(f"{path}: {error}") from error


def parse_wav(octets: bytes) -> tuple[NDArray[np.int16], int]:
    """`read_wav` of a file's octets. A data chunk that says more than is there (a recording cut short) is read as far as it goes."""
    if octets[:4] != b"RIFF" or octets[8:12] != b"WAVE":
        raise WavError("not a RIFF/WAVE file")
    form, data, at = b"", None, 12
    while at + 8 <= len(octets) and data is None:
        name, (size,) = octets[at : at + 4], struct.unpack_from("<I", octets, at + 4)
        body = octets[at + 8 : at + 8 + size]
        if name == b"fmt ":
            form = body
        elif name == b"data":
            data = body
        at += 8 + size + size % 2
    if len(form) < 16 or data is None:
        raise WavError("no fmt chunk before the data" if data is not None else "no data chunk")
    tag, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", form)
    if tag == _EXTENSIBLE and len(form) >= 26:
        (tag,) = struct.unpack_from("<H", form, 24)
    coding = {(1, 16): "pcm", (7, 8): "ulaw", (6, 8): "alaw"}.get((tag, bits))
    if coding is None or channels == 0 or rate_hz == 0:
        raise WavError(f"format {tag} with {bits} bits in {channels} channels at {rate_hz} Hz is not read")
    if coding == "pcm":
        samples = np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.int16)
    else:
        samples = g711.decode(data, "ulaw" if coding == "ulaw" else "alaw")
    return samples[::channels].copy(), rate_hz


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
