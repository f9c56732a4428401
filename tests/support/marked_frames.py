"""Frames of G.711 that carry their own number, exact in every octet, so that what was heard can be named.

Octets of 0x7F do not occur: linear PCM has one zero, and mu-law's minus zero comes back as plus zero.
"""

import time
from collections.abc import Iterable

from support.rtp import RtpPacket
from support.rtp_socket import RtpSocket

SILENCE = b"\xff"
TOO_MUCH_S = 0.06
"""So long after the last frame one that is too many would have come."""


def marked_frame(number: int, samples: int = 160) -> bytes:
    """The frame of this number (28 bits), at least 40 samples long."""
    digits = bytes(0x80 | number >> 7 * place & 0x7F for place in range(4))
    return digits + bytes(0x80 | (number * 7 + place) & 0x7F for place in range(samples - 4))


def number_of(frame: bytes) -> int | None:
    """The number of a frame that is whole; None for any other octets."""
    if min(frame[:4], default=0) < 0x80:
        return None
    number = sum((octet & 0x7F) << 7 * place for place, octet in enumerate(frame[:4]))
    return number if frame == marked_frame(number, len(frame)) else None


def is_silent(frame: bytes) -> bool:
    """Whether it is mu-law silence throughout."""
    return set(frame) == set(SILENCE)


def numbers_heard(frames: list[bytes]) -> list[int | None]:
    """The numbers of all frames that are not silence; None for a broken one."""
    return [number_of(frame) for frame in frames if not is_silent(frame)]


def whole_numbers(packets: Iterable[RtpPacket]) -> list[int]:
    """The numbers of the packets' frames that came whole."""
    heard = numbers_heard([packet.payload for packet in packets])
    return [number for number in heard if number is not None]


def echoed(rtp: RtpSocket, last: int) -> list[RtpPacket]:
    """What comes until the frame of this number is back, and a little longer.

    An echo comes late by the longest time for which the machine stood still while it was spoken to.
    """
    begins = marked_frame(last)[:4]
    packets = rtp.received_until(lambda packets: any(each.payload.startswith(begins) for each in packets))
    time.sleep(TOO_MUCH_S)
    return packets + rtp.received()
