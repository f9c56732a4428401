"""Many hostile callers, one after the other, and strangers that send datagrams; all by one seed."""

import contextlib
import socket
import time
from collections import deque
from collections.abc import Sequence
from random import Random

from support.hostile import HostileCaller, HostileTcpCaller, hostile_media, spoil_sip
from support.pcap import Endpoint
from support.server_process import ServerProcess

REMEMBERED = 12
"""Messages shown when a server died: one of them did it."""
TCP_SHARE = 0.2


class Crowd:
    """Calls the numbers of a server, and more, until told to stop.

    Attributes:
        calls: how many callers there were.
    """

    def __init__(
        self, server: ServerProcess, numbers: Sequence[str], seed: int, *, tcp_share: float = TCP_SHARE
    ) -> None:
        self.calls = 0
        self._server = server
        self._numbers = numbers
        self._seed = seed
        self._tcp_share = tcp_share
        self._chance = Random(seed)
        self._sent: deque[bytes] = deque(maxlen=REMEMBERED)

    def rage(self, until_monotonic_s: float, *, pestered: Endpoint | None = None) -> None:
        """Go on until then; strangers send to `pestered` (and the port above it) what looks like RTP and RTCP.

        Fails when the server dies, with what was sent last and the seed that sends it again.
        """
        while time.monotonic() < until_monotonic_s and self._server.is_alive:
            kind = HostileTcpCaller if self._chance.random() < self._tcp_share else HostileCaller
            number = self._chance.choice(self._numbers)
            with (
                contextlib.suppress(ConnectionError),
                kind(self._server.address, number, self._chance, self._sent) as caller,
            ):
                caller.live_one_call()
            self.calls += 1
            self._send_as_strangers(pestered)
        assert self._server.is_alive, (
            f"the server died with seed {self._seed}; last it was sent {list(self._sent)}"
        )

    def _send_as_strangers(self, pestered: Endpoint | None) -> None:
        """Anything to the SIP port: pieces of what was sent, noise; and to somebody else's media."""
        chance = self._chance
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            for _ in range(chance.randrange(4)):
                known = chance.choice(self._sent) if self._sent else b"OPTIONS"
                datagram = chance.choice(
                    (
                        spoil_sip(chance, known or b"\0"),
                        known[: chance.randrange(len(known) + 1)],
                        known * 3,
                        chance.randbytes(chance.choice((0, 1, 3, 100, 1500, 8000))),
                        b"\r\n\r\n",
                        b"\0" * 500,
                    )
                )
                self._sent.append(datagram)
                stranger.sendto(datagram, self._server.address)
            if pestered is not None:
                host, port = pestered
                for _ in range(chance.randrange(6)):
                    stranger.sendto(hostile_media(chance), (host, port + chance.randrange(2)))
