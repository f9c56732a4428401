"""A call that changes: hold, resume, other codecs, UPDATE, offers that cannot be met; address and port never change."""

import re
import time
from dataclasses import dataclass

import pytest
from support.endpoint_process import EARLY
from support.marked_frames import echoed as until_echoed
from support.marked_frames import marked_frame, numbers_heard, whole_numbers
from support.rtp_socket import SETTLE_S
from support.stalls import Stalls

pytestmark = pytest.mark.native

HOLDS = pytest.mark.parametrize("form", ["sendonly", "inactive", "0.0.0.0"])
ANSWERED_DIRECTION = {"sendonly": "recvonly", "inactive": "inactive"}


@dataclass(frozen=True)
class Description:
    """What an SDP of ours says of where and what."""

    session: str
    version: int
    origin: str
    connections: frozenset[str]
    port: int
    formats: str

    @classmethod
    def read(cls, sdp: str) -> "Description":
        session, version, origin = re.search(r"^o=\S+ (\d+) (\d+) (.*)\r$", sdp, re.MULTILINE).groups()
        port, formats = re.search(r"^m=audio (\d+) RTP/AVP (.*)\r$", sdp, re.MULTILINE).groups()
        connections = frozenset(re.findall(r"^c=(.*)\r$", sdp, re.MULTILINE))
        return cls(session, int(version), origin, connections, int(port), formats)

    @property
    def place(self):
        """What must stay the same for the whole call."""
        return self.session, self.origin, self.connections, self.port


def called(dial):
    """A call that is up and echoes, and its first SDP of ours."""
    caller = dial.caller()
    final = caller.invite()
    assert final.status == 200
    dial.server.await_echo(caller.call_id)
    return caller, Description.read(final.body)


def held(caller, form):
    if form == "0.0.0.0":
        return caller.sdp().replace(f"c=IN IP4 {caller.address}", "c=IN IP4 0.0.0.0")
    return caller.sdp(caller.audio(direction=form))


def echoed(caller, begin, count=10):
    """Numbers that come back of marked frames, and the packets that they came in."""
    caller.rtp.talk(marked_frame(number) for number in range(begin, begin + count))
    packets = until_echoed(caller.rtp, begin + count - 1)
    return whole_numbers(packets), packets


def unheard(caller, begin, count=10):
    """The packets that come though no answer to these frames may."""
    caller.rtp.talk(marked_frame(number) for number in range(begin, begin + count))
    time.sleep(SETTLE_S)
    return caller.rtp.received()


def sources(packets):
    return {packet.source for packet in packets}


@HOLDS
def test_hold_and_resume_keep_address_port_and_source(dial, form):
    """Each form of hold is answered from where we were all the time, and nothing comes while it lasts."""
    caller, first = called(dial)
    _, before = echoed(caller, 0)
    on_hold = caller.invite(held(caller, form))
    assert on_hold.status == 200
    assert Description.read(on_hold.body).place == first.place
    if form in ANSWERED_DIRECTION:
        assert f"a={ANSWERED_DIRECTION[form]}\r\n" in on_hold.body
    caller.rtp.received()
    assert unheard(caller, 20) == []
    resumed = caller.invite()
    assert resumed.status == 200
    assert Description.read(resumed.body).place == first.place
    heard, after = echoed(caller, 40)
    assert len(heard) >= 8
    assert sources(before) == sources(after) == {("127.0.0.1", first.port)}
    assert caller.hang_up().status == 200


@HOLDS
def test_no_burst_follows_a_hold(dial, form):
    """After the resume packets come at their pace, those of the pause not at all."""
    caller, _ = called(dial)
    caller.invite(held(caller, form))
    with Stalls() as stalls:
        time.sleep(0.5)
        caller.rtp.received()
        resumed_monotonic_s = time.monotonic()
        caller.invite()
        caller.rtp.talk([b"\xff" * 160] * 15)
        packets = caller.rtp.received_until(lambda packets: len(packets) >= 5)
        elapsed_s = time.monotonic() - resumed_monotonic_s
    assert 5 <= len(packets) <= (elapsed_s + stalls.longest_s) / 0.02 + 3


