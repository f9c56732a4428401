"""The bare SIP messages of the test agent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.sip_message import SipMessage, digest_authorization

pytestmark = pytest.mark.unit

INVITE = (
    b"INVITE sip:70730@127.0.0.20:5060 SIP/2.0\r\n"
    b"v: SIP/2.0/UDP b\r\n"
    b"Via: SIP/2.0/UDP a\r\n"
    b"X-From-Did: 70730\r\n"
    b"Subject: two\r\n lines\r\n"
    b"Content-Length: 4\r\n\r\nv=0\n"
)


def test_reads_a_request_with_compact_and_folded_headers():
    message = SipMessage.parse(INVITE)
    assert (message.method, message.uri, message.status) == ("INVITE", "sip:70730@127.0.0.20:5060", 0)
    assert message.all("via") == ["SIP/2.0/UDP b", "SIP/2.0/UDP a"]
    assert message.one("x-from-did") == "70730"
    assert message.one("subject") == "two lines"
    assert message.one("P-Asserted-Identity") == ""
    assert message.body == "v=0\n"


def test_reads_a_response():
    message = SipMessage.parse(b"SIP/2.0 486 Busy Here\r\nl: 0\r\n\r\n")
    assert (message.method, message.status) == ("", 486)


tokens = st.from_regex(r"[A-Za-z][A-Za-z-]{0,8}", fullmatch=True).filter(
    lambda name: name != "Content-Length"
)
values = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=20)


@given(st.lists(st.tuples(tokens, values), max_size=5).map(tuple), st.text("v=0aé", max_size=20))
def test_what_is_written_is_read_back(headers: tuple[tuple[str, str], ...], body: str):
    message = SipMessage("OPTIONS sip:x SIP/2.0", headers, body)
    again = SipMessage.parse(message.encode())
    assert again.start_line == message.start_line
    assert again.headers == (*headers, ("Content-Length", str(len(body.encode()))))
    assert again.body == body


def test_answers_the_challenge_of_rfc_2617_section_3_5():
    challenge = (
        'Digest realm="testrealm@host.com", qop="auth,auth-int", '
        'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )
    answer = digest_authorization(challenge, "GET", "/dir/index.html", "Mufasa", "Circle Of Life")
    # the RFC's example has another cnonce; this is the same computation with ours
    assert 'opaque="5ccc069c403ebaf9f0171e9517f40e41"' in answer
    assert "qop=auth, nc=00000001" in answer
    assert 'response="' in answer


def test_answers_a_challenge_without_qop_as_rfc_2069_does():
    """RFC 2069, 2.4, with the response that its erratum 749 corrects it to."""
    challenge = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'
    answer = digest_authorization(challenge, "GET", "/dir/index.html", "Mufasa", "CircleOfLife")
    assert 'response="1949323746fe6a43ef61f9606e7febea"' in answer
