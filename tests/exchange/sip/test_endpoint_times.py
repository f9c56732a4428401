"""SIP's long times, by a clock that runs 40 times as fast (simulated): session timers, no ACK, a far end that vanished."""

import re
import time

import pytest
from support.endpoint_process import EARLY, EndpointProcess
from support.fast_clock import TIMES, fast_clock
from support.scripted_caller import ALLOW
from support.stalls import Stalls

pytestmark = pytest.mark.native

T1_S = 0.5 / TIMES
GIVE_UP_S = 64 * T1_S
SILENT_S = 60 / TIMES
SESSION_S = 90 / TIMES
ROOM_S = 1.0
"""For what the machine adds, and the 5 s after which it is looked again."""
TIMER = ("Supported", "timer")
REFRESHED_BY_US = (("Session-Expires", "90;refresher=uac"), ("Require", "timer"), TIMER)
"""What a far end answers to our refresh."""
NOWHERE = f"{'x' * 64}.invalid"
"""No resolver is asked for a name with so long a part."""


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory):
    """Our endpoint, with its monotonic clock in a hurry."""
    environment = fast_clock(tmp_path_factory.mktemp("clock"))
    with EndpointProcess(environment=environment) as process:
        yield process
        process.await_free(2 * GIVE_UP_S + ROOM_S)


def expires(message):
    """Seconds and refresher of a Session-Expires."""
    seconds, _, refresher = message.one("Session-Expires").partition(";refresher=")
    return int(seconds or 0), refresher


def origin(message):
    """The o= line of its SDP."""
    return re.search("^o=.*$", message.body, re.MULTILINE)[0]


def session(dial, wanted, allow=ALLOW):
    """A living caller's call with such a Session-Expires; its 200."""
    caller = dial.caller()
    caller.answers_options = True
    caller.allow = allow
    headers = (TIMER, ("Session-Expires", wanted))
    final = caller.response(caller.request("INVITE", caller.sdp(), headers=headers))
    caller.acknowledge(final)
    return caller, final


def next_request(caller, method, before=None, timeout_s=5):
    """The request of ours that follows the one `before`, which in this hurry is repeated after 12 ms without an answer."""
    passed = before and before.one("CSeq")
    return caller._wait(lambda message: message.method == method and message.one("CSeq") != passed, timeout_s)


# -- session timers (RFC 4028) --


def test_we_refresh_by_update_at_half_time(dial):
    """The caller wants us to: UPDATE without SDP each 45 s, as long as it is answered."""
    caller, final = session(dial, "90;refresher=uas")
    assert expires(final) == (90, "uas")
    refresh = None
    for _ in range(2):
        with Stalls() as stalls:
            begin_s = time.monotonic()
            refresh = next_request(caller, "UPDATE", refresh)
            passed_s = time.monotonic() - begin_s
        assert refresh.body == ""
        assert expires(refresh) == (90, "uac")
        assert passed_s == pytest.approx(SESSION_S / 2, abs=0.5 + stalls.longest_s)
        caller.respond(refresh, 200, headers=REFRESHED_BY_US)
    assert caller.hang_up().status == 200


def test_we_refresh_by_re_invite_who_knows_no_update(dial):
    """The same SDP with the same version. Their re-INVITE meanwhile gets 491, and so does ours, which is tried again.

    patches/refresh-after-glare.patch: without it nothing follows the 491.
    """
    caller, final = session(dial, "90;refresher=uas", allow="INVITE, ACK, BYE, CANCEL")
    refresh = caller.expect("INVITE")
    assert origin(refresh) == origin(final)
    assert caller.invite().status == 491
    caller.respond(refresh, 491)
    caller.expect("ACK")
    again = next_request(caller, "INVITE", refresh)
    assert origin(again) == origin(final)
    caller.respond(again, 200, caller.sdp(), headers=REFRESHED_BY_US)
    caller.expect("ACK")
    assert caller.hang_up().status == 200


def test_a_refresh_that_nobody_answers_ends_the_call(dial):
    """The far end is gone: no answer to the refresh for 64*T1, nor to our BYE for as long; then the call is freed."""
    caller, _ = session(dial, "90;refresher=uas")
    caller.expect("UPDATE")
    dial.server.ended(caller.call_id, timeout_s=2 * GIVE_UP_S + ROOM_S)


def test_their_refreshes_keep_the_call_and_their_absence_ends_it(dial):
    """The caller refreshes: with it the call lives beyond 90 s; without it comes our BYE after two thirds of them."""
    caller, final = session(dial, "90;refresher=uac")
    assert expires(final) == (90, "uac")
    for _ in range(3):
        with pytest.raises(TimeoutError):
            caller.expect("BYE", timeout_s=SESSION_S / 3)
        refreshed = caller.response(
            caller.request("UPDATE", headers=(TIMER, ("Session-Expires", "90;refresher=uac")))
        )
        assert expires(refreshed) == (90, "uac")
    with Stalls() as stalls:
        begin_s = time.monotonic()
        bye = caller.expect("BYE", timeout_s=SESSION_S + ROOM_S)
        passed_s = time.monotonic() - begin_s
    assert passed_s == pytest.approx(SESSION_S * 2 / 3, abs=0.5 + stalls.longest_s)
    caller.respond(bye, 200)
    dial.server.ended(caller.call_id)


