"""Which numbers may be rung at all."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.network.numbers import Hop, route_number
from exchange.network.patterns import NumberPattern
from trust.allowed import EMERGENCY_NUMBERS, UNMARKED, NumberRules
from trust.answers import Reason

pytestmark = pytest.mark.unit

RULES = NumberRules(
    trunks={"B": "390", "C": "510"},
    own_numbers=tuple(NumberPattern.parse(text) for text in ("117", "7XXXX", "7000")),
    own_prefixes=("242",),
)
parts = st.sampled_from(["390", "510", "0", "242", "113", "6621", "1001", "110", "7000", "117"])
digits = st.text("0123456789", min_size=1, max_size=30) | st.lists(parts, min_size=1, max_size=9).map("".join)
trunks = st.sampled_from(["", UNMARKED, "B", "C", "D"])


@pytest.mark.parametrize(
    ("number", "trunk"),
    [
        ("1001", ""),
        ("201", ""),
        ("3901", ""),
        ("1001", UNMARKED),
        ("3901001", "B"),
        ("39001131001", "B"),
        ("51023", "C"),
        ("39065536", "B"),
        ("390011306621001", "B"),
    ],
)
def test_telephones_of_the_exchange_and_behind_its_trunks_may_be_rung(number: str, trunk: str):
    assert RULES.barred(number, trunk) is None


@pytest.mark.parametrize(
    ("number", "trunk", "reason"),
    [
        ("", "", Reason.NOT_A_NUMBER),
        ("**8", "", Reason.NOT_A_NUMBER),
        ("100*", "", Reason.NOT_A_NUMBER),
        ("１００１", "", Reason.NOT_A_NUMBER),
        ("SIP-TRUNK-B", "B", Reason.NOT_A_NUMBER),
        ("1" * 80, "", Reason.NOT_A_NUMBER),
        ("117", "", Reason.OWN_NUMBER),
        ("70730", "", Reason.OWN_NUMBER),
        ("7000", UNMARKED, Reason.OWN_NUMBER),
        ("110", "", Reason.EMERGENCY),
        ("390119", "B", Reason.EMERGENCY),
        ("3900113118", "B", Reason.EMERGENCY),
        ("10010", "", Reason.NOT_ALLOWED),
        ("12", "", Reason.NOT_ALLOWED),
        ("0901", "", Reason.NOT_ALLOWED),
        ("0312345678", "", Reason.NOT_ALLOWED),
        ("3901", UNMARKED, Reason.NOT_ALLOWED),
        ("3901", "B", Reason.NOT_ALLOWED),
        ("39009012345678", "B", Reason.NOT_ALLOWED),
        ("39000312345678", "B", Reason.NOT_ALLOWED),
        ("39001001", "B", Reason.NOT_ALLOWED),
        ("1001", "D", Reason.UNKNOWN_TRUNK),
        ("1001", "B", Reason.NO_RETURN_PREFIX),
        ("5101001", "B", Reason.NO_RETURN_PREFIX),
        ("390051003901001", "B", Reason.CIRCLE),
        ("510039005101001", "C", Reason.CIRCLE),
        ("39002421001", "B", Reason.CIRCLE),
        ("390002421001", "B", Reason.CIRCLE),
        ("390024201001", "B", Reason.CIRCLE),
        ("3902421001", "B", Reason.CIRCLE),
        ("39000390110", "B", Reason.EMERGENCY),
        ("39001130110", "B", Reason.EMERGENCY),
        ("390003901001", "B", Reason.CIRCLE),
        ("39002427000", "B", Reason.CIRCLE),
        ("3900113066201130782019891001", "B", Reason.TOO_FAR),
    ],
)
def test_everything_else_is_barred(number: str, trunk: str, reason: Reason):
    assert RULES.barred(number, trunk) is reason


@pytest.mark.parametrize("number", ["51003900510", "510039005103901", "5100390051003901001"])
def test_the_best_known_circle(number: str):
    assert RULES.barred(number, "C") is Reason.CIRCLE


def test_another_hop_prefix_at_home_changes_nothing_beyond():
    rules = replace(RULES, hop_prefix="9")
    assert rules.barred("39001131001", "B") is None
    assert rules.barred("3909001", "B") is None
    assert rules.barred("9001", "") is Reason.NOT_ALLOWED, "it would be passed on"


def test_of_two_trunks_the_longer_prefix_decides():
    rules = replace(RULES, trunks={"B": "39", "C": "390"})
    assert rules.barred("3901001", "C") is None
    assert rules.barred("3901001", "B") is Reason.NO_RETURN_PREFIX, "B shows a number of C's"


def test_the_hop_depth_counts_the_exchanges_of_the_way():
    number = route_number([Hop("390"), Hop("113"), Hop("662")], "1001")
    assert replace(RULES, hop_depth=3).barred(number, "B") is None
    assert replace(RULES, hop_depth=2).barred(number, "B") is Reason.TOO_FAR


def test_a_public_network_is_rung_only_by_a_prefix_that_the_operator_wrote_down():
    assert RULES.barred("0312345678", "") is Reason.NOT_ALLOWED
    allowing = replace(RULES, allow=("03",))
    assert allowing.barred("0312345678", "") is None
    assert allowing.barred("0412345678", "") is Reason.NOT_ALLOWED


@pytest.mark.parametrize("number", ["0110", "01101", "0119", "01181234", "3901191"])
def test_behind_a_prefix_that_is_written_down_emergency_numbers_stay_barred(number: str):
    allowing = replace(RULES, allow=("0", "390"))
    assert allowing.barred(number, "B" if number.startswith("390") else "") is Reason.EMERGENCY


def test_a_telephone_that_looks_like_an_emergency_number_can_be_written_down_whole():
    assert replace(RULES, allow=("390110",)).barred("390110", "B") is None
    assert replace(RULES, allow=("110",)).barred("110", "") is None


def test_the_operators_emergency_numbers_are_added():
    rules = replace(RULES, emergency=frozenset({"911"}))
    assert rules.barred("911", "") is Reason.EMERGENCY
    assert rules.barred("110", "") is Reason.EMERGENCY


def test_the_longest_of_the_operators_prefixes_decides_and_denial_when_they_are_alike():
    rules = replace(RULES, deny=("39", "3901"), allow=("390", "39012", "3901"))
    assert rules.barred("3902001", "B") is None
    assert rules.barred("3901001", "B") is Reason.DENIED
    assert rules.barred("3901201", "B") is None


def test_what_is_denied_is_denied_though_a_trunk_has_a_longer_prefix():
    assert replace(RULES, deny=("39",)).barred("3901001", "B") is Reason.DENIED


def test_a_way_without_the_hops_prefix_is_rung_when_it_is_written_down():
    assert replace(RULES, allow=("390113",)).barred("3901133001", "B") is None


@given(digits, trunks)
def test_nothing_outside_the_patterns_is_ever_allowed(number: str, trunk: str):
    if RULES.barred(number, trunk) is not None:
        return
    assert number not in EMERGENCY_NUMBERS
    assert not any(pattern.matches(number) for pattern in RULES.own_numbers)
    if trunk in {"", UNMARKED}:
        assert len(number) in {3, 4}
        assert number[0] != "0"
    else:
        assert number.startswith(RULES.trunks[trunk])
        for way in RULES.ways(number):
            assert len(set(way.prefixes)) == len(way.prefixes) <= 4
            assert way.extension not in EMERGENCY_NUMBERS
            assert "242" not in way.prefixes


@given(digits, trunks, st.lists(st.text("0123456789", min_size=1, max_size=4)))
def test_what_is_denied_as_a_whole_is_never_rung(number: str, trunk: str, allow: list[str]):
    assert replace(RULES, allow=tuple(allow), deny=(number,)).barred(number, trunk) is not None


@given(st.lists(st.sampled_from(["113", "662", "782", "510"]), max_size=2, unique=True))
def test_a_telephone_is_the_same_by_every_way_that_leads_to_it(between: list[str]):
    hops = [Hop("390"), *(Hop(prefix) for prefix in between), Hop("989")]
    assert RULES.destinations(route_number(hops, "1001")) == {"9891001"}
    assert RULES.destinations("5101001") == RULES.destinations("39005101001") == {"5101001"}


@pytest.mark.parametrize("number", ["390005101001", "390051001001", "3900051001001", "51001001"])
def test_zeros_too_many_make_no_other_telephone_of_it(number: str):
    assert "5101001" in RULES.destinations(number)
