"""Number patterns: reading, matching, overlap, cover and precedence, against a slow and plain model."""

import itertools
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from exchange.network.numbers import NumberError
from exchange.network.patterns import NumberPattern, Tail

pytestmark = pytest.mark.unit

parse = NumberPattern.parse

places = st.one_of(
    st.sampled_from("0123456789*#XZNxzn"),
    st.sampled_from(["[0-2]", "[13579]", "[0-57]", "[*#]", "[5-59]"]),
)
written_patterns = st.builds(
    lambda spelt_out, tail: "".join(spelt_out) + tail,
    st.lists(places, min_size=1, max_size=4),
    st.sampled_from(["", "", ".", "!"]),
)
patterns = written_patterns.map(parse)
numbers = st.text("0123456789*#", min_size=1, max_size=6)


def as_regular_expression(written: str) -> re.Pattern[str]:
    """The independent model: the same language as a regular expression."""
    translated = written.upper().replace(".", "<more>").replace("!", "<any>").replace("*", r"\*")
    translated = translated.replace("X", "[0-9]").replace("Z", "[1-9]").replace("N", "[2-9]")
    return re.compile(translated.replace("<more>", "[0-9*#]+").replace("<any>", "[0-9*#]*"))


@pytest.mark.parametrize(
    ("pattern", "in_it", "not_in_it"),
    [
        ("117", ["117"], ["11", "1177", "118"]),
        ("_7XXXX", ["70730", "79999"], ["7073", "707300", "80730", "7073*"]),
        ("7[0-2]XXX", ["70730", "72359"], ["73200", "76700"]),
        ("NXX", ["200"], ["100", "000"]),
        ("ZXX", ["100"], ["000"]),
        ("0.", ["01", "0390242117"], ["0"]),
        ("0!", ["0", "01"], ["1"]),
        ("[*#]0", ["*0", "#0"], ["00"]),
    ],
)
def test_matches_as_asterisk_writes_it(pattern: str, in_it: list[str], not_in_it: list[str]):
    assert all(parse(pattern).matches(number) for number in in_it)
    assert not any(parse(pattern).matches(number) for number in not_in_it)


@given(written_patterns, numbers)
def test_matches_what_the_same_regular_expression_matches(written: str, number: str):
    assert parse(written).matches(number) == bool(as_regular_expression(written).fullmatch(number))


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("", "must begin"),
        ("_", "must begin"),
        (".", "must begin"),
        ("1.2", "end only"),
        ("1!!", "end only"),
        ("[12", "lacks a ']'"),
        ("1[]", "nothing"),
        ("[9-1]", "range"),
        ("[1-]", "range"),
        ("[a]", "digits"),
        ("12a", "means nothing"),
        ("1 2", "means nothing"),
        ("1,2", "means nothing"),
        ("1" * 80, "longer than 79"),
        ("1" * 79 + ".", "longer than 79"),
    ],
)
def test_says_what_is_wrong_with_a_pattern(written: str, complaint: str):
    with pytest.raises(NumberError, match=re.escape(complaint)):
        parse(written)


@given(st.text("0123456789XZN[]-.!*#_a \n", max_size=12))
def test_any_text_is_a_pattern_or_a_number_error(written: str):
    try:
        pattern = parse(written)
    except NumberError:
        return
    assert parse(pattern.text) == pattern
    assert parse(pattern.extension) == pattern
    assert not set(pattern.extension) & set(" ,\n;=>")


@pytest.mark.parametrize(
    ("written", "extension"), [("117", "117"), ("_117", "117"), ("7xxxx", "_7XXXX"), ("0.", "_0.")]
)
def test_is_written_for_the_dialplan_with_an_underscore_where_it_is_a_range(written: str, extension: str):
    assert parse(written).extension == extension


def numbers_up_to(length: int) -> list[str]:
    return [
        "".join(digits) for size in range(1, length + 1) for digits in itertools.product("0257*", repeat=size)
    ]


SHORT_NUMBERS = numbers_up_to(4)


@given(patterns, patterns, numbers)
def test_two_patterns_that_share_a_number_overlap(one: NumberPattern, other: NumberPattern, number: str):
    assert one.overlaps(other) == other.overlaps(one)
    assert one.overlaps(one)
    if one.matches(number) and other.matches(number):
        assert one.overlaps(other)


@st.composite
def patterns_matching(draw: st.DrawFn, number: str) -> NumberPattern:
    """A pattern made from a number by widening some of its places, and cutting some off its end."""
    wider = {digit: [digit] for digit in "*#"} | {
        digit: [digit, "X", f"[0-{digit}*]"] for digit in "0123456789"
    }
    kept = draw(st.integers(1, len(number)))
    spelt_out = "".join(draw(st.sampled_from(wider[digit])) for digit in number[:kept])
    tails = ["!", "."] if kept < len(number) else ["", "!"]
    return parse(spelt_out + draw(st.sampled_from(tails)))


@given(numbers.flatmap(lambda number: st.tuples(patterns_matching(number), patterns_matching(number))))
def test_overlapping_patterns_share_the_shortest_number_that_both_allow(
    pair: tuple[NumberPattern, NumberPattern],
):
    one, other = pair
    length = max(one.shortest, other.shortest)
    shared = "".join(min(one.possible_at(place) & other.possible_at(place)) for place in range(length))
    assert one.overlaps(other)
    assert one.matches(shared)
    assert other.matches(shared)


@given(patterns, patterns, st.sampled_from(SHORT_NUMBERS))
def test_a_covering_pattern_matches_all_that_the_other_does(
    one: NumberPattern, other: NumberPattern, number: str
):
    assert one.covers(one)
    if one.covers(other):
        assert one.overlaps(other)
        assert one.matches(number) or not other.matches(number)


@given(patterns, patterns)
def test_a_pattern_that_does_not_cover_misses_a_number(one: NumberPattern, other: NumberPattern):
    assume(not one.covers(other))
    assume(one.tail is Tail.NOTHING or other.tail is Tail.NOTHING)
    missed = []
    for length in range(other.shortest, other.shortest + 6):
        if length > other.longest:
            break
        for place in range(length):
            beyond = other.possible_at(place) - one.possible_at(place)
            digits = [min(other.possible_at(at)) for at in range(length)]
            digits[place] = min(beyond, default=digits[place])
            missed.append("".join(digits))
    assert any(other.matches(number) and not one.matches(number) for number in missed)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("117", "_1XX"),
        ("732.", "7XXXX"),
        ("7[0-2]XXX", "7XXXX"),
        ("7XXXX", "7."),
        ("7.", "7!"),
        ("NXX", "XXX"),
        ("0X.", "0."),
        ("[13]", "[37]"),
        ("[1-46-9].", "N0"),
    ],
)
def test_the_narrower_pattern_outranks(first: str, second: str):
    assert parse(first).outranks(parse(second))
    assert not parse(second).outranks(parse(first))


@pytest.mark.parametrize(
    ("first", "second"), [("[0-2]!", "[0-2]"), ("X!", "X"), ("0X.", "0X!"), ("0XX", "0X!")]
)
def test_a_range_with_any_tail_outranks_the_same_range_without(first: str, second: str):
    """As Asterisk orders the ends: a place spelt out, `.`, `!`, the pattern's end."""
    assert parse(first).outranks(parse(second))


@given(patterns, patterns)
def test_of_two_patterns_at_most_one_outranks(one: NumberPattern, other: NumberPattern):
    assert not (one.outranks(other) and other.outranks(one))
