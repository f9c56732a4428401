"""patches/hold-by-zero-address.patch: the old form of hold does not change the address in our SDP."""

import pytest

pytestmark = pytest.mark.native


def test_a_hold_by_zero_address_is_answered_with_our_own(dial):
    """Held and resumed, and the c= line is the same each time."""
    caller = dial("silent")
    for address in ("0.0.0.0", caller.address):
        offer = caller.sdp().replace(f"c=IN IP4 {caller.address}", f"c=IN IP4 {address}")
        answer = caller.invite(offer)
        assert answer.status == 200
        assert "c=IN IP4 127.0.0.1\r\n" in answer.body
        assert "0.0.0.0" not in answer.body
