"""patches/t38.patch: T.38 lines (m=image) are left to the application, and turn into audio and back in their place."""

import re
import time

import pytest
from support.marked_frames import echoed, marked_frame, whole_numbers

pytestmark = pytest.mark.native

IMAGE = "m=image 40100 udptl t38\r\na=T38FaxVersion:0\r\na=T38FaxRateManagement:transferredTCF\r\n"


def media_lines(message):
    return re.findall(r"^m=(\w+) (\d+)", message.body, re.MULTILINE)


def talk(caller, begin):
    """The marked frames that come back, and all packets."""
    caller.rtp.talk(marked_frame(number) for number in range(begin, begin + 15))
    packets = echoed(caller.rtp, begin + 14)
    return whole_numbers(packets), packets


def test_their_re_invite_turns_the_audio_line_into_an_image_line_and_back(dial):
    """One line all the time; the audio afterwards goes on with the numbers where they were."""
    caller = dial("image")
    heard, before = talk(caller, 0)
    assert heard == list(range(15))
    as_image = caller.invite(caller.sdp(IMAGE))
    assert as_image.status == 200
    assert media_lines(as_image) == [("image", "40000")]
    before += caller.rtp.received()
    time.sleep(0.1)
    assert caller.rtp.received() == []
    as_audio = caller.invite(caller.sdp())
    assert [kind for kind, _ in media_lines(as_audio)] == ["audio"]
    heard, after = talk(caller, 20)
    assert len(heard) >= 13
    assert after[0].ssrc == before[-1].ssrc
    assert (after[0].sequence - before[-1].sequence) & 0xFFFF == 1


def test_a_call_may_be_an_image_from_the_start(dial):
    """An INVITE with T.38 alone is answered by the application's SDP; audio may follow on the same line."""
    caller = dial.caller("image")
    final = caller.invite(caller.sdp(IMAGE))
    assert final.status == 200
    assert media_lines(final) == [("image", "40000")]
    as_audio = caller.invite(caller.sdp())
    assert as_audio.status == 200
    heard, _ = talk(caller, 0)
    assert len(heard) >= 13


def test_our_own_re_invite_asks_for_an_image_on_the_one_line_and_for_audio_again(dial, server):
    """No second line, no dead copy of the first."""
    caller = dial("image")
    server.do("offer image", image=True)
    offer = caller.expect("INVITE")
    assert media_lines(offer) == [("image", "40000")]
    caller.respond(offer, 200, caller.sdp(IMAGE))
    caller.expect("ACK")
    server.do("offer image", image=False)
    offer = caller.expect("INVITE")
    assert [kind for kind, _ in media_lines(offer)] == ["audio"]
    caller.respond(offer, 200, caller.sdp())
    caller.expect("ACK")


def test_our_image_refused_leaves_the_audio_as_it_was(dial, server):
    """488 to our re-INVITE: the echo goes on, no packet is missing."""
    caller = dial("image")
    server.do("offer image", image=True)
    offer = caller.expect("INVITE")
    caller.respond(offer, 488)
    caller.expect("ACK")
    heard, packets = talk(caller, 0)
    assert heard == list(range(15))
    assert len({packet.ssrc for packet in packets}) == 1


def test_an_image_offer_that_the_application_does_not_take_gets_488(dial):
    """The application is asked first (onCallRxOffer): it says no, and the audio goes on."""
    caller = dial("echo")
    assert caller.invite(caller.sdp(IMAGE)).status == 488
    heard, _ = talk(caller, 0)
    assert heard == list(range(15))
