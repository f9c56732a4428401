"""How a number behind a trunk can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.network.numbers import LONGEST_NUMBER, Hop, route_number
from trust.ways import Way, ways

pytestmark = pytest.mark.unit

prefixes = st.from_regex(r"[1-9][0-9]{2,3}", fullmatch=True)
extensions = st.from_regex(r"[1-9][0-9]{1,4}", fullmatch=True)


def read_all(behind: str, first: str = "390", known: tuple[str, ...] = (), most: int = 4) -> list[Way]:
    return list(ways(first, behind, known=known, most=most))


def read(behind: str, first: str = "390", known: tuple[str, ...] = (), most: int = 4) -> list[Way]:
    return [way for way in read_all(behind, first, known, most) if way.is_usual]


def test_an_extension_of_the_neighbour():
    assert read("1001") == [Way(("390",), "1001")]


def test_an_extension_beyond_a_hop_whose_prefix_may_have_three_or_four_digits():
    assert read("05102101") == [Way(("390", "510"), "2101"), Way(("390", "5102"), "101")]
    assert {way.destination for way in read("05102101")} == {"5102101"}


def test_shorter_prefixes_are_read_where_they_are_known():
    assert read("031001") == []
    assert read("031001", known=("3",)) == [Way(("390", "3"), "1001")]


@pytest.mark.parametrize("behind", ["1", "123456", "05101234567", "051", "2423001", "0"])
def test_what_is_no_way_of_the_network_has_no_usual_reading(behind: str):
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
    assert len(read_all(behind)) <= 2**4 * 4


@pytest.mark.parametrize(
    "behind",
    ["005101001", "0005101001", "051001001", "00510001001", "5101001", "0390005101001"],
)
def test_a_number_that_exchanges_pass_on_all_the_same_leads_to_the_same_telephone(behind: str):
    """With zeros too many before a prefix or an extension, or with too few."""
    assert "5101001" in {way.destination for way in read_all(behind)}


def test_a_prefix_is_the_same_with_a_zero_before_it_and_without():
    assert read("005101001") == [Way(("390", "510"), "1001")]
    assert Way(("390", "6621"), "1001") not in read("0066211001"), "a zero, and four digits more"
    assert Way(("390", "6621"), "1001") in read("0066211001", known=("06621",))
    assert read("1001", first="0390") == [Way(("390",), "1001")]
    assert all(way.is_circle for way in read_all("003901001"))


@given(st.data(), st.lists(prefixes, min_size=2, max_size=4), extensions)
def test_zeros_too_many_hide_no_telephone(data: st.DataObject, prefixes: list[str], extension: str):
    zeros = st.integers(1, 4).map("0".__mul__)
    behind = "".join(data.draw(zeros) + prefix for prefix in prefixes[1:])
    behind += data.draw(zeros | st.just("")) + extension
    found = read_all(behind, first=prefixes[0])
    assert prefixes[-1] + extension in {way.destination for way in found}
    assert tuple(prefixes) in {way.prefixes for way in found}