def test_no_burst_follows_the_answer(dial):
    """Nothing was saved up while it rang."""
    caller = dial.caller(EARLY)
    invite = caller.request("INVITE", caller.sdp())
    caller.response(invite, at_least=183)
    with Stalls() as stalls:
        time.sleep(0.5)
        answered_monotonic_s = time.monotonic()
        caller.rtp.received()
        dial.server.do("answer")
        caller.acknowledge(caller.response(invite))
        caller.rtp.talk([b"\xff" * 160] * 15)
        packets = caller.rtp.received()
        elapsed_s = time.monotonic() - answered_monotonic_s
    assert len(packets) <= (elapsed_s + stalls.longest_s) / 0.02 + 3


def test_the_version_rises_with_a_change_and_only_then(dial):
    """RFC 3264, 8: the same SDP keeps its version, another one has the next."""
    caller, first = called(dial)
    versions = [first.version]
    for direction in ("sendrecv", "sendrecv", "sendonly", "sendonly", "sendrecv"):
        final = caller.invite(caller.sdp(caller.audio(direction=direction)))
        versions.append(Description.read(final.body).version)
    begin = versions[0]
    assert [version - begin for version in versions] == [0, 0, 0, 1, 1, 2]


@pytest.mark.parametrize(("law", "other"), [("0 101", "8 101"), ("8 101", "0 101")])
def test_the_codec_may_change_in_the_call(dial, law, other):
    """One SSRC and one numbering go on, at the same port, in the other law."""
    caller = dial(formats=law)
    dial.server.await_echo(caller.call_id)
    caller.rtp.payload_type = int(law.split()[0])
    _, before = echoed(caller, 0)
    port = caller.rtp.there[1]
    changed = caller.invite(caller.sdp(caller.audio(other)))
    assert changed.status == 200
    before += caller.rtp.received()
    caller.rtp.payload_type = int(other.split()[0])
    heard, after = echoed(caller, 20)
    assert caller.rtp.there[1] == port
    assert {packet.payload_type for packet in after} == {int(other.split()[0])}
    assert len(heard) >= 8
    assert {packet.ssrc for packet in before} == {packet.ssrc for packet in after}
    assert (after[0].sequence - before[-1].sequence) & 0xFFFF == 1


@pytest.mark.parametrize(
    ("method", "media"),
    [
        ("INVITE", "m=audio {port} RTP/AVP 18\r\n"),
        ("INVITE", "m=image {port} udptl t38\r\n"),
        ("INVITE", "m=audio {port} RTP/SAVP 0\r\n"),
        ("INVITE", "m=audio {port} RTP/AVP 101\r\na=rtpmap:101 telephone-event/8000\r\n"),
        ("INVITE", "m=video {port} RTP/AVP 31\r\n"),
        ("UPDATE", "m=audio {port} RTP/AVP 18\r\n"),
        ("UPDATE", "m=image {port} udptl t38\r\n"),
    ],
)
def test_an_offer_that_cannot_be_met_changes_nothing(dial, method, media):
    """488, and the sound goes on: no packet of the echo is missing, before, during and after."""
    caller, first = called(dial)
    heard, packets = echoed(caller, 0)
    assert heard[-1] == 9
    offer = caller.sdp(media.format(port=caller.rtp.here[1]))
    final = caller.response(caller.request(method, offer))
    if method == "INVITE":
        caller.acknowledge(final)
    assert final.status == 488
    heard, more = echoed(caller, 10)
    assert heard == list(range(10, 20))
    assert len({packet.ssrc for packet in packets + more}) == 1
    again = caller.invite()
    assert Description.read(again.body) == first


def test_an_offer_that_is_no_sdp_changes_nothing(dial):
    """Refused, and the call goes on."""
    caller, first = called(dial)
    assert caller.invite("nonsense").status in {400, 415, 488}
    assert Description.read(caller.invite().body) == first


