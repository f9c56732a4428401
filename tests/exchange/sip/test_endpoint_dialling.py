"""Calls that we place: answered, refused, not answered, forked, and hung up at any moment by either side."""

import time

import pytest
from support.marked_frames import echoed as until_echoed
from support.marked_frames import marked_frame, whole_numbers
from support.scripted_callee import ScriptedCallee
from support.stalls import Stalls

pytestmark = pytest.mark.native


@pytest.fixture
def callee(dial):
    """A telephone to be rung."""
    return dial.caller(kind=ScriptedCallee)


def ring(dial, callee, timeout_s=20):
    """Have it rung; the INVITE, and the attempt's number."""
    attempt = begin_ring(dial, callee, timeout_s=timeout_s)
    return callee.rung(), attempt


def begin_ring(dial, callee, timeout_s=20, at_monotonic_s=0.0):
    """Have it rung, be it later; the attempt's number."""
    where = {"number": "1001", "host_port": callee.host_port}
    return dial.server.do("ring", timeout_s=timeout_s, at_monotonic_s=at_monotonic_s, **where)


def outcome(dial, attempt):
    """What became of the attempt."""
    return dial.server.await_report(lambda report: report["rung"][attempt] is not None)["rung"][attempt]


def answer(dial, callee, invite, attempt):
    callee.reply(invite, 200, callee.sdp())
    callee.expect("ACK")
    assert outcome(dial, attempt) == "answered"
    dial.server.await_echo()


def echoed(callee):
    callee.rtp.talk(marked_frame(number) for number in range(15))
    return whole_numbers(until_echoed(callee.rtp, 14))


def test_the_invite_offers_both_laws_and_events(dial, callee):
    """To the number dialled, at the exchange; nothing is heard before the answer."""
    invite, attempt = ring(dial, callee)
    assert invite.uri == f"sip:1001@{callee.host_port}"
    assert "RTP/AVP 0 8 " in invite.body
    assert "telephone-event/8000" in invite.body
    callee.reply(invite, 180)
    time.sleep(0.1)
    assert callee.rtp.received() == []
    answer(dial, callee, invite, attempt)
    assert len(echoed(callee)) >= 13
    assert callee.hang_up().status == 200
    dial.server.await_free()


def test_early_media_and_then_the_answer(dial, callee):
    """183 with SDP, 200 with the same."""
    invite, attempt = ring(dial, callee)
    body = callee.sdp()
    callee.reply(invite, 183, body)
    time.sleep(0.2)
    callee.reply(invite, 200, body)
    callee.expect("ACK")
    assert outcome(dial, attempt) == "answered"
    dial.server.await_echo()
    assert len(echoed(callee)) >= 13
    assert callee.hang_up().status == 200


@pytest.mark.parametrize("status", [404, 480, 486, 500, 503, 600, 603])
def test_a_refusal_is_told_with_its_status(dial, callee, status):
    """Acknowledged, and nothing is left."""
    invite, attempt = ring(dial, callee)
    callee.reply(invite, 100)
    callee.reply(invite, status)
    callee.expect("ACK")
    assert outcome(dial, attempt).endswith(f" {status}")
    dial.server.await_free()


def test_a_redirection_is_not_followed(dial, callee):
    """302 to anywhere: not reached (PJSIP says 487), and no other INVITE."""
    invite, attempt = ring(dial, callee)
    elsewhere = dial.caller(kind=ScriptedCallee)
    callee.reply(invite, 302, headers=(("Contact", f"<sip:elsewhere@{elsewhere.host_port}>"),))
    callee.expect("ACK")
    assert outcome(dial, attempt) == "far end 487"
    with pytest.raises(TimeoutError):
        elsewhere.expect("INVITE", timeout_s=0.3)


def test_who_does_not_answer_in_time_is_cancelled(dial, callee):
    """CANCEL, 487, ACK."""
    invite, attempt = ring(dial, callee, timeout_s=0.3)
    callee.reply(invite, 180)
    callee.respond(callee.expect("CANCEL"), 200)
    callee.reply(invite, 487)
    callee.expect("ACK")
    assert outcome(dial, attempt) == "us 487"
    dial.server.await_free()


