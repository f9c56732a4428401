"""ITU-T G.711 by tables: 16-bit linear PCM to and from mu-law and A-law.

The laws are defined on 14 bits (mu-law, tables 2a and 2b) and 13 bits (A-law, tables 1a and 1b): the lower bits of a 16-bit
sample do not count, as in every encoder in use. Both scale to the same 16 bits, so that equal samples are equally loud in
either law: 0 dBm0 is a sine 3.17 dB (mu-law) or 3.14 dB (A-law) below full scale.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Law = Literal["ulaw", "alaw"]

SILENCE: dict[Law, int] = {"ulaw": 0xFF, "alaw": 0xD5}
"""The code of a zero sample."""

_SEGMENT = np.repeat(np.arange(8), 16)
_STEP = np.tile(2 * np.arange(16), 8)

# Per code magnitude 0..127: the quantised value (column 8 of the Recommendation's tables) and the lower decision value.
_ULAW_VALUES = (_STEP + 33 << _SEGMENT) - 33
_ULAW_DECISIONS = (_STEP + 32 << _SEGMENT) - 33
_ALAW_SHIFT = np.maximum(_SEGMENT - 1, 0)
_ALAW_LEADING = np.where(_SEGMENT > 0, 32, 0)
_ALAW_VALUES = _STEP + _ALAW_LEADING + 1 << _ALAW_SHIFT
_ALAW_DECISIONS = _STEP + _ALAW_LEADING << _ALAW_SHIFT


def _ulaw_decoder() -> NDArray[np.int16]:
    magnitude = 4 * _ULAW_VALUES[::-1]  # all bits are inverted: code 0x80 is the loudest, 0xFF the quietest
    return np.concatenate([-magnitude, magnitude]).astype(np.int16)


def _alaw_decoder() -> NDArray[np.int16]:
    magnitude = 8 * _ALAW_VALUES
    by_bits = np.concatenate([-magnitude, magnitude])  # the even bits of a code are inverted
    return np.asarray(by_bits[np.arange(256) ^ 0x55], np.int16)


def _ulaw_encoder() -> NDArray[np.uint8]:
    sample = np.arange(-32768, 32768) >> 2
    number = np.searchsorted(_ULAW_DECISIONS[1:], np.abs(sample), side="right")
    return np.asarray(np.where(sample < 0, 0x7F - number, 0xFF - number), np.uint8)


def _alaw_encoder() -> NDArray[np.uint8]:
    sample = np.arange(-32768, 32768) >> 3
    number = np.searchsorted(_ALAW_DECISIONS[1:], np.where(sample < 0, ~sample, sample), side="right")
    return np.asarray(np.where(sample < 0, number, number | 0x80) ^ 0x55, np.uint8)


_DECODERS: dict[Law, NDArray[np.int16]] = {"ulaw": _ulaw_decoder(), "alaw": _alaw_decoder()}
_ENCODERS: dict[Law, NDArray[np.uint8]] = {"ulaw": _ulaw_encoder(), "alaw": _alaw_encoder()}


def encode(pcm: NDArray[np.int16], law: Law) -> NDArray[np.uint8]:
    """Codes of 16-bit linear samples, any shape."""
    return _ENCODERS[law][np.asarray(pcm, np.int16).astype(np.int64) + 32768]


def decode(codes: NDArray[np.uint8] | bytes, law: Law) -> NDArray[np.int16]:
    """16-bit linear samples of codes: an array of any shape, or octets."""
    octets = np.frombuffer(codes, np.uint8) if isinstance(codes, bytes) else codes
    return _DECODERS[law][octets]
