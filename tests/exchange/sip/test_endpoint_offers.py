"""How a call begins: INVITEs with and without SDP, 100rel, early media, what is refused before anything rings."""

import re
import time

import pytest
from support.endpoint_process import EARLY, MIRROR, WAIT
from support.marked_frames import echoed, marked_frame, whole_numbers
from support.rtp_socket import is_unbroken, largest_gap_ms
from support.stalls import Stalls

pytestmark = pytest.mark.native

SPOKEN = b"\x11" * 160
RELIABLE = pytest.mark.parametrize("field", ["Require", "Supported"])


def audio_ports(sdp):
    return re.findall(r"^m=audio (\d+)", sdp, re.MULTILINE)


def is_echoed(packets):
    """Whether anything that was spoken has come back."""
    return any(packet.payload == SPOKEN for packet in packets)


def payload_types(caller):
    """The types of all that came, once anything has."""
    return {packet.payload_type for packet in caller.rtp.received_until(bool)}


def acknowledged_early(caller, provisional):
    """PRACK a provisional response (RFC 3262), and its answer."""
    sequence, invite = provisional.one("RSeq"), provisional.one("CSeq")
    return caller.response(caller.request("PRACK", headers=(("RAck", f"{sequence} {invite}"),)))


def test_an_invite_without_sdp_gets_our_offer(dial):
    """Both laws and telephone-event are offered in the 200; the ACK answers; then there is sound, not before."""
    caller = dial.caller()
    final = caller.response(caller.request("INVITE"))
    assert final.status == 200
    assert re.search(r"^m=audio \d+ RTP/AVP 0 8 \d+\r$", final.body, re.MULTILINE)
    assert "telephone-event/8000" in final.body
    time.sleep(0.1)
    assert caller.rtp.received() == []
    caller.acknowledge(final, caller.sdp(caller.audio("8 101")))
    caller.rtp.payload_type = 8
    caller.rtp.talk([b"\xd5" * 160] * 10)
    assert payload_types(caller) == {8}
    assert caller.hang_up().status == 200


def test_an_ack_without_an_answer_ends_the_call(dial):
    """Our offer was never answered: no sound can be, so the call ends and its place is free."""
    caller = dial.caller()
    final = caller.response(caller.request("INVITE"))
    caller.acknowledge(final)
    caller.respond(caller.expect("BYE"), 200)
    dial.server.ended(caller.call_id)


@RELIABLE
def test_a_reliable_183_is_sent_until_its_prack(dial, field):
    """100rel supported or required: the 183 has RSeq and is repeated; after the PRACK it is not."""
    caller = dial.caller(EARLY)
    invite = caller.request("INVITE", caller.sdp(), headers=((field, "100rel"),))
    first = caller.response(invite, at_least=183)
    assert (first.status, first.one("Require")) == (183, "100rel")
    again = caller.response(invite, at_least=183)
    assert again.one("RSeq") == first.one("RSeq")
    assert again.body == first.body
    assert acknowledged_early(caller, first).status == 200
    caller._waiting.clear()  # one may have been sent before the PRACK came
    with pytest.raises(TimeoutError):
        caller.response(invite, at_least=183, timeout_s=1.2)
    dial.server.do("answer")
    final = caller.response(invite)
    assert final.status == 200
    caller.acknowledge(final)
    assert caller.hang_up().status == 200


@RELIABLE
def test_an_offerless_invite_with_100rel_is_offered_to_early(dial, field):
    """The offer comes in the reliable 183 and its answer in the PRACK (RFC 3262, 5): early media from then on."""
    caller = dial.caller(EARLY)
    invite = caller.request("INVITE", headers=((field, "100rel"),))
    early = caller.response(invite, at_least=183)
    rack = ("RAck", f"{early.one('RSeq')} {early.one('CSeq')}")
    assert caller.response(caller.request("PRACK", caller.sdp(), headers=(rack,))).status == 200
    our_event_type = int(re.search(r"rtpmap:(\d+) telephone-event", early.body)[1])
    caller.rtp.press(1, payload_type=our_event_type)
    final = caller.response(invite)
    caller.acknowledge(final)
    assert final.status == 200
    assert caller.hang_up().status == 200


