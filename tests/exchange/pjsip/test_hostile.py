"""Malformed SIP, SDP, RTP and RTCP end neither the process nor another call."""

import random
import threading
import time

import pytest
from support.hostile import HostileCaller
from support.line_process import LineProcess
from support.marked_frames import marked_frame, numbers_heard
from support.rtp_socket import is_unbroken
from support.scripted_caller import ScriptedCaller

pytestmark = pytest.mark.native

DIALLED = ("echo", "echo", "image", "clock", "ring", "silent", "refuse")


def live_hostile_calls(process, chance, until_monotonic_s):
    """How many hostile callers lived their calls until then."""
    calls = 0
    while time.monotonic() < until_monotonic_s and process.is_alive:
        with HostileCaller(process.address, chance.choice(DIALLED), chance) as caller:
            caller.live_one_call()
        calls += 1
    return calls


@pytest.mark.parametrize("seed", [1, 2])
def test_a_good_call_hears_no_error_while_others_send_what_they_like(scaled, seed):
    """Every frame of a good call comes back, in order, while hostile callers come and go; all end cleanly."""
    duration_s = scaled(4, 600)
    frames = duration_s * 50
    with LineProcess() as process, ScriptedCaller(process.address, "echo") as good:
        assert good.invite().status == 200
        heard = []
        done = threading.Event()

        def collect():
            while not done.wait(0.02):
                heard.extend(good.rtp.received())

        speaker = threading.Thread(target=good.rtp.talk, args=(map(marked_frame, range(frames)),))
        listener = threading.Thread(target=collect)
        speaker.start()
        listener.start()
        calls = live_hostile_calls(process, random.Random(seed), time.monotonic() + duration_s)
        speaker.join()
        time.sleep(0.3)
        done.set()
        listener.join()
        assert process.is_alive
        assert calls > duration_s
        assert is_unbroken(heard)
        numbers = numbers_heard([packet.payload for packet in heard])
        assert len(numbers) >= frames - 5
        assert numbers == list(range(len(numbers)))
        assert good.hang_up().status == 200
        with ScriptedCaller(process.address, "echo") as next_caller:
            assert next_caller.invite().status == 200
            next_caller.rtp.talk(marked_frame(number) for number in range(10))
            next_caller.hang_up()
