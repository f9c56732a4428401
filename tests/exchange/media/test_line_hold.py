"""Hold, resume and codec change: one unbroken numbering, and nothing sent while held."""

import itertools
import time

import pytest
from support.marked_frames import echoed, marked_frame, whole_numbers
from support.numbered_programme import first_sample_of
from support.rtp import PCMA, PCMU
from support.rtp_socket import SETTLE_S, begins_utc_ns

pytestmark = pytest.mark.native


def speak(caller, begin, count=15):
    caller.rtp.talk(marked_frame(number) for number in range(begin, begin + count))


def talk(caller, begin, count=15):
    """What comes back until all is back."""
    speak(caller, begin, count)
    return echoed(caller.rtp, begin + count - 1)


def sequence_is_whole(packets):
    return all(
        (after.sequence - before.sequence) & 0xFFFF == 1 for before, after in itertools.pairwise(packets)
    )


def held_description(caller, form):
    if form == "0.0.0.0":
        lines = caller.sdp(caller.audio())
        return lines.replace(f"c=IN IP4 {caller.address}", "c=IN IP4 0.0.0.0")
    return caller.sdp(caller.audio(direction=form))


@pytest.mark.parametrize("form", ["sendonly", "inactive", "0.0.0.0"])
def test_nothing_is_sent_while_held_and_the_numbering_goes_on_after_it(dial, server, form):
    """Each form of hold silences us; after the resume the next packet has the next number, and later time."""
    caller = dial("echo")
    before = talk(caller, 0)
    assert caller.invite(held_description(caller, form)).status == 200
    before += caller.rtp.received()
    speak(caller, 20)
    time.sleep(SETTLE_S)
    assert caller.rtp.received() == []
    assert server.report()["lines"][-1]["held"]
    assert caller.invite(caller.sdp(caller.audio())).status == 200
    after = talk(caller, 40)
    assert len(whole_numbers(after)) >= 13
    assert sequence_is_whole(before + after)
    assert len({packet.ssrc for packet in before + after}) == 1
    begins_s = [begins_utc_ns(packets, before[0]) / 1e9 for packets in (before, after)]
    assert begins_s[1] - begins_s[0] == pytest.approx(0, abs=0.06), "the timestamps went on in real time"
    assert after[0].marker
    assert not server.report()["lines"][-1]["held"]


def test_a_listener_s_relation_to_the_programme_survives_a_hold(dial):
    """RTP timestamp minus sample of the programme is the same before and after, to the sample."""
    caller = dial("clock")
    before = caller.rtp.received_until(lambda packets: len(packets) >= 10)
    for direction in ("inactive", "sendrecv"):
        assert caller.invite(caller.sdp(caller.audio(direction=direction))).status == 200
        time.sleep(0.1)
        caller.rtp.received()
    after = caller.rtp.received_until(len)
    assert programme_offset(before[-1]) == programme_offset(after[-1])


def programme_offset(packet):
    """RTP timestamp minus the sample of the programme that the packet begins with."""
    first_sample = first_sample_of(packet.payload)
    assert first_sample is not None
    return (packet.timestamp_samples - first_sample) & 0x7FFFFFFF


def test_the_codec_may_change_in_a_call(dial, server):
    """A re-INVITE to A-law: answered in A-law from the next packet on, the numbering unbroken."""
    caller = dial("echo")
    before = talk(caller, 0)
    assert caller.invite(caller.sdp(caller.audio("8 101"))).status == 200
    caller.rtp.payload_type = PCMA
    after = [*caller.rtp.received(), *talk(caller, 15)]
    in_a_law = [packet for packet in after if packet.payload_type == PCMA]
    heard = [packet.payload for packet in in_a_law if set(packet.payload) != {0xD5}]
    assert len(heard) >= 13
    assert all(
        payload == marked_frame(15 + number) for number, payload in enumerate(heard[-10:], len(heard) - 10)
    )
    assert sequence_is_whole(before + after)
    assert server.report()["lines"][-1]["law"] == "PCMA"


def test_a_law_packets_in_a_mu_law_call_are_understood(dial):
    """The packet's own type says how it is coded; the answer keeps to what was agreed."""
    caller = dial("echo", "0 8 101")
    caller.rtp.payload_type = PCMA
    speak(caller, 0)
    packets = caller.rtp.received_until(
        lambda packets: len([packet for packet in packets if set(packet.payload) != {0xFF}]) >= 14
    )
    assert len([packet for packet in packets if set(packet.payload) != {0xFF}]) >= 14
    assert {packet.payload_type for packet in packets} == {PCMU}


def test_a_re_invite_that_changes_nothing_is_not_heard(dial):
    """A session refresh: no packet is missing, none is late."""
    caller = dial("echo")
    caller.rtp.talk(marked_frame(number) for number in range(10))
    cseq = caller.request("INVITE", caller.sdp(caller.audio()))
    caller.rtp.talk(marked_frame(number) for number in range(10, 20))
    caller.acknowledge(caller.response(cseq))
    caller.rtp.talk(marked_frame(number) for number in range(20, 30))
    packets = echoed(caller.rtp, 29)
    assert sequence_is_whole(packets)
    assert whole_numbers(packets) == list(range(30))
