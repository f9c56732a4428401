"""Passes RTP between two legs as an exchange does, or worse: one direction cut, packets lost, laws changed, keys doubled."""

import contextlib
import os
import select
import socket
import struct
import threading
from dataclasses import dataclass
from typing import Self

from audio.g711 import decode, encode

PCMU, PCMA = 0, 8
HOST = f"127.{100 + os.getpid() % 100}.{1 + os.getpid() // 100 % 250}.1"
"""An address of this process alone: a late packet of another test's call would be taken for the far end's."""
EVENT_CODES = range(96, 128)
"""Payload types of telephone-event: dynamic ones, and no other are in use here."""
NEXT_EVENT_SAMPLES = 1600
_SILENCE = {PCMU: b"\xff", PCMA: b"\xd5"}


@dataclass(frozen=True, slots=True)
class RelayHabits:
    """What becomes of packets on their way.

    `there` is from the caller to the called end, `back` the other direction: False is a direction that is cut. Of
    `lose_each` packets one is lost (0: none). `transcodes`: PCMU at the caller, PCMA at the called end. `hushes`:
    the packets come, but silent. `doubles_keys`: each telephone-event comes a second time.
    """

    there: bool = True
    back: bool = True
    lose_each: int = 0
    transcodes: bool = False
    hushes: bool = False
    doubles_keys: bool = False


class RtpRelay:
    """Two sockets on loopback, and a thread between them."""

    def __init__(self, habits: RelayHabits) -> None:
        self._habits = habits
        self._sockets = [_socket(), _socket()]
        self._targets: list[tuple[str, int] | None] = [None, None]
        self._counts = [0, 0]
        self._added = [0, 0]
        self._doubled: set[int] = set()
        self._stop_reader, self._stop_writer = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="simulated-rtp-relay")
        self._thread.start()

    @property
    def ports(self) -> tuple[int, int]:
        """Where the caller and the called end are to send."""
        return self._sockets[0].getsockname()[1], self._sockets[1].getsockname()[1]

    def leads_to(self, end: int, address: tuple[str, int]) -> None:
        """Say where an end (0: the caller) wants its packets."""
        self._targets[end] = address

    def close(self) -> None:
        """End it."""
        self._stop_writer.close()
        self._thread.join()
        for each in (*self._sockets, self._stop_reader):
            each.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self) -> None:
        while True:
            ready, _, _ = select.select([*self._sockets, self._stop_reader], [], [])
            if self._stop_reader in ready:
                return
            for end, each in enumerate(self._sockets):
                if each in ready:
                    with contextlib.suppress(ConnectionError):
                        self._pass(end, each.recv(2048))

    def _pass(self, end: int, packet: bytes) -> None:
        target = self._targets[1 - end]
        habits = self._habits
        cut = not (habits.there if end == 0 else habits.back)
        self._counts[end] += 1
        lost = habits.lose_each and self._counts[end] % habits.lose_each == 0
        if cut or lost or target is None or len(packet) < 12:
            return
        changed = self._renumbered(end, self._changed(end, packet))
        self._sockets[1 - end].sendto(changed, target)
        if habits.doubles_keys and changed[1] & 0x7F in EVENT_CODES:
            self._double(end, changed, target)

    def _changed(self, end: int, packet: bytes) -> bytes:
        law = packet[1] & 0x7F
        if law not in _SILENCE:
            return packet
        payload = packet[12:]
        if self._habits.hushes:
            payload = _SILENCE[law] * len(payload)
        if self._habits.transcodes:
            law = PCMA if end == 0 else PCMU
            pcm = decode(payload, "ulaw" if end == 0 else "alaw")
            payload = encode(pcm, "alaw" if end == 0 else "ulaw").tobytes()
        return packet[:1] + bytes([packet[1] & 0x80 | law]) + packet[2:12] + payload

    def _double(self, end: int, packet: bytes, target: tuple[str, int]) -> None:
        """Once an event has ended, send its end again as another event's."""
        (timestamp,) = struct.unpack_from("!I", packet, 4)
        if not packet[13] & 0x80 or timestamp in self._doubled:
            return
        self._doubled |= {timestamp, (timestamp + NEXT_EVENT_SAMPLES) % 2**32}
        again = struct.pack("!I", (timestamp + NEXT_EVENT_SAMPLES) % 2**32)
        self._added[end] = 1
        self._sockets[1 - end].sendto(self._renumbered(end, packet[:4] + again + packet[8:]), target)

    def _renumbered(self, end: int, packet: bytes) -> bytes:
        """With room for the packets that were put in between."""
        (sequence,) = struct.unpack_from("!H", packet, 2)
        return packet[:2] + struct.pack("!H", (sequence + self._added[end]) % 2**16) + packet[4:]


def _socket() -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.bind((HOST, 0))
    return opened
