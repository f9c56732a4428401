"""A far end whose RTP stands still for a moment: timed, so with nothing beside it on the machine."""

import time

import pytest
from support.marked_frames import echoed, marked_frame, whole_numbers
from support.rtp_socket import is_steady, is_unbroken

pytestmark = pytest.mark.exclusive


def test_a_far_end_that_stops_and_goes_on_hears_no_gap(dial):
    """Its RTP clock stood still for half a second: the line bridges it, and hears everything that comes after."""
    caller = dial("echo")
    caller.rtp.talk(marked_frame(number) for number in range(15))
    time.sleep(0.5)
    caller.rtp.talk(marked_frame(number) for number in range(15, 60))
    packets = echoed(caller.rtp, 59)
    assert is_unbroken(packets)
    assert is_steady(packets, within_ms=60)
    heard = whole_numbers(packets)
    assert heard[:15] == list(range(15))
    later = heard[15:]
    assert later == list(range(15, 60))[-len(later) :]
    assert len(later) >= 38
