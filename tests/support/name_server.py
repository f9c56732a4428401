"""A DNS server for tests (RFC 1035, A records over UDP) whose answers are set while it runs."""

import socket
import struct
import threading

NO_ERROR = 0
NAME_ERROR = 3
_A = 1


class NameServer:
    """Answers A questions for any name with `addresses`; is silent while `dead`.

    Attributes:
        addresses: IPv4 addresses of the next answers; none: the name exists and has no A record.
        code: the response code (`NO_ERROR`, `NAME_ERROR`).
        questions: how many A questions came.
    """

    def __init__(self, address: str, port: int = 53) -> None:
        self.addresses: list[str] = []
        self.code = NO_ERROR
        self.dead = False
        self.questions = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, port))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            query, client = self._socket.recvfrom(512)
            question_end = query.index(b"\0", 12) + 5
            question = query[12:question_end]
            wants_a = question[-4:-2] == struct.pack("!H", _A)
            self.questions += wants_a
            if self.dead:
                continue
            addresses = self.addresses if wants_a and self.code == NO_ERROR else []
            header = query[:2] + struct.pack("!HHHHH", 0x8180 | self.code, 1, len(addresses), 0, 0)
            records = [
                struct.pack("!HHHIH", 0xC00C, _A, 1, 0, 4) + socket.inet_aton(address)
                for address in addresses
            ]
            self._socket.sendto(header + question + b"".join(records), client)