def test_update_with_sdp_is_a_change_without_an_ack(dial):
    """RFC 3311: hold and resume by UPDATE, at the same place."""
    caller, first = called(dial)
    on_hold = caller.response(caller.request("UPDATE", held(caller, "sendonly")))
    assert on_hold.status == 200
    assert "a=recvonly" in on_hold.body
    assert Description.read(on_hold.body).place == first.place
    caller.rtp.received()
    assert unheard(caller, 0) == []
    assert caller.response(caller.request("UPDATE", caller.sdp())).status == 200
    assert len(echoed(caller, 20)[0]) >= 8


def test_update_without_sdp_changes_nothing(dial):
    """As a session refresh or a new Contact has it: 200 without SDP."""
    caller, _ = called(dial)
    final = caller.response(caller.request("UPDATE"))
    assert (final.status, final.body) == (200, "")
    assert echoed(caller, 0)[0][-1] == 9


def test_a_re_invite_without_sdp_is_offered_what_runs(dial):
    """Our offer keeps place and law first; the ACK's answer may change the law."""
    caller, first = called(dial)
    final = caller.response(caller.request("INVITE"))
    assert final.status == 200
    offer = Description.read(final.body)
    assert offer.place == first.place
    assert offer.formats.split()[0] == first.formats.split()[0]
    caller.acknowledge(final, caller.sdp(caller.audio("8 101")))
    caller.rtp.payload_type = 8
    time.sleep(0.1)
    caller.rtp.received()
    heard, packets = echoed(caller, 0)
    assert {packet.payload_type for packet in packets} == {8}
    assert len(heard) >= 8


def test_a_far_end_that_moves_is_followed(dial):
    """A re-INVITE with another port of theirs (a transfer in the exchange): sound goes there, from where we were."""
    caller, first = called(dial)
    _, before = echoed(caller, 0)
    elsewhere = dial.caller()
    moved = caller.invite(caller.sdp(caller.audio(port=elsewhere.rtp.here[1])))
    assert Description.read(moved.body).place == first.place
    elsewhere.rtp.there = caller.rtp.there
    elsewhere.rtp.ssrc = 0x9876
    caller.rtp.received()
    elsewhere.rtp.talk(marked_frame(number) for number in range(20))
    packets = until_echoed(elsewhere.rtp, 19)
    assert len([number for number in numbers_heard([packet.payload for packet in packets]) if number]) >= 15
    assert sources(packets) == sources(before)
    assert caller.rtp.received() == []


def test_the_sound_follows_to_another_line_of_the_sdp(dial):
    """The first m= line is given up and a second takes over, as after a fax: what was on the first is on it now."""
    caller, _ = called(dial)
    heard, _ = echoed(caller, 0)
    assert heard[-1] == 9
    gone = "m=audio 0 RTP/AVP 0\r\n"
    assert caller.invite(caller.sdp(gone, caller.audio())).status == 200
    heard, _ = echoed(caller, 20)
    assert len(heard) >= 8
    caller.rtp.press(5)
    dial.server.await_report(
        lambda report: any(
            call["call_id"] == caller.call_id and call["digits"] == "5" for call in report["calls"]
        )
    )
    assert caller.invite(caller.sdp(caller.audio(), gone)).status == 200
    heard, _ = echoed(caller, 40)
    assert len(heard) >= 8
    assert caller.hang_up().status == 200


def test_a_second_offer_before_the_first_is_settled_waits(dial):
    """An UPDATE with SDP while our offer of a re-INVITE's 200 is unanswered: 491, or 500 with Retry-After."""
    caller, _ = called(dial)
    final = caller.response(caller.request("INVITE"))
    assert caller.response(caller.request("UPDATE", caller.sdp())).status in {491, 500}
    caller.acknowledge(final, caller.sdp())
    assert len(echoed(caller, 0)[0]) >= 8


def test_an_old_cseq_is_refused(dial):
    """A request overtaken by a later one (RFC 3261, 12.2.2): 500, and the call goes on."""
    caller, _ = called(dial)
    newest = caller.request("OPTIONS")
    assert caller.response(newest).status == 200
    caller.invite()
    assert caller.response(caller.request("INFO", "7", content_type="application/dtmf")).status == 200
    assert caller.response(caller.request("UPDATE", cseq=newest)).status == 500
    assert echoed(caller, 0)[0][-1] == 9
