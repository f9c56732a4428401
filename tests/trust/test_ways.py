"""How a number behind a trunk can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.network.numbers import LONGEST_NUMBER, Hop, route_number
from trust.ways import Way, ways

pytestmark = pytest.mark.unit

prefixes = st.from_regex(r"[1-9][0-9]{2,3}", fullmatch=True)
extensions = st.from_regex(r"[1-9][0-9]{1,4}", fullmatch=True)


def read(behind: str, first: str = "390", known: tuple[str, ...] = (), most: int = 4) -> list[Way]:
    return list(ways(first, behind, known=known, most=most))


def test_an_extension_of_the_neighbour():
    assert read("1001") == [Way(("390",), "1001")]


def test_an_extension_beyond_a_hop_whose_prefix_may_have_three_or_four_digits():
    assert read("05102101") == [Way(("390", "510"), "2101"), Way(("390", "5102"), "101")]
    assert {way.destination for way in read("05102101")} == {"5102101"}


def test_shorter_prefixes_are_read_where_they_are_known():
    assert read("031001") == []
    assert read("031001", known=("3",)) == [Way(("390", "3"), "1001")]


@pytest.mark.parametrize("behind", ["1", "123456", "05101234567", "051", "2423001", "0"])
def test_what_is_no_way_of_the_network_has_no_reading(behind: str):
    assert read(behind) == []


@pytest.mark.parametrize("behind", ["", "0510", "05101"])
def test_a_way_may_end_before_any_extension(behind: str):
    assert "" in {way.extension for way in read(behind)}


def test_of_a_way_that_is_too_long_only_its_beginning_is_read():
    found = read("0510024207820199", most=2)
    assert Way(("390", "510", "242"), "07820199") in found
    assert {len(way.prefixes) for way in found} == {3}


@given(st.lists(prefixes, min_size=1, max_size=4), extensions)
def test_whatever_is_composed_is_among_the_readings(prefixes: list[str], extension: str):
    number = route_number([Hop(prefix) for prefix in prefixes], extension)
    found = read(number[len(prefixes[0]) :], first=prefixes[0])
    assert Way(tuple(prefixes), extension) in found


@given(st.text("05", max_size=LONGEST_NUMBER))
def test_the_readings_are_few_whatever_is_dialled(behind: str):
    assert len(read(behind)) <= 2**4 * 2
