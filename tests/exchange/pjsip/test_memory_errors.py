"""The three remote memory errors of PJSIP 2.17 that our patches cure. A server that dies fails the test."""

import pytest
from support.line_process import LineProcess
from support.scripted_caller import ScriptedCaller

pytestmark = pytest.mark.native

DEAD_LINES = {
    "audio": "m=audio 0 RTP/AVP 0\r\n",
    "image": "m=image 0 udptl t38\r\n",
    "text": "m=text 0 RTP/AVP 98\r\n",
    "video": "m=video 0 RTP/AVP 96\r\n",
}
TEXT = "m=text 4444 RTP/AVP 98\r\na=rtpmap:98 t140/1000\r\n"


@pytest.fixture
def mortal():
    """A server of the test's own, since without the patch it dies."""
    with LineProcess() as process:
        yield process


def without_address(caller, lines):
    """An SDP whose live line alone has a c=."""
    head = caller.sdp("").replace(f"c=IN IP4 {caller.address}\r\n", "")
    address = f"c=IN IP4 {caller.address}\r\n"
    audio = caller.audio().replace("\r\n", "\r\n" + address, 1)
    return head + "".join(audio if line == "live" else line for line in lines)


@pytest.mark.parametrize("kind", DEAD_LINES)
def test_a_dead_line_without_any_address_harms_nothing(mortal, kind):
    """patches/line-without-address.patch: in an INVITE and in a re-INVITE, before and after the live line."""
    with ScriptedCaller(mortal.address, "echo") as caller:
        assert caller.invite(without_address(caller, ["live"])).status == 200
        for lines in (("live", DEAD_LINES[kind]), (DEAD_LINES[kind], "live")):
            final = caller.invite(without_address(caller, lines))
            assert final.status == 200
        mortal.await_report(lambda report: report["live"] == 1)
        caller.hang_up()


def test_a_line_that_runs_does_not_change_its_type(mortal):
    """patches/line-changes-type.patch: audio that is offered as text, and as audio again."""
    with ScriptedCaller(mortal.address, "echo") as caller:
        assert caller.invite().status == 200
        as_text = caller.invite(caller.sdp(TEXT))
        assert as_text.status >= 300 or "m=text 0 " in as_text.body
        if as_text.status < 300:
            caller.invite(caller.sdp())
        assert mortal.report()["calls"] in {0, 1}


@pytest.mark.parametrize("line", ["audio", "image"])
def test_an_offer_of_all_lines_leaves_no_room_to_write_beyond(mortal, line):
    """patches/too-many-lines.patch: 16 lines, then a re-INVITE without SDP that asks us for one more."""
    with ScriptedCaller(mortal.address, "echo") as caller:
        lines = [caller.audio()] + [caller.audio() if line == "audio" else "m=image 4000 udptl t38\r\n"] * 15
        if caller.invite(caller.sdp(*lines)).status == 200:
            final = caller.response(caller.request("INVITE"))
            caller.acknowledge(final, caller.sdp() if final.status == 200 else "")
        assert mortal.report()["calls"] in {0, 1}
