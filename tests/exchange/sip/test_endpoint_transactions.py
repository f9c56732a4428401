"""Messages that come twice, too late, across each other, or never: one call each, and none left behind."""

import re
import socket
import time

import pytest
from support.endpoint_process import BRIEF, EARLY, MIRROR, WAIT
from support.sip_message import SipMessage

pytestmark = pytest.mark.native


def after(milliseconds):
    """The number of the service that answers so late."""
    return f"9{milliseconds:03}"


def without_dialog(response):
    """A response as retransmissions of it must be again."""
    return response.start_line, response.one("To"), response.body


def test_a_repeated_invite_is_one_call_and_gets_the_same_answer(dial):
    """Before the answer the same 183 again; after it the same 200."""
    caller = dial.caller(EARLY)
    body = caller.sdp()
    invite = caller.request("INVITE", body)
    branch = caller._branch
    early = caller.response(invite, at_least=183)
    caller.request("INVITE", body, cseq=invite, branch=branch)
    assert without_dialog(caller.response(invite, at_least=183)) == without_dialog(early)
    to, caller._to = caller._to, f"<sip:{EARLY}@{caller.address}>"
    dial.server.do("answer")
    final = caller.response(invite)
    caller.request("INVITE", body, cseq=invite, branch=branch)
    assert without_dialog(caller.response(invite)) == without_dialog(final)
    caller._to = to
    caller.acknowledge(final)
    report = dial.server.report()
    assert sum(call["call_id"] == caller.call_id for call in report["calls"]) == 1
    assert report["up"] == 1
    assert caller.hang_up().status == 200


def test_a_200_is_repeated_until_its_ack(dial):
    """Every T1 and longer (RFC 3261, 13.3.1.4); the same each time, and no longer after the ACK."""
    caller = dial.caller()
    invite = caller.request("INVITE", caller.sdp())
    first = caller.response(invite)
    assert without_dialog(caller.response(invite)) == without_dialog(first)
    caller.acknowledge(first)
    assert caller.response(caller.request("OPTIONS")).status == 200
    caller._waiting.clear()  # one may have been sent before the ACK came
    with pytest.raises(TimeoutError):
        caller.response(invite, timeout_s=1.5)
    assert caller.hang_up().status == 200


def test_the_same_invite_by_two_ways_is_one_call(dial):
    """Forked and merged again (RFC 3261, 8.2.2.2): 482 for the second; the first goes on."""
    caller = dial.caller(EARLY)
    body = caller.sdp()
    invite = caller.request("INVITE", body)
    first = caller._invite
    caller.response(invite, at_least=183)
    to, caller._to = caller._to, f"<sip:{EARLY}@{caller.address}>"
    host, port = dial.server.address
    target, caller.target = caller.target, f"sip:{EARLY}@{host}:{port}"
    caller.request("INVITE", body, cseq=invite)
    merged = caller.response(invite)
    assert merged.status == 482
    caller.acknowledge(merged)
    caller._to, caller.target, caller._invite = to, target, first
    dial.server.do("answer")
    final = caller.response(invite)
    assert final.status == 200
    caller.acknowledge(final)
    assert dial.server.report()["up"] == 1
    assert caller.hang_up().status == 200


def cancel(caller):
    """CANCEL the newest INVITE; its CSeq number is the INVITE's."""
    cseq, branch = caller._invite
    to, caller._to = caller._to, re.sub(";tag=.*", "", caller._to)
    host, port = caller._server
    target, caller.target = caller.target, f"sip:{re.search('sip:(.*)@', caller._to)[1]}@{host}:{port}"
    caller.request("CANCEL", cseq=cseq, branch=branch)
    caller._to, caller.target = to, target
    return cseq


def final_of(caller, cseq, method, timeout_s=5):
    return caller._wait(
        lambda message: message.status >= 200 and message.one("CSeq") == f"{cseq} {method}", timeout_s
    )


@pytest.mark.parametrize("number", [WAIT, EARLY])
def test_a_cancel_before_the_answer(dial, number):
    """200 for the CANCEL, 487 for the INVITE, with or without a 183 before; the service is told."""
    caller = dial.caller(number)
    invite = caller.request("INVITE", caller.sdp())
    dial.server.call(caller.call_id)
    cancel(caller)
    assert final_of(caller, invite, "CANCEL").status == 200
    refused = final_of(caller, invite, "INVITE")
    caller.acknowledge(refused)
    assert refused.status == 487
    assert dial.server.ended(caller.call_id) == "far end"
    dial.server.await_free()


def test_a_cancel_of_nothing_is_481(dial):
    """No INVITE of this branch is known."""
    caller = dial.caller()
    caller._invite = (1, "z9hG4bKnothing")
    assert final_of(caller, cancel(caller), "CANCEL").status == 481
    caller._invite = None


@pytest.mark.parametrize("offset_ms", range(-10, 11, 2))
def test_a_cancel_that_crosses_our_200(dial, offset_ms):
    """Whoever is first: 487 and no call, or a call that the caller's BYE ends. Nothing is left."""
    caller = dial.caller(after(60))
    invite = caller.request("INVITE", caller.sdp())
    time.sleep(0.06 + offset_ms / 1000)
    cancel(caller)
    final = final_of(caller, invite, "INVITE")
    caller._learn(final)
    caller.acknowledge(final)
    assert final.status in {200, 487}
    assert final_of(caller, invite, "CANCEL").status in {200, 481}
    if final.status == 200:
        assert caller.hang_up().status == 200
    caller._invite = None
    assert dial.server.ended(caller.call_id) == "far end"
    dial.server.await_free()


