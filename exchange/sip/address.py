"""Our own address as a given exchange must see it: in SDP, in Contact, as RTP's source.

A host here has LAN, Docker and Tailscale addresses; the wrong one in SDP is sound in one direction only. The
kernel knows which one it would send from: a connected UDP socket tells, and nothing is sent.
"""

import array
import fcntl
import socket
import struct
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

_SIOCGIFCONF = 0x8912
_IFREQ_BYTES = 40 if struct.calcsize("P") == 8 else 32
_DISCARD_PORT = 9


class AddressError(Exception):
    """There is no address of ours towards the exchange; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class OwnAddress:
    """An IPv4 address of this host and the interface that has it."""

    interface: str
    address: str


def local_address(exchange: str, setting: str | None = None) -> str:
    """The IPv4 address of ours that is routed to an exchange's; an explicit setting wins.

    The setting may be an address that this host does not have (a router's, seen from outside).

    Raises:
        AddressError: no route, IPv6, or what is written is no usable address.
    """
    if setting is not None:
        return str(_host_address(setting))
    towards = str(_host_address(exchange))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((towards, _DISCARD_PORT))
        except OSError as error:
            raise AddressError(
                f"this host has no route to the exchange at {towards} ({error.strerror}): "
                f"is its network (LAN, Tailscale) up?"
            ) from error
        return str(probe.getsockname()[0])


def own_addresses() -> tuple[OwnAddress, ...]:
    """All IPv4 addresses of this host, loopback included, in the kernel's order."""
    buffer = array.array("B", bytes(_IFREQ_BYTES))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        while True:
            pointer, size = buffer.buffer_info()
            filled: int = struct.unpack(
                "iP", fcntl.ioctl(probe, _SIOCGIFCONF, struct.pack("iP", size, pointer))
            )[0]
            if filled + _IFREQ_BYTES <= size:
                break
            buffer.extend(bytes(size))
    return tuple(
        _own_address(buffer[at : at + _IFREQ_BYTES].tobytes()) for at in range(0, filled, _IFREQ_BYTES)
    )


def is_own(address: str) -> bool:
    """Whether a socket of this host can be bound to an IPv4 address."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
        return True


def _own_address(ifreq: bytes) -> OwnAddress:
    """One `struct ifreq`: name in 16 bytes, then a sockaddr_in."""
    label = ifreq[:16].partition(b"\0")[0].decode(errors="replace")
    return OwnAddress(label, socket.inet_ntoa(ifreq[20:24]))


def _host_address(written: str) -> IPv4Address:
    try:
        address = ip_address(written)
    except ValueError:
        raise AddressError(f"{written!r} is no IPv4 address, such as 192.168.1.20") from None
    if isinstance(address, IPv6Address):
        raise AddressError(f"{written} is IPv6, which denwa does not speak: give an IPv4 address")
    if address.is_unspecified or address.is_multicast or address == IPv4Address("255.255.255.255"):
        raise AddressError(f"{written} is not one host's address: give the one that the exchange can reach")
    return address
