"""G.711's tables, against the Recommendation's own rules and against sums fixed here."""

import hashlib
import math
import sys
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio import g711
from audio.g711 import Law

pytestmark = pytest.mark.unit

ALL_SAMPLES = np.arange(-32768, 32768).astype(np.int16)
ALL_CODES = bytes(range(256))
LAWS: tuple[Law, Law] = ("ulaw", "alaw")


def ulaw_value(code: int) -> int:
    """G.711 tables 2a and 2b, by their formula: sign, 3 bits of segment, 4 bits of interval, all inverted."""
    bits = ~code & 0xFF
    magnitude = ((2 * (bits & 15) + 33) << (bits >> 4 & 7)) - 33
    return -magnitude if bits & 0x80 else magnitude


def alaw_value(code: int) -> int:
    """G.711 tables 1a and 1b, by their formula: the even bits inverted, the sign bit set for positive values."""
    bits = code ^ 0x55
    segment = bits >> 4 & 7
    magnitude = 2 * (bits & 15) + 1 + (32 if segment else 0)
    magnitude <<= max(segment - 1, 0)
    return magnitude if bits & 0x80 else -magnitude


def ulaw_decisions() -> list[int]:
    """Decision values x_1 to x_128 on 14 bits: 16 steps of 2 after a first one of 1, then eight segments that double."""
    values = [1]
    for segment in range(8):
        values += [values[-1] + (2 << segment) * (i + 1) for i in range(15 if segment == 0 else 16)]
    return values


def alaw_decisions() -> list[int]:
    """Decision values x_1 to x_128 on 13 bits: 32 steps of 2, then six segments whose steps double."""
    values = [2 * (i + 1) for i in range(32)]
    for segment in range(6):
        values += [values[-1] + (4 << segment) * (i + 1) for i in range(16)]
    return values


RULES = {
    "ulaw": (2, ulaw_value, ulaw_decisions(), 8159),
    "alaw": (3, alaw_value, alaw_decisions(), 4096),
}


@pytest.mark.parametrize("law", LAWS)
def test_decision_values_end_where_the_recommendation_ends(law):
    """The virtual decision value x_128 is 8159 (mu-law) and 4096 (A-law): our rule is the tables' rule."""
    _, _, decisions, last = RULES[law]
    assert (len(decisions), decisions[-1]) == (128, last)


@pytest.mark.parametrize("law", LAWS)
def test_every_code_decodes_to_the_formula(law):
    """All 256 codes decode to the quantised value, scaled to 16 bits."""
    shift, value, _, _ = RULES[law]
    assert g711.decode(ALL_CODES, law).tolist() == [value(code) << shift for code in range(256)]


@pytest.mark.parametrize("law", LAWS)
def test_every_sample_lies_between_the_decision_values_of_its_code(law):
    """All 65536 samples: the code's interval, closed at both ends, holds the sample's upper bits; signs agree."""
    shift, value, decisions, _ = RULES[law]
    edges = [0, *decisions[:-1], 1 << 15]  # beyond the last one is overload: the loudest code
    intervals = {}
    for code in range(256):
        number = sorted({abs(value(c)) for c in range(256)}).index(abs(value(code)))
        low, high = edges[number], edges[number + 1]
        positive = code & 0x80 != 0
        intervals[code] = (low, high) if positive else (-high, -low)
    lows, highs = (np.array([intervals[code][side] for code in range(256)]) for side in (0, 1))
    codes = g711.encode(ALL_SAMPLES, law)
    upper_bits = ALL_SAMPLES.astype(int) >> shift
    assert np.all((lows[codes] <= upper_bits) & (upper_bits <= highs[codes]))


@pytest.mark.parametrize("law", LAWS)
def test_the_encoder_never_falls(law):
    """A louder sample never gets a quieter value: decoding the encoded samples is monotonic."""
    decoded = g711.decode(g711.encode(ALL_SAMPLES, law), law).astype(int)
    assert np.all(np.diff(decoded) >= 0)


@pytest.mark.parametrize("law", LAWS)
def test_codes_survive_decoding_and_encoding(law):
    """Every code comes back, but mu-law's minus zero, which becomes plus zero."""
    back = g711.encode(g711.decode(ALL_CODES, law), law).tobytes()
    assert back == (ALL_CODES.replace(b"\x7f", b"\xff") if law == "ulaw" else ALL_CODES)


SUMS = {
    ("ulaw", "encode"): "81d633c9e6972a18c74a58720b96cb8ca0bdd096d4060b646dd708c3b846019a",
    ("ulaw", "decode"): "3dab54339e520bb2c924826e3b72a917a2b612e9fd12fc867500f1d983a75827",
    ("alaw", "encode"): "38488f6fd710f4686360edc4d38639f96c491595ef93f8eb8d62d5e07ca6ce7b",
    ("alaw", "decode"): "e04788d110e58ff8c70c93b8480190d973e3b67876b6119abbaec766cc75c174",
}


@pytest.mark.parametrize(("law", "way"), SUMS)
def test_tables_have_the_known_sums(law, way):
    """SHA-256 of the whole tables as Python's audioop had them up to 3.12 (little-endian 16-bit samples)."""
    table = g711.encode(ALL_SAMPLES, law) if way == "encode" else g711.decode(ALL_CODES, law).astype("<i2")
    assert hashlib.sha256(table.tobytes()).hexdigest() == SUMS[law, way]


@pytest.mark.skipif(
    sys.version_info >= (3, 13), reason="audioop left the standard library in 3.13; the sums hold"
)
def test_tables_equal_audioop():
    """An implementation that is not ours agrees on all samples and codes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import audioop  # noqa: PLC0415
    linear = ALL_SAMPLES.astype("<i2").tobytes()
    assert g711.encode(ALL_SAMPLES, "ulaw").tobytes() == audioop.lin2ulaw(linear, 2)
    assert g711.encode(ALL_SAMPLES, "alaw").tobytes() == audioop.lin2alaw(linear, 2)
    assert g711.decode(ALL_CODES, "ulaw").astype("<i2").tobytes() == audioop.ulaw2lin(ALL_CODES, 2)
    assert g711.decode(ALL_CODES, "alaw").astype("<i2").tobytes() == audioop.alaw2lin(ALL_CODES, 2)


@pytest.mark.parametrize("law", LAWS)
def test_zero_is_the_silence_code(law):
    assert g711.encode(np.zeros(3, np.int16), law).tolist() == [g711.SILENCE[law]] * 3


@pytest.mark.parametrize("dbfs", [-3.2, -10.0, -20.0, -30.0])
def test_both_laws_are_equally_loud(dbfs):
    """A sine sounds alike in either law: within 0.1 dB from full level down to -30 dB."""
    sine = 32767 * 10 ** (dbfs / 20) * np.sin(2 * np.pi * 1004 * np.arange(8000) / 8000)
    powers = [
        np.mean(g711.decode(g711.encode(sine.astype(np.int16), law), law).astype(float) ** 2) for law in LAWS
    ]
    assert abs(10 * math.log10(powers[0] / powers[1])) < 0.1


@given(st.lists(st.integers(-32768, 32767)), st.sampled_from(LAWS))
def test_any_shape_is_kept(samples, law):
    pcm = np.array(samples, np.int16).reshape(1, -1)
    codes = g711.encode(pcm, law)
    assert codes.shape == pcm.shape
    assert codes.dtype == np.uint8
    assert g711.decode(codes, law).shape == pcm.shape