@pytest.mark.parametrize("delay_ms", [0, 1, 2, 5, 10])
def test_a_bye_that_crosses_our_200(dial, delay_ms):
    """Sent in the early dialog while our 200 is on its way: both are answered, and nothing is left."""
    caller = dial.caller(EARLY)
    invite = caller.request("INVITE", caller.sdp())
    caller.response(invite, at_least=183)
    dial.server.do("answer")
    time.sleep(delay_ms / 1000)
    bye = caller.request("BYE")
    final = final_of(caller, invite, "INVITE")
    assert final.status in {200, 487}
    assert final_of(caller, bye, "BYE").status == 200
    caller.acknowledge(final)
    assert dial.server.ended(caller.call_id) == "far end"
    dial.server.await_free()


def test_a_bye_in_the_early_dialog_ends_the_call(dial):
    """200 for the BYE, 487 for the INVITE."""
    caller = dial.caller(EARLY)
    invite = caller.request("INVITE", caller.sdp())
    caller.response(invite, at_least=183)
    bye = caller.request("BYE")
    refused = final_of(caller, invite, "INVITE")
    caller.acknowledge(refused)
    assert refused.status == 487
    assert final_of(caller, bye, "BYE").status == 200
    dial.server.await_free()


def test_a_bye_before_the_ack(dial):
    """Instead of the ACK, at once after our 200: answered, the 200 is repeated no more, nothing is left."""
    caller = dial.caller()
    invite = caller.request("INVITE", caller.sdp())
    final = caller.response(invite)
    assert caller.hang_up().status == 200
    dial.server.ended(caller.call_id)
    caller.acknowledge(final)
    dial.server.await_free()
    caller._waiting.clear()
    with pytest.raises(TimeoutError):
        caller.response(invite, timeout_s=1.2)


def test_byes_that_cross_each_other(dial):
    """Ours is on its way when the caller hangs up too: both BYEs are answered."""
    caller = dial()
    dial.server.do("hang up")
    ours = caller.expect("BYE")
    theirs = caller.request("BYE")
    assert final_of(caller, theirs, "BYE").status in {200, 481}
    caller.respond(ours, 200)
    dial.server.await_free()


def test_our_hang_up_before_the_ack_waits_for_it(dial):
    """A UAS may not send BYE before the ACK (RFC 3261, 15): then it does."""
    caller = dial.caller(BRIEF)
    final = caller.response(caller.request("INVITE", caller.sdp()))
    with pytest.raises(TimeoutError):
        caller.expect("BYE", timeout_s=0.3)
    caller.acknowledge(final)
    caller.respond(caller.expect("BYE"), 200)
    assert dial.server.ended(caller.call_id) == "us"


def test_a_repeated_bye_is_answered_again(dial):
    """Our 200 may be lost."""
    caller = dial()
    bye = caller.request("BYE")
    branch = caller._branch
    assert caller.response(bye).status == 200
    caller.request("BYE", cseq=bye, branch=branch)
    assert caller.response(bye).status == 200


def test_a_repeated_re_invite_changes_once(dial):
    """The same 200 again; the SDP's version does not rise twice."""
    caller = dial()
    body = caller.sdp(caller.audio(direction="sendonly"))
    again = caller.request("INVITE", body)
    branch = caller._branch
    final = caller.response(again)
    caller.request("INVITE", body, cseq=again, branch=branch)
    assert without_dialog(caller.response(again)) == without_dialog(final)
    caller.acknowledge(final)
    assert caller.hang_up().status == 200


def test_requests_follow_the_route_that_the_invite_recorded(dial):
    """Record-Route comes back in our 200; our BYE goes to the proxies of it, the first one first."""
    caller = dial.caller(MIRROR)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as proxy:
        proxy.bind((caller.address, 0))
        proxy.settimeout(5)
        nearest = f"<sip:{caller.address}:{proxy.getsockname()[1]};lr>"
        farther = "<sip:192.0.2.7;lr;x=y>"
        recorded = (("Record-Route", nearest), ("Record-Route", farther))
        final = caller.response(caller.request("INVITE", caller.sdp(), headers=recorded))
        assert [route.strip() for field in final.all("Record-Route") for route in field.split(",")] == [
            nearest,
            farther,
        ]
        caller.acknowledge(final)
        dial.server.do("hang up")
        bye = SipMessage.parse(proxy.recv(65535))
        assert bye.method == "BYE"
        assert bye.uri == caller.contact.strip("<>")
        assert [route.strip() for field in bye.all("Route") for route in field.split(",")] == [
            nearest,
            farther,
        ]
        caller.respond(bye, 200)
    assert dial.server.ended(caller.call_id) == "us"


def test_a_target_refresh_moves_our_requests(dial):
    """The Contact of a re-INVITE is where our BYE goes."""
    caller = dial()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as elsewhere:
        elsewhere.bind((caller.address, 0))
        elsewhere.settimeout(5)
        caller.contact = f"<sip:moved@{caller.address}:{elsewhere.getsockname()[1]}>"
        assert caller.invite().status == 200
        dial.server.do("hang up")
        bye = SipMessage.parse(elsewhere.recv(65535))
        assert (bye.method, bye.uri) == ("BYE", caller.contact.strip("<>"))
        caller.respond(bye, 200)
    assert dial.server.ended(caller.call_id) == "us"
