"""Callers are not to be recognised in a log at info level."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from denwa.masking import mask_address, mask_name, mask_number, mask_uris, masked
from exchange.sip.caller import Caller, CallerTrust

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("1001", "10**"),
        ("177", "1**"),
        ("12", "**"),
        ("1", "*"),
        ("", ""),
        ("39005101001", "3900510****"),
        ("0312345678", "031234****"),
    ],
)
def test_the_last_digits_are_hidden(number: str, shown: str):
    assert mask_number(number) == shown


@given(st.text("0123456789*#", min_size=1, max_size=80))
def test_a_masked_number_is_as_long_and_lacks_its_end(number: str):
    shown = mask_number(number)
    assert len(shown) == len(number)
    assert shown.endswith("*" * min(2, len(number)))


def test_a_name_keeps_its_first_character():
    assert mask_name("早瀬") == "早***"
    assert mask_name("") == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("sip:1001@192.0.2.10", "sip:10**@192.0.2.10"),
        ('"1001" <sip:1001@pbx;tag=1>', "1*** <sip:10**@pbx;tag=1>"),
        ("<tel:0312345678>", "<tel:031234****>"),
        ("SIPS:1001@x", "SIPS:10**@x"),
        ("<sip:anonymous@anonymous.invalid>", "<sip:anony****@anonymous.invalid>"),
        ("no address in here", "no address in here"),
    ],
)
def test_an_address_is_masked_with_its_display_name(text: str, shown: str):
    assert mask_address(text) == shown
    assert masked({"from": text}) == {"from": shown}


def test_addresses_within_a_sentence_are_masked_and_the_rest_left():
    assert mask_uris("3 < 4, sip:1001@a and tel:1002") == "3 < 4, sip:10**@a and tel:10**"


@pytest.mark.parametrize("key", ["caller", "Caller_Number", "did", "number", "callee"])
def test_fields_that_hold_a_number_are_masked(key: str):
    assert masked({key: "1001", "port": 5060}) == {key: "10**", "port": 5060}


def test_other_fields_are_left_alone():
    fields = {"dialled": "117", "user": "7000", "count": 3, "reason": "1001 was here"}
    assert masked(fields) == fields


def test_a_whole_caller_is_told_without_saying_who():
    caller = Caller("39005101001", "はやせ", peer="SIP-TRUNK-B", trust=CallerTrust.NEIGHBOUR)
    said = str(masked({"caller": caller})["caller"])
    assert said == "3900510**** by SIP-TRUNK-B (neighbour)"
    assert masked({"who": Caller("")}) == {"who": "withheld (claim)"}