def test_an_offerless_invite_is_offered_to_in_an_unreliable_183_too(dial):
    """Its answer comes with the ACK only; a service that waits for early media has none, and answers when told."""
    caller = dial.caller(EARLY)
    invite = caller.request("INVITE")
    assert caller.response(invite, at_least=183).status == 183
    dial.server.do("answer")
    final = caller.response(invite)
    caller.acknowledge(final, caller.sdp())
    dial.server.await_echo(caller.call_id)
    caller.rtp.talk([SPOKEN] * 10)
    assert is_echoed(caller.rtp.received_until(is_echoed))
    assert caller.hang_up().status == 200


def test_an_extension_that_nobody_knows_is_420(dial):
    """Required, and named in Unsupported (RFC 3261, 8.2.2.3)."""
    caller = dial.caller()
    refused = caller.response(caller.request("INVITE", caller.sdp(), headers=(("Require", "teleportation"),)))
    caller.acknowledge(refused)
    assert refused.status == 420
    assert refused.one("Unsupported") == "teleportation"


def test_early_media_and_the_answer_are_one_stream(dial):
    """From the 183 on we say and hear; the 200 changes neither SDP, port, SSRC nor numbering, and is no burst."""
    caller = dial.caller(EARLY)
    invite = caller.request("INVITE", caller.sdp())
    early = caller.response(invite, at_least=183)
    dial.server.await_echo(caller.call_id)
    with Stalls() as stalls:
        caller.rtp.talk(marked_frame(number) for number in range(15))
        dial.server.do("answer")
        final = caller.response(invite)
        caller.acknowledge(final)
        assert final.body == early.body
        caller.rtp.talk(marked_frame(number) for number in range(15, 30))
        packets = echoed(caller.rtp, 29)
    assert is_unbroken(packets)
    heard = whole_numbers(packets)
    assert heard == list(range(30))
    assert sum(packet.marker for packet in packets) == 1
    seconds = (packets[-1].utc_ns - packets[0].utc_ns) / 1e9
    assert len(packets) == pytest.approx(seconds / 0.02, abs=4 + stalls.longest_s / 0.02)
    assert largest_gap_ms(packets) < 150 + 1000 * stalls.longest_s


def test_digits_are_heard_before_the_answer(dial):
    """The early service answers at a 1."""
    caller = dial.caller(EARLY)
    invite = caller.request("INVITE", caller.sdp())
    caller.response(invite, at_least=183)
    caller.rtp.press(5)
    caller.rtp.press(1)
    final = caller.response(invite)
    caller.acknowledge(final)
    assert final.status == 200
    assert dial.server.call(caller.call_id)["digits"] == "5"


def test_early_media_may_end_in_a_refusal(dial):
    """603 after the 183: the stream ends with it."""
    caller = dial.caller(EARLY)
    invite = caller.request("INVITE", caller.sdp())
    caller.response(invite, at_least=183)
    caller.rtp.press(2)
    refused = caller.response(invite)
    caller.acknowledge(refused)
    assert refused.status == 603
    dial.server.ended(caller.call_id)
    caller.rtp.received()
    time.sleep(0.1)
    assert caller.rtp.received() == []


def test_nothing_is_sent_before_there_is_sdp_of_ours(dial):
    """An INVITE that waits for its answer hears no RTP."""
    caller = dial.caller(WAIT)
    invite = caller.request("INVITE", caller.sdp())
    dial.server.call(caller.call_id)
    time.sleep(0.1)
    assert caller.rtp.received() == []
    dial.server.do("answer")
    caller.acknowledge(caller.response(invite))
    assert caller.hang_up().status == 200


