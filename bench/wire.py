"""What the sampled listeners were sent: how late each packet was, and how far each pip from its second of UTC."""

import math
import signal
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab.namespace import Namespace
from support.pcap import Datagram
from support.rtp import RtpPacket, rtp_streams
from support.rtp_sound import sound_of

from audio.levels import RATE_HZ
from audio.pip_timing import error_ms
from audio.pips import PERIOD_S, SCHEME

EDGE_S = 0.1
"""A pip nearer to the recording's ends than this does not count: it may be cut."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One stream over the window.

    Attributes:
        late_ms: of each packet, against the stream's own clock: the line under all arrivals.
        mark_errors_ms: of each pip, by that clock and UTC; positive is late.
        lost: packets that the sequence numbers miss.
        share: of the time between its first packet and its last, how much had sound.
        pips_due: how many pips there were to hear.
    """

    late_ms: tuple[float, ...]
    mark_errors_ms: tuple[float, ...]
    lost: int
    share: float
    pips_due: int


SILENT = Heard((), (), 0, 0.0, 0)
"""A listener to whom nothing came."""


@contextmanager
def recording(namespace: Namespace, path: Path, card: str) -> Iterator[None]:
    """While in the scope, record all UDP that leaves by a network card, each with the kernel's time of its sending."""
    command = ["tcpdump", "-i", card, "-n", "-B", "32768", "-s", "2048", "-Z", "root", "--immediate-mode"]
    command += ["--time-stamp-precision=nano", "-w", str(path), "udp"]
    with namespace.popen(command, stderr=subprocess.PIPE, text=True) as tcpdump:
        assert tcpdump.stderr is not None
        for line in tcpdump.stderr:
            if "listening on" in line:
                break
        yield
        tcpdump.send_signal(signal.SIGINT)


def streams(datagrams: Iterable[Datagram]) -> list[Heard]:
    """Each RTP stream among them."""
    return [measure(packets) for packets in rtp_streams(datagrams).values()]


def measure(packets: list[RtpPacket]) -> Heard:
    """One stream of PCMU packets, in order of arrival, a few minutes at most."""
    first = packets[0]
    sound = sound_of(packets)
    length_s = len(sound.samples) / RATE_HZ - 1
    errors_ms = tuple(
        error_ms(onset, sound.start_utc_s)
        for onset in sound.pips()
        if onset.time_s >= EDGE_S and onset.time_s + onset.pip.length_s <= length_s - EDGE_S
    )
    numbers = {(packet.sequence - first.sequence) % 2**16 for packet in packets}
    due = pips_due(sound.start_utc_s, length_s)
    sound_s = sum(len(packet.payload) for packet in packets[1:]) / RATE_HZ
    share = sound_s / max(1e-9, (packets[-1].utc_ns - first.utc_ns) / 1e9)
    return Heard(sound.late_ms, errors_ms, max(numbers) + 1 - len(numbers), share, due)


def pips_due(start_utc_s: float, length_s: float) -> int:
    """How many pips lie wholly in a recording that begins at that instant, both in seconds."""
    lengths_s = {offset_s % PERIOD_S: pip.length_s for pip in SCHEME for offset_s in pip.offsets_s}
    first, last = math.floor(start_utc_s), math.ceil(start_utc_s + length_s)
    return sum(
        start_utc_s + EDGE_S <= second
        and second + lengths_s[second % PERIOD_S] + EDGE_S <= start_utc_s + length_s
        for second in range(first, last + 1)
        if second % PERIOD_S in lengths_s
    )
