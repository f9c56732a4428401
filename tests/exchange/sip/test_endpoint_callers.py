"""Who calls: any display name, legal or not, comes through as text, and only the exchange is believed."""

from contextlib import suppress

import pytest
from support.endpoint_server import REGISTRAR, TOKEN

pytestmark = pytest.mark.native


def raw(octets):
    """Octets as a header holds them, whatever they are."""
    return octets.decode("utf-8", "surrogateescape")


def told(dial, caller, headers=()):
    """What the service is told of who calls it."""
    final = caller.response(caller.request("INVITE", caller.sdp(), headers=headers))
    caller.acknowledge(final)
    assert final.status == 200, final.start_line
    return dial.server.call(caller.call_id)["caller"]


@pytest.mark.parametrize(
    ("name", "heard"),
    [
        ("Plain Words ", "Plain Words"),
        ('"Quoted, with comma" ', "Quoted, with comma"),
        (r'"A \"quote\" and a \\ in it" ', r'A "quote" and a \ in it'),
        ("", ""),
        ('"" ', ""),
        ('"時報係" ', "時報係"),
        ("時報係 ", "時報係"),
        (raw(b'"' + "時報".encode("shift_jis") + b'" '), "時報"),
        (raw(b'"\xe3\x81\x82\xff\x80" '), "\ufffd"),
        (raw(b'"\x01\x07\x1b[31m" '), "\ufffd\ufffd\ufffd[31m"),
        ('"<sip:evil@example.org>" ', "<sip:evil@example.org>"),
        ('"%s%n%00" ', "%s%n%00"),
        ('"' + "n" * 1500 + '" ', "n" * 80),
        ('"' + "長" * 400 + '" ', "長" * 80),
    ],
)
def test_any_display_name_is_told_as_text(dial, name, heard):
    """UTF-8, Shift_JIS, hostile octets, quotes, the very long: the call is answered and the name is harmless."""
    caller = dial.caller()
    caller.sender = f"{name}<sip:1001@{caller.address}>"
    who = told(dial, caller)
    assert who["number"] == "1001"
    if heard == "\ufffd":
        assert heard in who["name"]
        assert who["name"].isprintable()
    else:
        assert who["name"] == heard
    assert caller.hang_up().status == 200


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ('"no end ', "a quote that is never closed"),
        (raw(b"\xff\xfe\x80 "), "octets outside of quotes"),
        ('two "quoted" "names" ', "more than one name"),
        ("a;b@c:d ", "separators outside of quotes"),
    ],
)
def test_a_from_that_cannot_be_read_costs_nobody_anything(dial, name, why):
    """It may be refused or dropped; the next call is answered."""
    broken = dial.caller()
    broken.sender = f"{name}<sip:1001@{broken.address}>"
    invite = broken.request("INVITE", broken.sdp())
    with suppress(TimeoutError):
        broken.acknowledge(broken.response(invite, timeout_s=0.3))
    assert dial().hang_up().status == 200


@pytest.mark.parametrize(
    ("uri", "number"),
    [
        ("sip:%2B81901234567@127.0.0.1", "+81901234567"),
        ("sip:%31%30%30%31@127.0.0.1", "1001"),
        ("sip:12%2334@127.0.0.1", "12#34"),
        ("sip:12*34@127.0.0.1", "12*34"),
        ("sip:1001;phone-context=x@127.0.0.1;user=phone", "1001"),
        ("sip:1001:secret@127.0.0.1", "1001"),
        ("sip:%E6%99%82@127.0.0.1", "時"),
        ("sip:%0d%0aVia@127.0.0.1", "\ufffd\ufffdVia"),
        ("sip:127.0.0.1", ""),
        ("tel:+81-90-1234-567", "+81901234567"),
        ("tel:1001;phone-context=example.org", "1001"),
        ("sip:anonymous@anonymous.invalid", ""),
        ("sip:Anonymous@127.0.0.1", ""),
    ],
)
def test_the_caller_s_number_is_read_from_any_uri(dial, uri, number):
    """Escapes undone, tel: without its separators, anonymous without a number."""
    caller = dial.caller()
    caller.sender = f"<{uri}>"
    who = told(dial, caller)
    assert who["number"] == number
    assert who["trust"] == "claim"
    assert caller.hang_up().status == 200


def test_who_asks_for_privacy_has_neither_name_nor_number(dial):
    """Privacy: id (RFC 3325)."""
    caller = dial.caller()
    caller.sender = f'"Name" <sip:1001@{caller.address}>'
    who = told(dial, caller, [("Privacy", "id")])
    assert (who["number"], who["name"]) == ("", "")


@pytest.mark.parametrize(
    ("user", "dialled"),
    [("88%2312", "88#12"), ("%38%38", "88"), ("88*1", "88*1"), ("88;npdi", "88"), ("8812:pass", "8812")],
)
def test_the_number_dialled_is_unescaped(dial, user, dialled):
    """What the service is told, and what the routes are asked for."""
    caller = dial.caller()
    host, port = dial.server.address
    caller.target = f"sip:{user}@{host}:{port}"
    told(dial, caller)
    assert dial.server.call(caller.call_id)["dialled"] == dialled


FROM_THE_EXCHANGE = (
    ("X-From-Peer", "mikopbx-b"),
    ("X-From-Did", "2117"),
    ("P-Asserted-Identity", '"Asserted" <sip:2001@127.0.0.9>'),
)


def through_extension(dial, address, *, token=True):
    """A caller whose request URI is an extension's Contact, or is not."""
    caller = dial.caller(address=address)
    caller.target += f";x-denwa={TOKEN}" if token else ""
    return caller


@pytest.mark.parametrize("token", [True, False])
def test_the_registrar_s_word_counts(dial, token):
    """X-From-* and P-Asserted-Identity from its own address, also where our Contact's token got lost."""
    assert told(dial, through_extension(dial, REGISTRAR, token=token), FROM_THE_EXCHANGE) == {
        "number": "2001",
        "name": "Asserted",
        "peer": "mikopbx-b",
        "did": "2117",
        "trust": "neighbour",
    }


@pytest.mark.parametrize("token", [True, False])
def test_the_same_words_from_elsewhere_do_not_count(dial, token):
    """Even with the token, which a telephone of the exchange may have seen."""
    who = told(dial, through_extension(dial, "127.0.0.8", token=token), FROM_THE_EXCHANGE)
    assert who == {"number": "caller", "name": "", "peer": "", "did": "", "trust": "claim"}


def test_a_telephone_of_our_own_exchange_is_known_as_such(dial):
    """From the registrar, and by no trunk."""
    assert told(dial, through_extension(dial, REGISTRAR))["trust"] == "own exchange"


def test_a_token_that_is_no_extension_s_is_404(dial):
    """Not routed by its number instead: it was meant for another registration."""
    caller = dial.caller(address=REGISTRAR)
    caller.target += f";x-denwa={TOKEN[::-1]}"
    assert caller.invite().status == 404