def test_a_session_that_is_too_short_is_422(dial):
    """Below 90 s, with what we want as Min-SE; then it may be tried again."""
    caller = dial.caller()
    headers = (TIMER, ("Session-Expires", "30;refresher=uac"))
    refused = caller.response(caller.request("INVITE", caller.sdp(), headers=headers))
    caller.acknowledge(refused)
    assert (refused.status, refused.one("Min-SE")) == (422, "90")


def test_no_timer_is_forced_on_who_has_none(dial):
    """A caller without timer support has a call without one."""
    caller = dial.caller()
    final = caller.invite()
    assert final.one("Session-Expires") == ""
    assert "timer" not in final.one("Require")


# -- what never comes --


def test_a_200_that_is_never_acknowledged_ends_the_call(dial):
    """Repeated for 64*T1, then BYE; that is not answered either, and its place is free."""
    caller = dial.caller()
    invite = caller.request("INVITE", caller.sdp())
    caller.response(invite)
    assert dial.server.ended(caller.call_id, timeout_s=2 * GIVE_UP_S + ROOM_S) == "network"
    caller._invite = None


def test_a_183_whose_prack_never_comes_is_given_up(dial):
    """RFC 3262, 3: a 5xx after 64*T1, and nothing is left."""
    caller = dial.caller(EARLY)
    invite = caller.request("INVITE", caller.sdp(), headers=(("Require", "100rel"),))
    refused = caller.response(invite, timeout_s=GIVE_UP_S + ROOM_S)
    caller.acknowledge(refused)
    assert refused.status >= 400
    dial.server.ended(caller.call_id)


@pytest.mark.parametrize("contact", [f"sip:x@{NOWHERE}", "sip:x@127.0.0.1:9"])
def test_a_caller_that_cannot_be_reached_is_hung_up_all_the_same(dial, contact):
    """Its Contact leads nowhere: our BYE cannot be sent, or is not answered, and the call ends."""
    caller = dial.caller()
    caller.contact = f"<{contact}>"
    assert caller.invite().status == 200
    dial.server.do("hang up")
    dial.server.ended(caller.call_id, timeout_s=2 * GIVE_UP_S + ROOM_S)


# -- a silent far end --


@pytest.mark.parametrize(("direction", "answers"), [("sendrecv", (200, 500)), ("inactive", (501,))])
def test_a_silent_far_end_that_lives_is_kept(dial, direction, answers):
    """Mute or on hold: asked after a minute and after each further one, whatever it answers; the call stays."""
    caller = dial.caller()
    begin_s = time.monotonic()
    assert caller.invite(caller.sdp(caller.audio(direction=direction))).status == 200
    question = None
    for status in answers:
        question = next_request(caller, "OPTIONS", question, SILENT_S + ROOM_S)
        assert time.monotonic() - begin_s > SILENT_S - 0.3
        begin_s = time.monotonic()
        caller.respond(question, status)
    assert caller.hang_up().status == 200


def test_a_far_end_that_sends_is_not_asked(dial):
    """RTP is sign of life enough."""
    caller = dial()
    caller.rtp.talk([b"\xff" * 160] * int((SILENT_S + 1) / 0.02))
    with pytest.raises(TimeoutError):
        caller.expect("OPTIONS", timeout_s=0.1)
    assert caller.hang_up().status == 200


def test_a_vanished_far_end_is_found_and_freed(dial):
    """It sends nothing and answers nothing: a minute, 64*T1 each for OPTIONS and BYE, and its place is free."""
    caller = dial()
    caller.expect("OPTIONS", timeout_s=SILENT_S + ROOM_S)
    assert dial.server.ended(caller.call_id, timeout_s=2 * GIVE_UP_S + ROOM_S) == "network"


def test_an_exchange_that_forgot_the_call_is_freed(dial):
    """It was started again, and answers 481."""
    caller = dial()
    caller.respond(caller.expect("OPTIONS", timeout_s=SILENT_S + ROOM_S), 481)
    assert dial.server.ended(caller.call_id) == "network"
    caller.respond(caller.expect("BYE"), 481)


def test_a_vanished_far_end_s_address_may_be_unreachable(dial):
    """The question cannot even be sent: the call is freed as well."""
    caller = dial.caller()
    caller.contact = f"<sip:x@{NOWHERE}>"
    assert caller.invite().status == 200
    assert dial.server.ended(caller.call_id, timeout_s=SILENT_S + 2 * GIVE_UP_S + ROOM_S) == "network"
