"""The parts in C that know no PJSIP, alone and under the compiler's sanitizers."""

import ctypes
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.pcap import Datagram
from support.rtp import parse_rtp

pytestmark = pytest.mark.native

ROOT = Path(__file__).resolve().parents[3]
MEDIA = ROOT / "exchange" / "media"
HARNESSES = Path(__file__).parent / "native"
STRICT = ["-g", "-O1", "-Wall", "-Wextra", "-Werror", f"-I{ROOT}", f"-I{MEDIA}"]


def build(target, flags, sources):
    """Compile sources of ours with every warning an error."""
    subprocess.run(["gcc", *STRICT, *flags, *map(str, sources), "-o", str(target), "-lpthread"], check=True)
    return target


@pytest.mark.parametrize("seed", [1, 2])
def test_mutated_packets_never_leave_their_memory_or_their_bounds(tmp_path, scaled, seed):
    """A million packets for the parser and the time line: no report, never more samples than a packet may be worth."""
    flags = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    sources = HARNESSES / "fuzz_timeline.c", MEDIA / "timeline.c", MEDIA / "rtp.c"
    fuzz = build(tmp_path / "fuzz", flags, sources)
    packets = scaled(300_000, 100_000_000)
    done = subprocess.run([fuzz, str(packets), str(seed)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "samples" in done.stdout


def test_flags_are_never_lost_and_never_raced(tmp_path, scaled):
    """All 4095 slots used three times over, digits unread, four writers and a reader: no report, nothing lost."""
    race = build(tmp_path / "race", ["-fsanitize=thread"], [HARNESSES / "race_events.c", MEDIA / "events.c"])
    rounds = scaled(20, 2000)
    done = subprocess.run([race, str(rounds)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "all flags reported" in done.stdout


class Packet(ctypes.Structure):
    """struct rtp_packet of rtp.h."""

    _fields_ = (
        ("payload_type", ctypes.c_int),
        ("marker", ctypes.c_int),
        ("sequence", ctypes.c_uint16),
        ("timestamp", ctypes.c_uint32),
        ("ssrc", ctypes.c_uint32),
        ("payload", ctypes.c_void_p),
        ("size", ctypes.c_int),
    )


@pytest.fixture(scope="module")
def parser(tmp_path_factory):
    """rtp.c as a library of its own."""
    return ctypes.CDLL(
        str(build(tmp_path_factory.mktemp("rtp") / "rtp.so", ["-shared", "-fPIC"], [MEDIA / "rtp.c"]))
    )


@given(
    first=st.integers(0x80, 0xBF) | st.integers(0, 255),
    rest=st.binary(max_size=80),
)
def test_the_parser_agrees_with_another_one(parser, first, rest):
    """Ours in C and the tests' in Python take the same datagrams for RTP, and find the same in them."""
    octets = bytes([first]) + rest
    block = ctypes.create_string_buffer(octets, len(octets))
    packet = Packet()
    kind = parser.rtp_parse(block, ctypes.c_long(len(octets)), ctypes.byref(packet))
    other = parse_rtp(Datagram(0, ("", 0), ("", 0), octets))
    assert (kind == 0) == (other is not None)
    if other is not None:
        begin = packet.payload - ctypes.addressof(block)
        assert octets[begin : begin + packet.size] == other.payload
        assert (packet.payload_type, packet.marker) == (other.payload_type, other.marker)
        assert (packet.sequence, packet.timestamp, packet.ssrc) == (
            other.sequence,
            other.timestamp_samples,
            other.ssrc,
        )


@given(
    st.integers(0, 127),
    st.booleans(),
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFFFFFFFF),
    st.integers(0, 0xFFFFFFFF),
    st.binary(max_size=40),
)
def test_a_header_written_is_the_header_read(
    parser, payload_type, marker, sequence, timestamp, ssrc, payload
):
    """What sender.c writes, another parser reads."""
    header = ctypes.create_string_buffer(12)
    numbers = ctypes.c_uint16(sequence), ctypes.c_uint32(timestamp), ctypes.c_uint32(ssrc)
    parser.rtp_header(header, payload_type, int(marker), *numbers)
    packet = parse_rtp(Datagram(0, ("", 0), ("", 0), header.raw + payload))
    if 64 <= payload_type <= 95:
        assert packet is None
    else:
        assert (packet.payload_type, packet.marker) == (payload_type, marker)
        assert (packet.sequence, packet.timestamp_samples, packet.ssrc) == (sequence, timestamp, ssrc)
        assert packet.payload == payload
