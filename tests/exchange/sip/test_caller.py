"""Who calls, by what an INVITE says and by who brought it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.sip.caller import LONGEST_NAME, LONGEST_NUMBER, Caller, CallerTrust, read_caller
from exchange.sip.message import SipMessage

pytestmark = pytest.mark.unit


def caller_of(*fields: bytes | str, from_registrar: bool = True) -> Caller:
    lines = [
        line.encode() if isinstance(line, str) else line for line in ("INVITE sip:117@a SIP/2.0", *fields)
    ]
    text = b"\r\n".join([*lines, b"", b""]).decode("utf-8", "surrogateescape")
    return read_caller(SipMessage.parse(text), from_registrar=from_registrar)


def test_a_telephone_of_our_own_exchange():
    caller = caller_of('From: "Alice" <sip:1001@192.0.2.1>;tag=1')
    assert caller == Caller("1001", "Alice", "", "", CallerTrust.OWN_EXCHANGE)


def test_a_neighbours_trunk_is_named_by_the_exchange():
    caller = caller_of("From: <sip:39001@a>", "X-From-Peer: SIP-TRUNK-B", "X-From-Did: 70730")
    assert caller == Caller("39001", "", "SIP-TRUNK-B", "70730", CallerTrust.NEIGHBOUR)


@pytest.mark.parametrize("field", ["X-From-Peer: SIP-TRUNK-B", "X-From-Did: 70730"])
def test_either_field_tells_of_a_neighbour(field: str):
    assert caller_of("From: <sip:39001@a>", field).trust is CallerTrust.NEIGHBOUR


def test_empty_fields_of_the_dialplan_are_our_own_telephone():
    caller = caller_of("From: <sip:1001@a>", "X-From-Peer:", "X-From-Did: ")
    assert caller.trust is CallerTrust.OWN_EXCHANGE


def test_what_a_stranger_says_of_himself_is_a_claim():
    caller = caller_of(
        "From: <sip:666@a>",
        "P-Asserted-Identity: <sip:1001@a>",
        "X-From-Peer: SIP-TRUNK-B",
        "X-From-Did: 1",
        from_registrar=False,
    )
    assert caller == Caller("666", "", "", "", CallerTrust.CLAIM)


def test_the_registrar_asserts_the_number():
    caller = caller_of('From: "Bob" <sip:7000@a>', "P-Asserted-Identity: <tel:+81-3-1234-5678>")
    assert (caller.number, caller.name) == ("+81312345678", "Bob")


@pytest.mark.parametrize(
    "sender",
    [
        '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1',
        "<sip:anonymous@localhost>;tag=1",
        "sip:Anonymous@192.0.2.1",
        '"ANONYMOUS" <sip:1001@a>',
        "<sip:c8oqz84zk7z@anonymous.invalid>",
        "<sip:anonymous@anonymous.invalid:5060;user=phone>",
        "<sip:%61nonymous@a>",
    ],
)
@pytest.mark.parametrize("asserted", [(), ("P-Asserted-Identity: <sip:1001@a>",)])
def test_an_anonymous_caller_has_neither_number_nor_name(sender: str, asserted: tuple[str, ...]):
    caller = caller_of(f"From: {sender}", *asserted)
    assert (caller.number, caller.name) == ("", "")


@pytest.mark.parametrize("privacy", ["id", "user;critical", "Header", "session; id"])
def test_who_asks_for_privacy_is_not_named(privacy: str):
    caller = caller_of('From: "A" <sip:1001@a>', "P-Asserted-Identity: <sip:1001@a>", f"Privacy: {privacy}")
    assert (caller.number, caller.name) == ("", "")


def test_privacy_none_hides_nothing():
    assert caller_of("From: <sip:1001@a>", "Privacy: none").number == "1001"


@pytest.mark.parametrize("sender", ["", "<sip:192.0.2.1>", "<http://1001@a>", '"x', "<>"])
def test_no_number_where_none_is_told(sender: str):
    assert caller_of(f"From: {sender}").number == ""


def test_no_from_field_at_all():
    assert caller_of() == Caller("", "", "", "", CallerTrust.OWN_EXCHANGE)


def test_a_name_in_shift_jis_and_one_in_utf8():
    assert caller_of(b'From: "' + "電話".encode("cp932") + b'" <sip:1@a>').name == "電話"
    assert caller_of('f: "電話" <sip:1@a>').name == "電話"


def test_what_cannot_be_printed_is_replaced():
    caller = caller_of(b'From: "\x1b[2J\xe2\x80\xae\x00evil" <sip:%0d%0a1001%1b@a>')
    assert caller.name == "\ufffd[2J\ufffd\ufffdevil"
    assert caller.number == "\ufffd\ufffd1001\ufffd"


def test_what_is_too_long_is_cut():
    caller = caller_of(f'From: "{"n" * 5000}" <sip:{"1" * 5000}@a>')
    assert (len(caller.number), len(caller.name)) == (LONGEST_NUMBER, LONGEST_NAME)


FIELD = st.binary(max_size=60).map(lambda octets: octets.replace(b"\r", b"").replace(b"\n", b""))


@given(FIELD, FIELD, FIELD, st.booleans())
def test_any_bytes_give_a_caller_that_can_be_shown(
    sender: bytes, asserted: bytes, peer: bytes, trusted: bool
):
    caller = caller_of(
        b'From: "' + sender + b'" <sip:' + sender + b"@a>",
        b"P-Asserted-Identity: " + asserted,
        b"X-From-Peer: " + peer,
        from_registrar=trusted,
    )
    for text in (caller.number, caller.name, caller.peer, caller.did):
        assert text.isprintable()
        text.encode("utf-8")
    assert len(caller.number) <= LONGEST_NUMBER
    assert max(len(caller.name), len(caller.peer)) <= LONGEST_NAME
    assert trusted or caller.trust is CallerTrust.CLAIM
