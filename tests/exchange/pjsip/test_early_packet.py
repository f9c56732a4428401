"""patches/early-packet.patch: a far end that talks before its answer is here is heard."""

import pytest
from support.endpoint_process import EndpointProcess
from support.marked_frames import echoed, marked_frame, whole_numbers
from support.preloaded import build_preloaded
from support.scripted_callee import ScriptedCallee

pytestmark = pytest.mark.native


def test_packets_that_wait_for_the_transport_do_not_deafen_it(tmp_path):
    """The thread that starts it is held up just where the worker thread once found it not started yet."""
    environment = {"LD_PRELOAD": str(build_preloaded("held_up", tmp_path))}
    with EndpointProcess(environment=environment) as server, ScriptedCallee(server.address) as callee:
        server.do("ring", number="1001", host_port=callee.host_port, timeout_s=10)
        invite = callee.rung()
        callee.rtp.talk(marked_frame(number) for number in range(90, 95))
        callee.reply(invite, 200, callee.sdp())
        callee.expect("ACK")
        callee.rtp.talk(marked_frame(number) for number in range(15))
        heard = whole_numbers(echoed(callee.rtp, 14))
        assert len({number for number in heard if number < 90}) >= 10
        assert callee.hang_up().status == 200
        server.await_free()
