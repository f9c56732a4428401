"""WAV files, against the standard library's reader and under hostile octets."""

import struct
import wave

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio import g711
from audio.wav import WavError, parse_wav, read_wav, write_wav

pytestmark = pytest.mark.unit

PCM = np.array([0, 1, -1, 32767, -32768, 1234, -4321], np.int16)


def riff(*chunks: tuple[bytes, bytes]):
    body = b"WAVE" + b"".join(
        name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def form(tag=1, channels=1, rate_hz=8000, bits=16, more=b""):
    return b"fmt ", struct.pack(
        "<HHIIHH", tag, channels, rate_hz, rate_hz * bits // 8, bits // 8, bits
    ) + more


def test_pcm_comes_back(tmp_path):
    path = tmp_path / "a.wav"
    write_wav(path, PCM, 48000)
    samples, rate_hz = read_wav(path)
    assert (samples.tolist(), rate_hz) == (PCM.tolist(), 48000)


def test_the_standard_library_reads_our_pcm(tmp_path):
    path = tmp_path / "a.wav"
    write_wav(path, PCM)
    with wave.open(str(path)) as reader:
        assert (reader.getnchannels(), reader.getsampwidth(), reader.getframerate()) == (1, 2, 8000)
        assert reader.readframes(100) == PCM.astype("<i2").tobytes()


def test_we_read_the_standard_librarys_stereo(tmp_path):
    """The first channel of two."""
    path = tmp_path / "a.wav"
    with wave.open(str(path), "wb") as writer:
        writer.setnchannels(2)
        writer.setsampwidth(2)
        writer.setframerate(16000)
        writer.writeframes(np.stack([PCM, PCM[::-1]], axis=1).astype("<i2").tobytes())
    samples, rate_hz = read_wav(path)
    assert (samples.tolist(), rate_hz) == (PCM.tolist(), 16000)


@pytest.mark.parametrize(("coding", "tag"), [("ulaw", 7), ("alaw", 6)])
def test_g711_is_kept_as_codes(tmp_path, coding, tag):
    """Format 7 is mu-law, 6 is A-law; the codes are in the file as they are, odd counts padded."""
    path = tmp_path / "a.wav"
    write_wav(path, PCM, coding=coding)
    codes = g711.encode(PCM, coding).tobytes()
    octets = path.read_bytes()
    assert struct.unpack_from("<HHIIHH", octets, 20) == (tag, 1, 8000, 8000, 1, 8)
    assert octets.endswith(b"data" + struct.pack("<I", len(codes)) + codes + b"\0")
    assert struct.unpack_from("<I", octets, 4) == (len(octets) - 8,)
    assert read_wav(path)[0].tolist() == g711.decode(codes, coding).tolist()


def test_other_chunks_are_passed_over():
    octets = riff(
        (b"LIST", b"odd"), form(), (b"junk", b""), (b"data", PCM.astype("<i2").tobytes()), (b"tail", b"x")
    )
    assert parse_wav(octets)[0].tolist() == PCM.tolist()


def test_the_extensible_form_names_its_coding():
    more = struct.pack("<HHI", 22, 16, 4) + struct.pack("<H", 1) + bytes(14)
    octets = riff(form(tag=0xFFFE, more=more), (b"data", PCM.astype("<i2").tobytes()))
    assert parse_wav(octets)[0].tolist() == PCM.tolist()


def test_a_recording_cut_short_is_read_as_far_as_it_goes():
    octets = riff(form(), (b"data", PCM.astype("<i2").tobytes()))
    assert parse_wav(octets[:-3])[0].tolist() == PCM[:-2].tolist()


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        (b"", "not a RIFF/WAVE file"),
        (b"OggS" + bytes(100), "not a RIFF/WAVE file"),
        (riff(form()), "no data chunk"),
        (riff((b"data", b"\0\0"), form()), "no fmt chunk before the data"),
        (riff((b"fmt ", b"\1\0"), (b"data", b"\0\0")), "no fmt chunk before the data"),
        (riff(form(tag=3, bits=32), (b"data", b"\0\0\0\0")), "format 3 with 32 bits"),
        (riff(form(bits=24), (b"data", b"\0\0\0")), "format 1 with 24 bits"),
        (riff(form(channels=0), (b"data", b"\0\0")), "in 0 channels"),
        (riff(form(rate_hz=0), (b"data", b"\0\0")), "at 0 Hz"),
    ],
)
def test_what_is_not_read_is_said(tmp_path, octets, reason):
    path = tmp_path / "bad.wav"
    path.write_bytes(octets)
    with pytest.raises(WavError, match=reason) as error:
        read_wav(path)
    assert str(path) in str(error.value)


@given(st.binary(max_size=200), st.booleans())
def test_any_octets_are_read_or_refused(octets, begins_well):
    head = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0@\x1f\0\0\x80>\0\0\2\0\x10\0" if begins_well else b""
    try:
        samples, rate_hz = parse_wav(head + octets)
    except WavError:
        return
    assert rate_hz > 0
    assert samples.dtype == np.int16


@given(st.lists(st.integers(-32768, 32767), max_size=50), st.sampled_from([8000, 44100]))
def test_any_samples_come_back(tmp_path_factory, samples, rate_hz):
    path = tmp_path_factory.mktemp("wav") / "a.wav"
    write_wav(path, np.array(samples, np.int16), rate_hz)
    assert (read_wav(path)[0].tolist(), read_wav(path)[1]) == (samples, rate_hz)
