"""Reading what PJSIP passes on of a SIP message: any of its bytes."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exchange.sip.message import NameAddress, SipMessage, clean, unescape, uri_host, uri_user

pytestmark = pytest.mark.unit


def as_pjsip_gives(octets: bytes) -> str:
    """Bytes as the binding hands them to Python."""
    return octets.decode("utf-8", "surrogateescape")


INVITE = as_pjsip_gives(
    b"INVITE sip:70730@192.0.2.7:5060;ob SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r\n"
    b"v: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK0\r\n"
    b"f: =?bad <sip:1001@192.0.2.1>;tag=1\r\n"
    b'T : "117"\r\n <sip:117@192.0.2.7>\r\n'
    b"i: abc@192.0.2.1\r\n"
    b"X-From-Peer:SIP-TRUNK-B\r\n"
    b"Subject:\r\n"
    b"\r\n"
    b"v=0\r\no=- 0 0 IN IP4 192.0.2.1\r\n"
)


def test_reads_first_line_fields_and_body():
    message = SipMessage.parse(INVITE)
    assert message.request_uri == "sip:70730@192.0.2.7:5060;ob"
    assert message.header("X-From-Peer") == "SIP-TRUNK-B"
    assert message.header("Subject") == ""
    assert message.body.startswith("v=0\n")


def test_compact_forms_are_the_fields_they_stand_for():
    message = SipMessage.parse(INVITE)
    assert message.header("from").startswith("=?bad")
    assert message.header("Call-ID") == "abc@192.0.2.1"
    assert message.fields["via"] == (
        "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1",
        "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK0",
    )


def test_folded_field_is_one_line():
    assert SipMessage.parse(INVITE).header("to") == '"117" <sip:117@192.0.2.7>'


@pytest.mark.parametrize("fold", ["\r\n ", "\r\n\t", "\n   \t ", "\r\n \r\n\t"])
def test_every_kind_of_folding_is_one_space(fold: str):
    message = SipMessage.parse(f"OPTIONS sip:x SIP/2.0\r\nX-A: one{fold}two\r\nX-B: three\r\n\r\n")
    assert message.header("x-a").split() == ["one", "two"]
    assert message.header("x-b") == "three"


@pytest.mark.parametrize("first", ["SIP/2.0 200 OK", "", "INVITE", "INVITE sip:a", "INVITE sip:a b SIP/2.0"])
def test_a_response_or_broken_request_line_has_no_request_uri(first: str):
    assert SipMessage.parse(f"{first}\r\nTo: x\r\n\r\n").request_uri == ""


def test_missing_field_is_empty():
    assert SipMessage.parse(INVITE).header("p-asserted-identity") == ""


def test_utf8_is_kept():
    assert clean(as_pjsip_gives("時計".encode())) == "時計"


@pytest.mark.parametrize("name", ["時報", "ソニー 表", "ﾃﾞﾝﾜ", "電話局１１７"])
def test_shift_jis_is_read(name: str):
    """Trailing bytes of Shift_JIS may be a backslash (ソ, 表); the reader must not take them for an escape."""
    assert clean(as_pjsip_gives(name.encode("cp932"))) == name
    field = as_pjsip_gives(b'From: "' + name.encode("cp932") + b'" <sip:1001@a>')
    value = SipMessage.parse(f"INVITE sip:a SIP/2.0\r\n{field}\r\n\r\n").header("from")
    assert NameAddress.parse(value) == NameAddress(name, "sip:1001@a")


def test_bytes_of_no_encoding_are_replaced_one_by_one():
    assert clean(as_pjsip_gives(b"a\xff\x81b\x81")) == "a\ufffd\ufffdb\ufffd"


def test_one_fields_bytes_do_not_change_another_field():
    octets = b"INVITE sip:a SIP/2.0\r\nX-A: \x83\x5c\r\nX-B: " + "時".encode() + b"\r\nX-C: \xff\x81\r\n\r\n"
    message = SipMessage.parse(as_pjsip_gives(octets))
    assert [message.header(name) for name in ("x-a", "x-b", "x-c")] == ["ソ", "時", "\ufffd\ufffd"]


@given(st.binary(max_size=400))
def test_any_bytes_become_text_that_can_be_written(octets: bytes):
    clean(as_pjsip_gives(octets)).encode("utf-8")


@given(st.text(alphabet=st.characters(codec=None, exclude_categories=[]), max_size=100))
def test_any_string_is_cleaned_even_with_lone_surrogates(text: str):
    clean(text).encode("utf-8")


@given(st.text(max_size=100))
def test_real_text_is_left_alone(text: str):
    assert clean(text) == text


PIECES = b'\r\n|\r|\n| |\t|:|"|\\|<|>|;|,|%|%4|%ff|@|sip:|tel:|From|f|SIP/2.0|INVITE|\x00|\x81|\xff|[|]'
HOSTILE = st.lists(st.sampled_from(PIECES.split(b"|")) | st.binary(min_size=1, max_size=6), max_size=60).map(
    b"".join
)


@given(HOSTILE)
def test_no_message_makes_the_reader_fail(octets: bytes):
    message = SipMessage.parse(as_pjsip_gives(octets))
    for name, values in message.fields.items():
        assert name == name.lower()
        assert values
        assert all("\n" not in value and "\r" not in value for value in values)
    message.request_uri.encode("utf-8")


QUOTED = re.compile(r'\s*"(?:[^"\\]|\\.)*"', re.DOTALL)


@given(HOSTILE)
@example(b'"<"sip:1001@a>')
def test_no_address_makes_the_reader_fail(octets: bytes):
    text = clean(as_pjsip_gives(octets))
    address = NameAddress.parse(text)
    for part in (address.display, address.uri, uri_user(address.uri), uri_host(address.uri)):
        part.encode("utf-8")
    assert ">" not in address.uri or "<" not in QUOTED.sub("", text, count=1)


@given(st.text(max_size=40), st.text(alphabet="0123456789", min_size=1, max_size=12))
def test_a_quoted_display_name_is_read_as_it_was_meant(display: str, number: str):
    quoted = display.replace("\\", "\\\\").replace('"', '\\"')
    address = NameAddress.parse(f'"{quoted}"<sip:{number}@192.0.2.1;user=phone>;tag="<x>"')
    assert address == NameAddress(display.strip(), f"sip:{number}@192.0.2.1;user=phone")
    assert uri_user(address.uri) == number


@pytest.mark.parametrize(
    ("value", "display", "uri"),
    [
        ("sip:1001@a;tag=3", "", "sip:1001@a"),
        ("<sip:1001@a;x=y>;tag=3", "", "sip:1001@a;x=y"),
        ("Bell Telephone <sip:1001@a>", "Bell Telephone", "sip:1001@a"),
        ('"A. <B>" <sip:1001@a>', "A. <B>", "sip:1001@a"),
        ('"never closed <sip:1001@a>;tag=1', "never closed", "sip:1001@a"),
        ("<sip:1001@a", "", "sip:1001@a"),
        ('"" <sip:1001@a>', "", "sip:1001@a"),
        ("<sip:1001@a>, <tel:+81312345678>", "", "sip:1001@a"),
        ("tel:+81312345678, sip:1001@a", "", "tel:+81312345678"),
        ("", "", ""),
    ],
)
def test_name_and_address(value: str, display: str, uri: str):
    assert NameAddress.parse(value) == NameAddress(display, uri)


@pytest.mark.parametrize(
    ("uri", "user"),
    [
        ("sip:1001@192.0.2.1:5060", "1001"),
        ("SIPS:1001@a", "1001"),
        ("sip:1001:secret@a", "1001"),
        ("sip:+81312345678;phone-context=+81@a;user=phone", "+81312345678"),
        ("sip:%31%30%30%31@a", "1001"),
        ("sip:a%40b@c", "a@b"),
        ("sip:%E6%99%82@a", "時"),
        ("sip:%8E%9E@a", "時"),
        ("sip:%81%00%@a", "\ufffd\0%"),
        ("sip:1%2@a", "1%2"),
        ("sip:1001@[2001:db8::1]:5060", "1001"),
        ("sip:192.0.2.1", ""),
        ("tel:+81-3-1234-5678;ext=5", "+81312345678"),
        ("tel:(03)1234.5678", "0312345678"),
        ("http://1001@a", ""),
        ("1001", ""),
        ("", ""),
    ],
)
def test_user_part(uri: str, user: str):
    assert uri_user(uri) == user


@pytest.mark.parametrize(
    ("uri", "host"),
    [
        ("sip:anonymous@Anonymous.Invalid:5060;x=y", "anonymous.invalid"),
        ("sip:192.0.2.1", "192.0.2.1"),
        ("sip:1@[2001:db8::1]:5060", "2001:db8::1"),
        ("sips:1@a?Subject=x", "a"),
        ("tel:117", ""),
        ("", ""),
    ],
)
def test_host_part(uri: str, host: str):
    assert uri_host(uri) == host


@given(st.text(max_size=30))
def test_escaping_is_undone(user: str):
    escaped = "".join(f"%{octet:02x}" for octet in user.encode())
    assert unescape(escaped) == user


@pytest.mark.parametrize(
    "content_type", ['multipart/mixed;boundary="cut"', "Multipart/Mixed; charset=x; boundary=cut"]
)
def test_the_description_is_found_among_the_parts_of_a_body(content_type):
    """The part that says it is SDP, without its own head."""
    text = (
        f"INVITE sip:1@h SIP/2.0\r\nc: {content_type}\r\n\r\n"
        "--cut\r\nContent-Type: text/plain\r\n\r\nv=1\r\n--cut\r\n"
        "content-type:application/SDP\r\nX: y\r\n\r\nv=0\r\no=x\r\n\r\n--cut--\r\n"
    )
    assert SipMessage.parse(text).sdp().strip() == "v=0\no=x"


@pytest.mark.parametrize(
    ("head", "body", "sdp"),
    [
        ("Content-Type: application/sdp", "v=0\r\n", "v=0\n"),
        ("Content-Type: multipart/mixed", "v=0\r\n", "v=0\n"),
        ("Content-Type: multipart/mixed;boundary=cut", "--cut\r\n\r\nv=0\r\n--cut--", ""),
        ("X: y", "", ""),
    ],
)
def test_what_stands_for_the_description_elsewhere(head, body, sdp):
    """The whole body where it is one; nothing where no part says that it is SDP."""
    assert SipMessage.parse(f"INVITE sip:1@h SIP/2.0\r\n{head}\r\n\r\n{body}").sdp() == sdp
