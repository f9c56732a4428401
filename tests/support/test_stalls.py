"""A stall of the process is noticed, also before the thread that looks for it has had its turn."""

import ctypes

import pytest
from support.stalls import Stalls

pytestmark = pytest.mark.unit

STALL_S = 0.1


def stand_still() -> None:
    """No thread of this process gets a turn meanwhile: the interpreter's lock is kept."""
    ctypes.PyDLL(None).usleep(int(STALL_S * 1e6))


def test_a_stall_is_known_at_once_and_for_good():
    with Stalls() as stalls:
        stand_still()
        at_once_s = stalls.longest_s
    longest_s = stalls.longest_s
    assert STALL_S - 0.01 <= at_once_s <= longest_s
    stand_still()
    assert stalls.longest_s == longest_s, "the scope was left before"
