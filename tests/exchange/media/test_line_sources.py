"""Symmetric RTP: the far end is where its packets come from, and nobody else is heard."""

import time

import pytest
from support.marked_frames import echoed, marked_frame, whole_numbers
from support.rtp_socket import RtpSocket

pytestmark = pytest.mark.native

STRANGE = 999_999


def heard_at(socket, last):
    return whole_numbers(echoed(socket, last))


@pytest.fixture
def behind_nat():
    """Sockets that no SDP tells of."""
    sockets = [RtpSocket(), RtpSocket("127.0.0.3")]
    yield sockets
    for socket in sockets:
        socket.__exit__()


def test_a_far_end_behind_nat_is_answered_where_it_is(dial, server, behind_nat):
    """SDP names a port where nobody is; the answers go to where the packets come from."""
    real, _ = behind_nat
    caller = dial("echo", port=9)
    real.there = caller.rtp.there
    real.talk(marked_frame(number) for number in range(25))
    heard = heard_at(real, 24)
    assert heard == list(range(25))[-len(heard) :]
    assert len(heard) >= 23
    assert server.report()["lines"][-1]["source_changes"] == 1


def test_a_stranger_is_not_heard_while_the_far_end_talks(dial, server, behind_nat):
    """Packets from another host's socket are dropped and counted, and nothing is sent there."""
    _, stranger = behind_nat
    caller = dial("echo")
    stranger.there = caller.rtp.there
    for number in range(30):
        caller.rtp.talk([marked_frame(number)])
        stranger.send(marked_frame(STRANGE))
    assert heard_at(caller.rtp, 29) == list(range(30))
    server.await_report(lambda report: report["lines"][-1]["stranger"] == 30)
    assert stranger.received() == []


def test_a_stranger_is_not_heard_when_the_far_end_has_fallen_silent(dial, behind_nat):
    """Once known, a far end stays the only one: a silent caller's line cannot be taken over."""
    _, stranger = behind_nat
    caller = dial("echo")
    caller.rtp.talk(marked_frame(number) for number in range(5))
    time.sleep(0.8)
    stranger.there = caller.rtp.there
    stranger.talk(marked_frame(STRANGE) for _ in range(20))
    assert stranger.received() == []
    assert STRANGE not in whole_numbers(caller.rtp.received())


def test_a_new_port_of_the_known_host_is_believed_after_the_old_one_fell_silent(dial, server, behind_nat):
    """A NAT that forgot its binding: the call goes on from the new port."""
    moved, _ = behind_nat
    caller = dial("echo")
    caller.rtp.talk(marked_frame(number) for number in range(5))
    server.await_report(lambda report: report["lines"][-1]["silent_s"] > 0.55)
    moved.there = caller.rtp.there
    moved.sequence = caller.rtp.sequence
    moved.timestamp_samples = caller.rtp.timestamp_samples
    moved.talk(marked_frame(number) for number in range(5, 30))
    heard = heard_at(moved, 29)
    assert heard == list(range(30))[-len(heard) :]
    assert len(heard) >= 18


def test_a_re_invite_lets_the_line_learn_anew(dial, behind_nat):
    """The exchange moves the call to another telephone: SDP names it, and its packets are heard at once."""
    _, other = behind_nat
    caller = dial("echo")
    caller.rtp.talk(marked_frame(number) for number in range(10))
    description = caller.sdp(caller.audio(port=other.here[1])).replace("127.0.0.1\r\nt=", "127.0.0.3\r\nt=")
    assert caller.invite(description).status == 200
    other.there = caller.rtp.there
    other.talk(marked_frame(number) for number in range(10, 30))
    heard = heard_at(other, 29)
    assert heard == list(range(30))[-len(heard) :]
    assert len(heard) >= 18
