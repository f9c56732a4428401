"""Runs inside the lab's network namespace and keeps it alive: python namespace_holder.py FD.

Brings the loopback device up, says so with one byte on the socket FD, then gives away sockets of this
namespace: one byte in (u: UDP, t: TCP), one descriptor out. Ends when the other side of FD closes.
"""

import fcntl
import socket
import struct
import sys

SIOCGIFFLAGS = 0x8913
SIOCSIFFLAGS = 0x8914
IFF_UP = 0x1


def bring_loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        request = struct.pack("16sh14x", b"lo", 0)
        (flags,) = struct.unpack_from("h", fcntl.ioctl(probe, SIOCGIFFLAGS, request), 16)
        fcntl.ioctl(probe, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def give_sockets(door: socket.socket) -> None:
    kinds = {b"u": socket.SOCK_DGRAM, b"t": socket.SOCK_STREAM}
    while wanted := door.recv(1):
        with socket.socket(socket.AF_INET, kinds[wanted]) as gift:
            socket.send_fds(door, [wanted], [gift.fileno()])


if __name__ == "__main__":
    bring_loopback_up()
    with socket.socket(fileno=int(sys.argv[1])) as our_door:
        our_door.sendall(b"r")
        give_sockets(our_door)
