"""Requests that are no call: OPTIONS is answered always, and nothing that a far end asks makes us call somebody."""

import pytest
from support.endpoint_process import EARLY
from support.scripted_caller import ScriptedCaller, TcpCaller

pytestmark = pytest.mark.native

SPOKEN = b"\x11" * 160
TRANSPORTS = pytest.mark.parametrize("kind", [ScriptedCaller, TcpCaller])


def is_echoed(packets):
    """Whether nearly all that was spoken has come back."""
    return sum(packet.payload == SPOKEN for packet in packets) >= 8


@TRANSPORTS
def test_options_outside_of_a_dialog(dial, kind):
    """The exchange's qualify, by either transport."""
    caller = dial.caller(kind=kind)
    response = caller.response(caller.request("OPTIONS"))
    assert response.status == 200
    assert {"INVITE", "UPDATE", "INFO"} <= set(response.one("Allow").split(", "))


@TRANSPORTS
def test_options_in_every_state_of_a_call(dial, kind):
    """Before the answer, after it and on hold; each time 200, and the call goes on."""
    caller = dial.caller(EARLY, kind=kind)
    invite = caller.request("INVITE", caller.sdp())
    assert caller.response(invite, at_least=183).status == 183
    assert caller.response(caller.request("OPTIONS")).status == 200
    dial.server.do("answer")
    caller.acknowledge(caller.response(invite))
    assert caller.response(caller.request("OPTIONS")).status == 200
    assert caller.invite(caller.sdp(caller.audio(direction="sendonly"))).status == 200
    assert caller.response(caller.request("OPTIONS")).status == 200
    assert caller.hang_up().status == 200


def test_a_call_by_tcp_is_as_one_by_udp(dial):
    """INVITE, re-INVITE and BYE on one connection; the RTP is UDP."""
    caller = dial.caller(kind=TcpCaller)
    assert caller.invite().status == 200
    dial.server.await_echo(caller.call_id)
    caller.rtp.talk([SPOKEN] * 10)
    assert caller.invite().status == 200
    assert is_echoed(caller.rtp.received_until(is_echoed))
    assert caller.hang_up().status == 200


def test_our_bye_comes_by_the_caller_s_tcp_connection(dial):
    """No second connection, no UDP."""
    caller = dial.caller(kind=TcpCaller)
    assert caller.invite().status == 200
    dial.server.do("hang up")
    bye = caller.expect("BYE")
    assert "/TCP " in bye.one("Via")
    caller.respond(bye, 200)
    assert dial.server.ended(caller.call_id) == "us"


def test_a_connection_that_breaks_leaves_the_call_s_sound_alone(dial):
    """TCP is closed in mid-call: the echo goes on; the BYE comes by a new connection."""
    caller = dial.caller(kind=TcpCaller)
    assert caller.invite().status == 200
    dial.server.await_echo(caller.call_id)
    caller._socket.close()
    caller.rtp.talk([SPOKEN] * 10)
    assert is_echoed(caller.rtp.received_until(is_echoed))
    caller._socket = caller._open(caller.address)
    assert caller.hang_up().status == 200


def test_a_transfer_is_declined_and_calls_nobody(dial):
    """REFER would have us dial wherever a caller likes."""
    caller = dial()
    goal = ("Refer-To", f"<sip:goal@{caller.address}:{caller.port}>")
    response = caller.response(caller.request("REFER", headers=(goal,)))
    assert response.status == 603
    with pytest.raises(TimeoutError):
        caller.expect("INVITE", timeout_s=0.3)
    assert caller.hang_up().status == 200


def test_another_call_cannot_take_a_call_s_place(dial):
    """INVITE with Replaces, by one who knows the dialog: refused, and the call goes on."""
    caller, thief = dial(), dial.caller()
    our_tag = caller.response(caller.request("OPTIONS")).one("To").rpartition("tag=")[2]
    replaces = ("Replaces", f"{caller.call_id};to-tag={our_tag};from-tag={caller.tag}")
    refused = thief.response(thief.request("INVITE", thief.sdp(), headers=(replaces,)))
    thief.acknowledge(refused)
    assert refused.status == 603
    assert caller.response(caller.request("OPTIONS")).status == 200
    assert dial.server.report()["up"] == 1
    assert caller.hang_up().status == 200


@pytest.mark.parametrize("method", ["MESSAGE", "SUBSCRIBE", "NOTIFY", "PUBLISH", "PRACK", "FROBNICATE"])
def test_what_we_do_not_serve_leaves_the_call_up(dial, method):
    """Some final answer, and the dialog is as it was."""
    caller = dial()
    assert caller.response(caller.request(method, headers=(("Event", "presence"),))).status >= 200
    assert caller.response(caller.request("OPTIONS")).status == 200
    assert caller.hang_up().status == 200


@pytest.mark.parametrize("method", ["BYE", "UPDATE", "INFO", "PRACK", "INVITE"])
def test_a_request_of_a_dialog_that_is_not_ours_is_481(dial, method):
    """Who asks after a call that ended, or of a process before this one, learns that it is gone."""
    caller = dial.caller()
    caller._to += ";tag=nobody"
    cseq = caller.request(method, caller.sdp() if method == "INVITE" else "")
    final = caller.response(cseq)
    assert final.status == 481
    if method == "INVITE":
        caller.acknowledge(final)


@pytest.mark.parametrize("number", ["", "999", "2010", "20", "anonymous", "%00", "201%0d%0a"])
def test_a_number_that_is_not_ours_is_404(dial, number):
    """Nothing rings."""
    caller = dial.caller()
    host, port = dial.server.address
    caller.target = f"sip:{number}@{host}:{port}" if number else f"sip:{host}:{port}"
    refused = caller.invite()
    assert refused.status == 404
    assert caller._waiting == [] or all(message.status == 100 for message in caller._waiting)


@pytest.mark.parametrize(("uri", "status"), [("tel:201", 200), ("sips:201@{}", 480)])
def test_a_request_uri_of_another_kind_is_answered(dial, uri, status):
    """A tel: URI is a number as any; sips: asks for TLS, which we do not have."""
    caller = dial.caller()
    caller.target = uri.format("{}:{}".format(*dial.server.address))
    assert caller.invite().status == status
