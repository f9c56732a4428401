"""A programme in which every millisecond tells its own number, exact in mu-law: what was heard says when it belongs."""

import numpy as np
from numpy.typing import NDArray

from audio.g711 import decode

SAMPLES_PER_MS = 8
MS_MODULUS = 1 << 28
_BEGINS = 0x00
_FILLS = bytes((0x01, 0x02, 0x03))


def numbered_codes(first_sample: int, count: int) -> bytes:
    """Mu-law codes of `count` samples from `first_sample` on."""
    first_ms = first_sample // SAMPLES_PER_MS
    last_ms = (first_sample + count - 1) // SAMPLES_PER_MS
    codes = b"".join(_millisecond(ms % MS_MODULUS) for ms in range(first_ms, last_ms + 1))
    begin = first_sample - first_ms * SAMPLES_PER_MS
    return codes[begin : begin + count]


def numbered_pcm(first_sample: int, count: int) -> NDArray[np.int16]:
    """The same as linear PCM."""
    return decode(numbered_codes(first_sample, count), "ulaw")


def first_sample_of(payload: bytes) -> int | None:
    """The number of a payload's first sample, modulo 8 * MS_MODULUS; None when it is not of the programme, whole."""
    begin = payload.find(_BEGINS)
    if not 0 <= begin < SAMPLES_PER_MS or len(payload) < begin + SAMPLES_PER_MS:
        return None
    digits = payload[begin + 1 : begin + 5]
    ms = sum((octet & 0x7F) << 7 * place for place, octet in enumerate(digits))
    first_sample = ms * SAMPLES_PER_MS - begin
    return first_sample if payload == numbered_codes(first_sample, len(payload)) else None


def _millisecond(ms: int) -> bytes:
    digits = bytes(0x80 | ms >> 7 * place & 0x7F for place in range(4))
    return bytes((_BEGINS,)) + digits + _FILLS
