"""The echo names a key however it comes: its own voice in the way, and tones that come back as they went."""

import pytest
from support.memory_exchange import clips_heard

from exchange.sip.leg import DigitSource
from services.echo import spec

pytestmark = pytest.mark.native


@pytest.mark.parametrize("way", DigitSource)
def test_every_key_is_named_once(way: DigitSource):
    named = clips_heard(spec, "7", "0123456789*#AD", by=way).split(" you_pressed ")[1:]
    spoken = [*(f"digit_{digit}" for digit in "0123456789"), "star", "pound", "digit_a", "digit_d"]
    assert named == spoken


@pytest.mark.parametrize(
    ("caller", "spelt"),
    [
        ("39001105", "your_number_is digit_3 digit_9 digit_0 digit_0 digit_1 digit_1 digit_0 digit_5"),
        ("+81-3 1", "your_number_is digit_8 digit_1 digit_3 digit_1"),
        ("alice", "anonymous_number"),
        ("\ufffd", "anonymous_number"),
        ("\uff11", "anonymous_number"),
    ],
)
def test_a_number_is_read_digit_by_digit(caller: str, spelt: str):
    assert clips_heard(spec, caller) == f"echo_welcome {spelt}"
