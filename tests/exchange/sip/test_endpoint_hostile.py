"""Malformed SIP, SDP, RTP and RTCP end neither our endpoint nor another call, and leave nothing behind.

A few seconds here, minutes at full size. A server that dies fails the test with its seed and what it was sent last.
"""

import time

import pytest
from support.endpoint_process import BRIEF, EARLY, ECHO, MIRROR, WAIT, EndpointProcess
from support.endpoint_server import TOKEN
from support.fast_clock import TIMES, fast_clock
from support.good_call import GoodCall
from support.hostile_crowd import Crowd
from support.scripted_caller import ScriptedCaller

pytestmark = pytest.mark.native

ANSWERED = (MIRROR, MIRROR, BRIEF, ECHO, "9040", "88%23", "999", f"{MIRROR};x-denwa={TOKEN}")
DIALLED = (*ANSWERED, EARLY, EARLY, WAIT)
FREED_S = (60 + 5 + 3 * 32) / TIMES + 2
"""A minute of silence, then 64*T1 each for OPTIONS, BYE and what may be under way."""


@pytest.mark.parametrize("seed", [11, 12])
def test_a_good_call_hears_no_error_while_others_send_what_they_like(scaled, seed):
    """Every frame of a good call comes back, in order; the endpoint logs no fault and ends cleanly."""
    duration_s = scaled(2, 600)
    with (
        EndpointProcess(extension=True, calls=400, ring_s=5, silent_s=5) as process,
        ScriptedCaller(process.address, MIRROR) as good,
    ):
        assert good.invite().status == 200
        process.await_echo(good.call_id)
        crowd = Crowd(process, DIALLED, seed)
        with GoodCall(good, duration_s) as call:
            crowd.rage(time.monotonic() + duration_s, pestered=good.rtp.there)
        call.require_flawless()
        assert crowd.calls > duration_s
        assert good.response(good.request("OPTIONS")).status == 200
        assert good.hang_up().status == 200
        with ScriptedCaller(process.address, MIRROR) as next_caller:
            assert next_caller.invite().status == 200
            assert next_caller.hang_up().status == 200
        assert process.report()["faults"] == []


def test_nothing_is_left_of_hostile_calls(scaled, tmp_path):
    """Those that never said BYE are found gone, by a clock in a hurry; no call, line, place or descriptor stays."""
    with EndpointProcess(environment=fast_clock(tmp_path), extension=True) as process:
        before = process.report()
        crowd = Crowd(process, ANSWERED, 13)
        crowd.rage(time.monotonic() + scaled(2, 120))
        process.await_free(FREED_S)
        after = process.await_report(lambda report: report["descriptors"] <= before["descriptors"] + 2)
        assert after["threads"] == before["threads"]
        assert after["faults"] == []
