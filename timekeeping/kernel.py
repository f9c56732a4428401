"""What the kernel says of its own clock: adjtimex(2), read only."""

import ctypes
import os
from dataclasses import dataclass

_STA_UNSYNC = 0x0040
_MICROSECOND_S = 1e-6


@dataclass(frozen=True, slots=True)
class KernelClockState:
    """The kernel's account of CLOCK_REALTIME; the errors are what the time daemon last told it, grown since."""

    synchronised: bool
    estimated_error_s: float
    greatest_error_s: float


class _Timex(ctypes.Structure):
    """`struct timex` of linux/timex.h on 64-bit machines, with room to spare for what follows `precision`."""

    _fields_ = [
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("constant", ctypes.c_long),
        ("precision", ctypes.c_long),
        ("rest", ctypes.c_long * 28),
    ]


_libc = ctypes.CDLL(None, use_errno=True)


def read_kernel_state() -> KernelClockState:
    """Ask the kernel; needs no privilege.

    Raises:
        OSError: the kernel refuses (a sandbox without adjtimex).
    """
    timex = _Timex()
    if _libc.adjtimex(ctypes.byref(timex)) < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"adjtimex: {os.strerror(number)}; the clock's state is unknown")
    return KernelClockState(
        synchronised=not timex.status & _STA_UNSYNC,
        estimated_error_s=timex.esterror * _MICROSECOND_S,
        greatest_error_s=timex.maxerror * _MICROSECOND_S,
    )
