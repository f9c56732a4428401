"""SIP from known hosts only: a filter in the kernel, before any byte reaches the parser.

A classic BPF program on the socket (Linux, `SO_ATTACH_FILTER`, no privilege needed) reads the IPv4 source
address of each packet. On a listening TCP socket it drops the SYN, so a stranger sees no open port; a
connection keeps the filter that its listener had when it was accepted. What was queued before the filter
was attached is still read.
"""

import ctypes
import os
import socket
import stat
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

SO_ATTACH_FILTER = 26
MOST_SOURCES = 1000
"""Two instructions a source; the kernel takes 4,096 (BPF_MAXINSNS)."""
_LOAD_WORD = 0x20  # BPF_LD | BPF_W | BPF_ABS
_JUMP_EQUAL = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_AND = 0x54  # BPF_ALU | BPF_AND | BPF_K
_RETURN = 0x06  # BPF_RET | BPF_K
_SOURCE_ADDRESS = (-0x100000 + 12) & 0xFFFFFFFF  # SKF_NET_OFF, and the field's place in the IPv4 header
_WHOLE_PACKET = 0xFFFFFFFF
_LOOPBACK_NET = 0x7F000000
_LOOPBACK_MASK = 0xFF000000


class FilterError(Exception):
    """The filter cannot be made or set; the text says why."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One `struct sock_filter`."""

    code: int
    jump_true: int
    jump_false: int
    value: int

    def pack(self) -> bytes:
        """As the kernel reads it."""
        return struct.pack("=HBBI", self.code, self.jump_true, self.jump_false, self.value)


@dataclass(frozen=True, slots=True)
class SipSocket:
    """One of this process's sockets that take SIP: UDP, or TCP listening."""

    fd: int
    is_tcp: bool
    address: str
    port: int


def filter_program(sources: Iterable[str]) -> tuple[Instruction, ...]:
    """The program that lets packets from these IPv4 addresses and from 127.0.0.0/8 through, nothing else.

    Raises FilterError for more than `MOST_SOURCES`, and for what is no IPv4 address.
    """
    try:
        wanted = sorted({int(IPv4Address(source)) for source in sources})
    except ValueError as error:
        raise FilterError(f"SIP sources are IPv4 addresses: {error}") from None
    if len(wanted) > MOST_SOURCES:
        raise FilterError(f"{len(wanted)} SIP sources; the filter holds {MOST_SOURCES}")
    accept = Instruction(_RETURN, 0, 0, _WHOLE_PACKET)
    program = [Instruction(_LOAD_WORD, 0, 0, _SOURCE_ADDRESS)]
    for source in wanted:
        program += [Instruction(_JUMP_EQUAL, 0, 1, source), accept]
    program += [
        Instruction(_AND, 0, 0, _LOOPBACK_MASK),
        Instruction(_JUMP_EQUAL, 0, 1, _LOOPBACK_NET),
        accept,
        Instruction(_RETURN, 0, 0, 0),
    ]
    return tuple(program)


def attach(fd: int, program: tuple[Instruction, ...]) -> None:
    """Set or replace, at one stroke, the filter of an IPv4 socket. Raises FilterError."""
    code = ctypes.create_string_buffer(b"".join(instruction.pack() for instruction in program))
    fprog = struct.pack("HP", len(program), ctypes.addressof(code))
    with _borrow(fd) as borrowed:
        if borrowed.family != socket.AF_INET:
            raise FilterError(f"descriptor {fd} is no IPv4 socket: its filter would read the wrong bytes")
        try:
            borrowed.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, fprog)
        except OSError as error:
            raise FilterError(f"the kernel refused the SIP source filter: {error.strerror}") from error


def find_sip_sockets(address: str, port: int) -> tuple[SipSocket, ...]:
    """This process's UDP and listening TCP sockets bound to an IPv4 address and port."""
    found = []
    for entry in Path("/proc/self/fd").iterdir():
        sip_socket = _look_at(int(entry.name))
        if sip_socket is not None and (sip_socket.address, sip_socket.port) == (address, port):
            found.append(sip_socket)
    return tuple(sorted(found, key=lambda sip_socket: sip_socket.fd))


def _look_at(fd: int) -> SipSocket | None:
    """Descriptors come and go in other threads meanwhile: what cannot be looked at is none of ours."""
    try:
        if not stat.S_ISSOCK(os.fstat(fd).st_mode):
            return None
        with _borrow(fd) as borrowed:
            is_tcp = borrowed.type == socket.SOCK_STREAM
            listens = is_tcp and borrowed.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
            if borrowed.family != socket.AF_INET or (is_tcp and not listens):
                return None
            address, port = borrowed.getsockname()
            return SipSocket(fd, is_tcp, address, port)
    except (OSError, FilterError):
        return None


def _borrow(fd: int) -> socket.socket:
    """A second descriptor of the same socket, so that closing it leaves the owner's open."""
    try:
        return socket.socket(fileno=os.dup(fd))
    except OSError as error:
        raise FilterError(f"descriptor {fd} is no open socket") from error
