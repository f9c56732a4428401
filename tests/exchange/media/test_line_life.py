"""Lines come and go, and leave nothing behind."""

import itertools
import os
import statistics
import time

import pytest
from support.line_process import LineProcess
from support.marked_frames import marked_frame
from support.scripted_caller import ScriptedCaller

from exchange.media.events import LineFlag

pytestmark = pytest.mark.native

WHOLE_LIFE = LineFlag.ATTACHED | LineFlag.DETACHED | LineFlag.DESTROYED | LineFlag.BYE


def test_a_hundred_short_calls_leave_no_line_and_no_descriptor(dial, server, scaled):
    """Answer, three packets, BYE: what was there before is there after, and not more."""
    dial("echo").hang_up()
    before = server.await_report(lambda report: report["live"] == 0)
    for _ in range(scaled(100, 5000)):
        with dial.caller("echo") as caller:
            assert caller.invite().status == 200
            caller.rtp.send(marked_frame(1))
            caller.hang_up()
        dial.callers.remove(caller)
    report = server.await_report(
        lambda report: (
            report["live"] == report["calls"] == 0 and report["descriptors"] <= before["descriptors"] + 1
        )
    )
    assert LineFlag(report["flags"]) & WHOLE_LIFE == WHOLE_LIFE
    assert report["notes"] == []


def test_calls_end_while_python_reads_no_events(dial, server):
    """Nothing is lost by reading late: every line's whole life is reported afterwards, with its unread digits."""
    known = len(server.report()["digits"])
    server.do("events", read=False)
    for _ in range(10):
        caller = dial("echo")
        for code in range(3):
            caller.rtp.press(code, packets=4)
        server.await_report(lambda report: report["lines"][-1]["received"] == 12)  # SIP may overtake RTP
        caller.hang_up()
    server.do("events", read=True)
    report = server.await_report(lambda report: len(report["digits"]) == known + 30 and report["live"] == 0)
    assert [digit for _, digit in report["digits"][known:]] == ["0", "1", "2"] * 10


def test_hanging_up_in_the_middle_of_a_word_ends_the_sending(dial, server):
    """After BYE no packet comes, though the far end goes on talking."""
    caller = dial("echo")
    caller.rtp.talk(marked_frame(number) for number in range(5))
    caller.hang_up()
    time.sleep(0.05)  # a packet may be under way while the 200 is
    caller.rtp.received()
    caller.rtp.talk(marked_frame(number) for number in range(5, 15))
    assert caller.rtp.received() == []
    server.await_report(lambda report: report["live"] == 0)


def test_the_server_hangs_up_all_calls_at_once(dial, server):
    """Broadcast, processor and silence alike: every far end gets its BYE, every line ends."""
    callers = [dial(user) for user in ("clock", "echo", "silent")]
    server.do("hang up")
    for caller in callers:
        caller.respond(caller.expect("BYE"), 200)
    server.await_report(lambda report: report["live"] == report["calls"] == 0)


def test_a_call_refused_before_media_has_no_line(dial, server):
    """403: no line, no port, nothing to free."""
    caller = dial.caller("refuse")
    assert caller.invite().status == 403
    server.await_report(lambda report: report["live"] == 0)


def test_the_clock_thread_shows_that_it_lives(server):
    """The watchdog's counter: at least fifty beats a second, also when nobody listens; in most of five tenths of one."""
    counted = []
    for _ in range(6):
        counted.append(server.report()["heartbeat"])
        time.sleep(0.1)
    beats = [after - before for before, after in itertools.pairwise(counted)]
    assert 4 <= statistics.median(beats) <= 110


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can take the permission away, or has it")
def test_real_time_priority_is_reported_as_it_was_granted():
    """Granted, or run without: calls work either way, and nobody is told what is not so."""
    forbidden = ("setpriv", "--bounding-set=-sys_nice", "--")
    for through in ((), forbidden):
        with LineProcess(rt_priority=20, through=through) as process:
            report = process.await_report(lambda report: "lineclock" in report["policies"])
            granted = report["policies"]["lineclock"] == os.SCHED_FIFO
            assert report["real_time"] == granted
            assert not (granted and through)
            with ScriptedCaller(process.address, "clock") as caller:
                assert caller.invite().status == 200
                assert caller.rtp.received_until(len)
                caller.hang_up()
