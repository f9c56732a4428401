"""SDP offers, sound and unsound."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exchange.sip.sdp_check import LONGEST_LINE, LONGEST_SDP, MOST_ATTRIBUTES, MOST_MEDIA, check_offer

pytestmark = pytest.mark.unit

ASTERISK = """v=0
o=- 1846394028 1846394028 IN IP4 10.5.0.3
s=Asterisk
c=IN IP4 10.5.0.3
t=0 0
m=audio 10018 RTP/AVP 0 8 101
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-16
a=ptime:20
a=maxptime:150
a=sendrecv
"""
BARE = """v=0
o=user1 53655765 2353687637 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio 6000 RTP/AVP 8
"""
VIDEO_TELEPHONE = """v=0
o=alice 2890844526 2890844526 IN IP4 host.anywhere.example
s=電話
i=日本語の説明
b=AS:512
t=0 0
m=video 51372 RTP/AVP 31
c=IN IP4 192.0.2.7
a=rtpmap:31 H261/90000
m=audio 49170 RTP/AVP 9 97
c=IN IP4 192.0.2.7
b=AS:64
a=rtpmap:97 pcmu/8000/1
a=sendonly
m=application 0 TCP/BFCP *
"""
FAX_BESIDE_AUDIO = BARE + "m=image 4000 udptl t38\na=T38FaxVersion:0\na=T38FaxRateManagement:transferredTCF\n"
SESSION_IP6_AUDIO_IP4 = BARE.replace("c=IN IP4 127.0.0.1", "c=IN IP6 ::1") + "c=IN IP4 192.0.2.7\n"
SOUND = {
    "asterisk": ASTERISK,
    "bare": BARE,
    "video": VIDEO_TELEPHONE,
    "fax": FAX_BESIDE_AUDIO,
    "session IPv6": SESSION_IP6_AUDIO_IP4,
    "hold of the old form": BARE.replace("c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0"),
    "port count": BARE.replace("6000 RTP", "6000/1 RTP"),
    "tab in an attribute": BARE + "a=note:a\tb\n",
}


def wire(text: str) -> str:
    return text.replace("\n", "\r\n")


@pytest.mark.parametrize("name", SOUND)
def test_sound_offers_may_be_negotiated(name: str):
    assert check_offer(wire(SOUND[name])).ok
    assert check_offer(SOUND[name]).ok, "lines may end in LF alone (RFC 8866 5)"
    assert check_offer(SOUND[name].rstrip("\n")).ok


CANNOT_SPEAK = {
    "another codec": BARE.replace("AVP 8", "AVP 9"),
    "PCMU at another rate": BARE.replace("AVP 8", "AVP 97") + "a=rtpmap:97 PCMU/16000\n",
    "two channels": BARE.replace("AVP 8", "AVP 97") + "a=rtpmap:97 PCMA/8000/2\n",
    "8 renamed": BARE + "a=rtpmap:8 G722/8000\n",
    "a dynamic type unnamed": BARE.replace("AVP 8", "AVP 97"),
    "another line's rtpmap": BARE.replace("AVP 8", "AVP 97")
    + "m=video 7000 RTP/AVP 97\na=rtpmap:97 PCMU/8000\n",
    "encrypted": BARE.replace("RTP/AVP", "RTP/SAVP"),
    "with feedback": BARE.replace("RTP/AVP", "RTP/AVPF"),
    "refused line": BARE.replace("6000", "0"),
    "no audio": BARE.replace("m=audio", "m=video"),
    "no media": BARE.replace("m=audio 6000 RTP/AVP 8\n", ""),
    "fax only": BARE.replace("m=audio 6000 RTP/AVP 8", "m=image 4000 udptl t38"),
    "IPv6 only": BARE.replace("c=IN IP4 127.0.0.1", "c=IN IP6 ::1"),
    "a name to resolve": BARE.replace("c=IN IP4 127.0.0.1", "c=IN IP4 host.example"),
    "multicast": BARE.replace("c=IN IP4 127.0.0.1", "c=IN IP4 233.252.0.1/127"),
    "multicast without ttl": BARE.replace("c=IN IP4 127.0.0.1", "c=IN IP4 233.252.0.1"),
    "an address of five": BARE.replace("c=IN IP4 127.0.0.1", "c=IN IP4 1.2.3.4.5"),
    "media's IPv6 over the session's IPv4": BARE + "c=IN IP6 2001:db8::1\n",
    "nine media": BARE + "m=audio 0 RTP/AVP 0\n" * MOST_MEDIA,
}
MALFORMED = {
    "nothing": "",
    "a blank": " ",
    "not SDP": "<xml/>\n",
    "blank line inside": BARE.replace("t=0 0\n", "t=0 0\n\n"),
    "another version": BARE.replace("v=0", "v=1"),
    "no origin": BARE.replace("o=user1 53655765 2353687637 IN IP4 127.0.0.1\n", ""),
    "two origins": BARE + "o=user1 1 1 IN IP4 127.0.0.1\n",
    "two versions": BARE + "v=0\n",
    "short origin": BARE.replace(" IN IP4 127.0.0.1\ns=", "\ns="),
    "no session name": BARE.replace("s=-\n", ""),
    "no connection": BARE.replace("c=IN IP4 127.0.0.1\n", ""),
    "no connection for video": BARE.replace("c=IN IP4 127.0.0.1\n", "")
    + "c=IN IP4 1.2.3.4\nm=video 9 RTP/AVP 31\n",
    "two connections": BARE.replace("t=0", "c=IN IP4 127.0.0.1\nt=0"),
    "connection of another network": BARE.replace("c=IN IP4", "c=ATM NSAP"),
    "empty connection": BARE.replace("c=IN IP4 127.0.0.1", "c="),
    "connection of 300 letters": BARE.replace("c=IN IP4 127.0.0.1", "c=IN IP4 " + "a" * 300),
    "port too high": BARE.replace("6000", "65536"),
    "port of 30 digits": BARE.replace("6000", "1" * 30),
    "negative port": BARE.replace("6000", "-1"),
    "no format": BARE.replace(" RTP/AVP 8", " RTP/AVP"),
    "no protocol": BARE.replace(" RTP/AVP 8", ""),
    "33 formats": BARE.replace("AVP 8", "AVP" + " 8" * 33),
    "two spaces": BARE.replace("AVP 8", "AVP  8"),
    "NUL": BARE + "a=x\0y\n",
    "escape": BARE + "a=\x1b[2J\n",
    "delete": BARE + "a=\x7f\n",
    "stray CR": BARE + "a=x\ry\n",
    "letters beyond ASCII in an attribute": BARE + "a=ä\n",
    "hostile byte as a surrogate in a media line": BARE + "m=audio 1 RTP/AVP \udcff\n",
    "C1 control in the name": BARE.replace("s=-", "s=\x9b"),
    "long line": BARE + "a=" + "x" * (LONGEST_LINE - 1) + "\n",
    "too long": BARE + ("a=" + "x" * 500 + "\n") * 20,
    "too many lines": BARE + "b=AS:1\n" * 500,
    "too many attributes": BARE + "a=x\n" * (MOST_ATTRIBUTES + 1),
    "capital type": BARE + "A=x\n",
    "no equals sign": BARE + "a\n",
}


@pytest.mark.parametrize("name", CANNOT_SPEAK)
def test_what_we_cannot_speak_is_not_acceptable_here(name: str):
    verdict = check_offer(wire(CANNOT_SPEAK[name]))
    assert verdict.status == 488
    assert verdict.reason


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_no_sound_sdp_is_a_bad_request(name: str):
    verdict = check_offer(wire(MALFORMED[name]))
    assert verdict.status == 400
    assert verdict.reason


def test_what_is_just_short_enough_passes():
    assert check_offer(BARE + "a=" + "x" * (LONGEST_LINE - 2) + "\n").ok
    assert check_offer(BARE + "a=x\n" * MOST_ATTRIBUTES).ok
    assert check_offer(BARE + "m=audio 0 RTP/AVP 0\n" * (MOST_MEDIA - 1)).ok
    assert check_offer(BARE.replace("AVP 8", "AVP" + " 8" * 32)).ok


def test_each_truncation_gets_a_verdict():
    """Cut anywhere, an offer is refused or is still whole in all that matters."""
    text = wire(ASTERISK)
    media_line_end = text.index("RTP/AVP 0") + len("RTP/AVP 0")
    for length in range(len(text)):
        verdict = check_offer(text[:length])
        assert verdict.status in {0, 400, 488}
        assert not verdict.ok or length >= media_line_end, text[:length]


def test_reasons_fit_in_a_status_line():
    for text in (*CANNOT_SPEAK.values(), *MALFORMED.values()):
        reason = check_offer(text).reason
        assert reason.isascii()
        assert reason.isprintable()
        assert len(reason) < 60


@given(st.text(max_size=400))
@example("v=0\r\no=")
def test_any_text_gets_a_verdict(text: str):
    assert check_offer(text).status in {0, 400, 488}


lines = st.one_of(
    st.sampled_from(ASTERISK.splitlines() + VIDEO_TELEPHONE.splitlines() + FAX_BESIDE_AUDIO.splitlines()),
    st.builds("{}={}".format, st.sampled_from("vosiuepcbtrzkam"), st.text(max_size=40)),
    st.builds(
        "a=rtpmap:{} {}/{}".format, st.integers(-1, 300), st.text("PCMUA G72", max_size=6), st.integers()
    ),
    st.builds("m=audio {} RTP/AVP {}".format, st.integers(-1, 70_000), st.integers(0, 127)),
    st.builds("c=IN IP4 {}".format, st.text("0123456789./a:", max_size=160)),
)


@given(st.lists(lines, max_size=30))
def test_whatever_passes_holds_the_limits(tail: list[str]):
    """What PJSIP gets to see is printable, short, and has audio with an IPv4 address."""
    text = wire("\n".join(["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", *tail]))
    if check_offer(text).ok:
        assert len(text) <= LONGEST_SDP
        kept = text.split("\r\n")
        assert sum(line.startswith("m=") for line in kept) <= MOST_MEDIA
        assert any(line.startswith("c=IN IP4 ") for line in kept)
        assert any(line.startswith("m=audio") for line in kept)
        assert all(len(line) <= LONGEST_LINE for line in kept)
        assert all(line.isascii() for line in kept if line[:2] not in {"s=", "i="})


@given(st.data())
def test_one_changed_character_never_breaks_the_reader(data: st.DataObject):
    text = wire(VIDEO_TELEPHONE)
    at = data.draw(st.integers(0, len(text) - 1))
    changed = text[:at] + data.draw(st.characters()) + text[at + 1 :]
    assert check_offer(changed).status in {0, 400, 488}