def test_a_call_for_an_instant_leaves_then(dial, callee):
    with Stalls() as stalls:
        at_monotonic_s = time.monotonic() + 0.3
        attempt = begin_ring(dial, callee, at_monotonic_s=at_monotonic_s)
        invite = callee.rung()
        assert 0 <= time.monotonic() - at_monotonic_s < 0.2 + stalls.longest_s
    answer(dial, callee, invite, attempt)
    assert callee.hang_up().status == 200


def test_a_call_that_is_given_up_before_its_instant_never_leaves(dial, callee):
    begin_ring(dial, callee, at_monotonic_s=time.monotonic() + 0.6)
    dial.server.do("give up")
    with pytest.raises(TimeoutError):
        callee.rung(0.8)


def test_a_call_whose_instant_passed_while_the_program_was_stopped_does_not_leave(dial, callee):
    """Others may have taken it for dead, and ring instead."""
    dial.server.do("most late", seconds=0.3)
    attempt = begin_ring(dial, callee, at_monotonic_s=time.monotonic() + 1)
    dial.server.report()  # by its answer the attempt is under way
    with dial.server.stopped():
        time.sleep(1.6)
    with pytest.raises(TimeoutError):
        callee.rung(0.2)
    assert outcome(dial, attempt) == "never left"
    dial.server.do("most late", seconds=4.0)


def test_an_answer_that_crosses_our_cancel_is_hung_up(dial, callee):
    """200 after our CANCEL: ACK and BYE."""
    invite, attempt = ring(dial, callee, timeout_s=0.3)
    callee.reply(invite, 180)
    cancel = callee.expect("CANCEL")
    callee.reply(invite, 200, callee.sdp())
    callee.respond(cancel, 200)
    callee.expect("ACK")
    callee.respond(callee.expect("BYE"), 200)
    assert outcome(dial, attempt) == "us 487"
    dial.server.await_free()


def test_a_second_fork_s_answer_is_hung_up(dial, callee):
    """Two telephones behind the exchange pick up: the first is served, the second gets ACK and BYE."""
    invite, attempt = ring(dial, callee)
    body = callee.sdp()
    answer(dial, callee, invite, attempt)
    callee.reply(invite, 200, body, tag="another")
    bye = callee.expect("BYE")
    assert bye.one("To").endswith("tag=another")
    callee.respond(bye, 200)
    assert len(echoed(callee)) >= 13
    assert callee.hang_up().status == 200


def test_a_repeated_200_is_acknowledged_again(dial, callee):
    """Our ACK may have been lost."""
    invite, attempt = ring(dial, callee)
    body = callee.sdp()
    for _ in range(2):
        callee.reply(invite, 200, body)
        callee.expect("ACK")
    assert outcome(dial, attempt) == "answered"
    assert callee.hang_up().status == 200


def test_an_answer_that_is_no_g711_ends_the_call(dial, callee):
    """A codec that was not offered: no sound can be, so BYE."""
    invite, _ = ring(dial, callee)
    callee.reply(invite, 200, callee.sdp(f"m=audio {callee.rtp.here[1]} RTP/AVP 18\r\n"))
    callee.expect("ACK")
    callee.respond(callee.expect("BYE"), 200)
    dial.server.await_free()


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
def test_the_called_side_may_hold_and_resume(dial, callee, method):
    """As the calling side may."""
    invite, attempt = ring(dial, callee)
    answer(dial, callee, invite, attempt)
    for direction, ours in (("sendonly", "recvonly"), ("sendrecv", "sendrecv")):
        final = callee.response(callee.request(method, callee.sdp(callee.audio(direction=direction))))
        if method == "INVITE":
            callee.acknowledge(final)
        assert final.status == 200
        assert f"a={ours}\r\n" in final.body
    assert len(echoed(callee)) >= 12
    assert callee.hang_up().status == 200
