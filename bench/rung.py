"""A simulated exchange for the bench of the morning call: it registers whoever asks, refuses each call, and notes when it came."""

import select
import socket
import struct
import threading
from contextlib import suppress
from typing import Self

from support.sip_message import SipMessage

SO_TIMESTAMPNS, SO_RCVBUFFORCE = 35, 33
BUSY = 486
_TIMESPEC = struct.Struct("@qq")


class Rung:
    """Listens for SIP over UDP while in the scope, by a socket of the network that it is in; `first_utc_s` has the kernel's time of each number's first INVITE."""

    def __init__(self, address: str, unbound: socket.socket) -> None:
        self.address = address
        self.first_utc_s: dict[str, float] = {}
        self.registered = threading.Event()
        self._socket = unbound
        self._socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        with suppress(
            PermissionError
        ):  # else a thousand INVITEs at once may find no room, and come again late
            self._socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
        self._socket.bind((address, 5060))
        self._wake, self._end = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, name="simulated exchange")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.send(b"\n")
        self._thread.join()
        for each in (self._socket, self._wake, self._end):
            each.close()

    def _serve(self) -> None:
        while self._wake not in select.select([self._socket, self._wake], [], [])[0]:
            octets, ancillary, _, sender = self._socket.recvmsg(65535, 128)
            message = SipMessage.parse(octets)
            if message.method == "INVITE":
                seconds, nanoseconds = _TIMESPEC.unpack(ancillary[0][2][: _TIMESPEC.size])
                number = message.uri.removeprefix("sip:").partition("@")[0]
                self.first_utc_s.setdefault(number, seconds + nanoseconds / 1e9)
                self._answer(message, BUSY, "Busy Here", sender)
            elif message.method == "REGISTER":
                self._answer(message, 200, "OK", sender)
                self.registered.set()
            elif message.method not in {"", "ACK"}:
                self._answer(message, 200, "OK", sender)

    def _answer(self, request: SipMessage, status: int, reason: str, to: tuple[str, int]) -> None:
        headers = [("Via", via) for via in request.all("Via")]
        headers += [(name, request.one(name)) for name in ("From", "Call-ID", "CSeq")]
        headers += [("To", f"{request.one('To')};tag=bench")]
        if request.method == "REGISTER":
            headers += [("Contact", request.one("Contact")), ("Expires", "120")]
        self._socket.sendto(SipMessage(f"SIP/2.0 {status} {reason}", tuple(headers)).encode(), to)