@pytest.mark.parametrize(
    ("media", "status"),
    [
        ("m=audio {port} RTP/AVP 18\r\na=rtpmap:18 G729/8000\r\n", 488),
        ("m=audio {port} RTP/SAVP 0\r\n", 488),
        ("m=audio {port} UDP/TLS/RTP/SAVPF 0\r\n", 488),
        ("m=audio 0 RTP/AVP 0\r\n", 488),
        ("m=video {port} RTP/AVP 31\r\n", 488),
        ("m=image {port} udptl t38\r\n", 488),
        ("m=audio {port} RTP/AVP 101\r\na=rtpmap:101 telephone-event/8000\r\n", 488),
        ("m=audio {port} RTP/AVP\r\n", 400),
        ("m=audio 99999 RTP/AVP 0\r\n", 400),
        ("nonsense\r\n", 400),
    ],
)
def test_an_offer_that_cannot_be_met_is_refused_at_once(dial, media, status):
    """Before anything rings, and no service hears of it."""
    caller = dial.caller(EARLY)
    known = len(dial.server.report()["calls"])
    assert caller.invite(caller.sdp(media.format(port=caller.rtp.here[1]))).status == status
    assert len(dial.server.report()["calls"]) == known
    dial.server.await_free()


@pytest.mark.parametrize("form", ["sendonly", "inactive", "0.0.0.0"])
def test_a_call_may_begin_on_hold(dial, form):
    """Answered, and silent until it is resumed."""
    caller = dial.caller()
    held = caller.sdp(caller.audio(direction="sendrecv" if form == "0.0.0.0" else form))
    if form == "0.0.0.0":
        held = held.replace(f"c=IN IP4 {caller.address}", "c=IN IP4 0.0.0.0")
    assert caller.invite(held).status == 200
    time.sleep(0.2)
    assert caller.rtp.received() == []
    assert caller.invite().status == 200
    dial.server.await_echo(caller.call_id)
    caller.rtp.talk([SPOKEN] * 10)
    assert is_echoed(caller.rtp.received_until(is_echoed))
    assert caller.hang_up().status == 200


@pytest.mark.parametrize(
    ("formats", "spoken"),
    [("8 0 101", 8), ("0 8 101", 0), ("18 3 8 101", 8), ("111 0", 0)],
)
def test_the_caller_s_first_law_is_spoken(dial, formats, spoken):
    """Of what it offers, the first that is G.711."""
    caller = dial.caller()
    names = "a=rtpmap:18 G729/8000\r\na=rtpmap:111 opus/48000/2\r\n"
    final = caller.invite(caller.sdp(caller.audio(formats) + names))
    assert final.status == 200
    assert re.search(rf"^m=audio \d+ RTP/AVP {spoken}\b", final.body, re.MULTILINE)
    caller.rtp.payload_type = spoken
    caller.rtp.talk([b"\x55" * 160] * 5)
    assert payload_types(caller) == {spoken}
    assert caller.hang_up().status == 200


def test_of_several_lines_one_is_answered(dial):
    """Audio, video and a second audio: ours on the first audio, the others refused by port 0, in their order."""
    caller = dial.caller()
    video = "m=video 40000 RTP/AVP 31\r\n"
    final = caller.invite(caller.sdp(video, caller.audio(), "m=audio 40002 RTP/AVP 0\r\n"))
    assert final.status == 200
    lines = re.findall(r"^m=(\w+) (\d+)", final.body, re.MULTILINE)
    assert [kind for kind, _ in lines] == ["video", "audio", "audio"]
    assert sum(port != "0" for _, port in lines) == 1
    assert lines[1][1] != "0"
    assert caller.hang_up().status == 200


def test_a_description_in_a_multipart_body_is_found(dial):
    """As exchanges send that add ISUP or XML to the SDP (RFC 3261 7.4.1, RFC 5621)."""
    caller = dial.caller()
    body = (
        f"--cut\r\nContent-Type: application/sdp\r\n\r\n{caller.sdp()}\r\n"
        "--cut\r\nContent-Type: text/plain\r\n\r\nmore\r\n--cut--\r\n"
    )
    invite = caller.request("INVITE", body, content_type='multipart/mixed;boundary="cut"')
    final = caller.response(invite)
    caller.acknowledge(final)
    assert final.status == 200
    assert caller.hang_up().status == 200


def test_a_body_of_another_kind_is_refused(dial):
    """415, with what we accept."""
    caller = dial.caller(MIRROR)
    final = caller.response(caller.request("INVITE", "<xml/>", content_type="application/xml"))
    caller.acknowledge(final)
    assert final.status == 415
    assert "application/sdp" in final.one("Accept")
