"""Who is measured: denwa as it is started by anybody, and beside it an Asterisk that plays the same sound."""

import dataclasses
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab.asterisk.install import Install
from lab.asterisk.running import RunningExchange
from lab.namespace import Namespace
from lab.network import describe_exchange

from audio.g711 import encode
from bench.listeners import PEER_ADDRESS, ListenersError
from bench.sound import minute_of_the_clock

DENWA = Path(sys.executable).with_name("denwa")
NUMBER = "117"
STARTS_S = 20.0
LAST_LINES = 10
DENWA_TOML = """
[store]
url = "sqlite:///denwa.db"
[sip]
address = "{address}"
[limits]
calls = 1000
[clock]
limit_s = 3600
"""
PJSIP_CONF = """
[udp]
type = transport
protocol = udp
bind = {address}
[anonymous]
type = endpoint
context = bench
disallow = all
allow = ulaw
direct_media = no
"""
EXTENSIONS_CONF = """
[bench]
exten => 117,1,Answer()
 same => n,MusicOnHold(clock)
"""
MUSIC_CONF = """
[clock]
mode = files
directory = {folder}
"""


class PeerError(Exception):
    """A program that is to be measured does not start."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A running program that answers 117 at `address`.

    Attributes:
        realtime: its media threads have real-time priority.
        keeps_time: its marks are to be on UTC's seconds.
    """

    name: str
    pid: int
    address: str
    realtime: bool
    keeps_time: bool


@contextmanager
def denwa(namespace: Namespace, folder: Path, *, realtime: bool) -> Iterator[Peer]:
    """`denwa serve`, with or without the right to real-time priority; what it got is in `Peer.realtime`.

    Raises:
        PeerError: it is not ready in time, or does not keep its listeners; the text has the end of its log.
    """
    folder.mkdir(parents=True)
    (folder / "denwa.toml").write_text(DENWA_TOML.format(address=PEER_ADDRESS))
    denied = (
        []
        if realtime
        else ["setpriv", "--bounding-set=-sys_nice", "--inh-caps=-sys_nice", "prlimit", "--rtprio=0"]
    )
    with (folder / "log").open("wb") as log:
        process = namespace.popen([*denied, DENWA, "serve"], cwd=folder, stdout=log, stderr=log)
    try:
        said = _wait_for("ready", folder / "log", process)
        realtime = "no_realtime_priority" not in said
        yield Peer("denwa", process.pid, PEER_ADDRESS, realtime=realtime, keeps_time=True)
    except (ListenersError, ProcessLookupError) as error:
        ended = process.poll()
        state = "still runs" if ended is None else f"has ended with status {ended}"
        raise PeerError(f"{error}\ndenwa {state}; it said last:\n{_end_of(folder / 'log')}") from error
    finally:
        process.kill()
        process.wait()


@contextmanager
def asterisk(namespace: Namespace, folder: Path, install: Install) -> Iterator[Peer]:
    """An Asterisk with as little in its way as can be: G.711 from files to whoever calls, nothing transcoded."""
    exchange = RunningExchange(
        dataclasses.replace(describe_exchange("q"), telephones=(), trunks=(), connections=()),
        folder,
        install,
        namespace,
    )
    music = folder / "clock"
    music.mkdir()
    (music / "minute.ulaw").write_bytes(encode(minute_of_the_clock(), "ulaw").tobytes())
    for name, text in {
        "pjsip": PJSIP_CONF.format(address=PEER_ADDRESS),
        "extensions": EXTENSIONS_CONF,
        "musiconhold": MUSIC_CONF.format(folder=music),
        "rtp": "[general]\nrtpstart = 20000\nrtpend = 29999\n",
    }.items():
        (folder / "etc" / f"{name}.conf").write_text(text)
    exchange.start()
    try:
        exchange.wait_booted()
        yield Peer(
            f"Asterisk {install.version.split('~')[0].split('+')[0].removeprefix('Asterisk ')}",
            exchange.pid,
            PEER_ADDRESS,
            realtime=False,
            keeps_time=False,
        )
    finally:
        exchange.kill()


def _end_of(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-LAST_LINES:])


def _wait_for(word: str, log: Path, process: subprocess.Popen[bytes]) -> str:
    ends_monotonic_s = time.monotonic() + STARTS_S
    while time.monotonic() < ends_monotonic_s and process.poll() is None:
        if word in (said := log.read_text(errors="replace")):
            return said
        time.sleep(0.1)
    raise PeerError(f"denwa is not ready:\n{log.read_text(errors='replace')}")
