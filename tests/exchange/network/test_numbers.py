"""Dialled digits: writing, composing a way through exchanges, and the number to call back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.network.numbers import (
    DIALLED_DIGITS,
    LONGEST_NUMBER,
    Hop,
    NumberError,
    behind_hop,
    behind_trunk,
    normalise,
    require_digits,
    route_number,
)

pytestmark = pytest.mark.unit

prefixes = st.text("0123456789", min_size=1, max_size=4)
extensions = st.text("0123456789", min_size=1, max_size=5)
ways = st.lists(st.builds(Hop, prefixes, st.just("0")), max_size=6)


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("117", "117"),
        ("510-0-242-177", "5100242177"),
        ("(390) 2001", "3902001"),
        ("５１０ー０ー２４２ー１７７", "5100242177"),
        ("*0#", "*0#"),
        (" 7\t0730 ", "70730"),
    ],
)
def test_reads_numbers_as_people_write_them(written: str, digits: str):
    assert normalise(written) == digits


@pytest.mark.parametrize(
    "written", ["", "  -- ", "+81312345678", "1a7", "１１７番", "117;tag", "117\r\n", "½"]
)
def test_refuses_what_no_telephone_can_dial(written: str):
    with pytest.raises(NumberError):
        normalise(written)


def test_the_error_names_the_strange_characters():
    with pytest.raises(NumberError, match=r"'a' 'b'"):
        normalise("1b2a")


@given(st.text())
def test_whatever_is_written_gives_dialled_digits_or_a_number_error(written: str):
    try:
        digits = normalise(written)
    except NumberError:
        return
    assert digits
    assert set(digits) <= DIALLED_DIGITS
    assert normalise(digits) == digits


def test_the_longest_number_is_asterisks():
    assert require_digits("1" * LONGEST_NUMBER) == "1" * LONGEST_NUMBER
    with pytest.raises(NumberError, match="79"):
        require_digits("1" * (LONGEST_NUMBER + 1))


def test_composes_the_ways_the_network_publishes():
    """SHINANOTEL to hedgehog-tokyo's 177 through MikaNeTEL, as its member's page writes it."""
    assert route_number([Hop("510"), Hop("242")], "177") == "5100242177"
    assert route_number([Hop("390")], "2001") == "3902001"
    assert route_number([], "117") == "117"


def test_each_exchange_may_have_a_hop_prefix_of_its_own():
    assert route_number([Hop("510", "0"), Hop("390", "99"), Hop("242")], "1") == "5100390992421"


@given(prefixes, prefixes)
def test_a_hop_has_dialled_digits_only(prefix: str, hop_prefix: str):
    assert Hop(prefix, hop_prefix).prefix == prefix
    with pytest.raises(NumberError):
        Hop(f"{prefix}x", hop_prefix)
    with pytest.raises(NumberError):
        Hop(prefix, "")


def test_a_way_too_long_to_dial_is_refused():
    with pytest.raises(NumberError, match="79"):
        route_number([Hop("1234")] * 20, "1")


@given(ways, extensions)
def test_every_exchange_strips_its_part_and_the_rest_is_a_whole_number(way: list[Hop], extension: str):
    digits = route_number(way, extension)
    for position, hop in enumerate(way):
        assert digits.startswith(hop.prefix)
        digits = digits.removeprefix(hop.prefix)
        if position < len(way) - 1:
            assert digits.startswith(hop.hop_prefix)
            digits = digits.removeprefix(hop.hop_prefix)
    assert digits == extension


@given(st.lists(prefixes, min_size=1, max_size=6), extensions)
def test_the_dialplans_two_rules_compose_the_number_that_leads_back(prefixes_met: list[str], caller: str):
    """Each trunk-in puts its neighbour's prefix before the caller, each hop a 0: what arrives can be dialled."""
    shown = caller
    for position, neighbour_prefix in enumerate(prefixes_met):
        if position > 0:
            shown = behind_hop(shown)
        shown = behind_trunk(shown, neighbour_prefix)
    assert shown == route_number([Hop(prefix) for prefix in reversed(prefixes_met)], caller)


def test_the_return_number_seen_in_the_lab():
    """1001 of 510 calls through 390: the third exchange shows what it can dial back."""
    assert behind_trunk(behind_hop(behind_trunk("1001", "510")), "390") == "39005101001"
