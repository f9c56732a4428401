"""Malformed SIP, SDP, RTP and RTCP end neither the process nor another call of a bare server, T.38 included."""

import time

import pytest
from support.good_call import GoodCall
from support.hostile_crowd import Crowd
from support.line_process import LineProcess
from support.marked_frames import marked_frame
from support.scripted_caller import ScriptedCaller

pytestmark = pytest.mark.native

DIALLED = ("echo", "echo", "image", "clock", "ring", "silent", "refuse")


@pytest.mark.parametrize("seed", [1, 2])
def test_a_good_call_hears_no_error_while_others_send_what_they_like(scaled, seed):
    """Every frame of a good call comes back, in order, while hostile callers come and go; all end cleanly."""
    duration_s = scaled(4, 600)
    with LineProcess() as process, ScriptedCaller(process.address, "echo") as good:
        assert good.invite().status == 200
        crowd = Crowd(process, DIALLED, seed, tcp_share=0)
        with GoodCall(good, duration_s) as call:
            crowd.rage(time.monotonic() + duration_s, pestered=good.rtp.there)
        call.require_flawless()
        assert crowd.calls > duration_s
        assert good.hang_up().status == 200
        with ScriptedCaller(process.address, "echo") as next_caller:
            assert next_caller.invite().status == 200
            next_caller.rtp.talk(marked_frame(number) for number in range(10))
            next_caller.hang_up()
