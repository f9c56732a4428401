"""Our number patterns against a real Asterisk's: which match a number, and in which order it tries them."""

import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lab.asterisk.ami import Ami
from lab.laboratory import Lab

from exchange.network.patterns import NumberPattern

pytestmark = [pytest.mark.lab, pytest.mark.timeout(60, func_only=True)]

CONTEXT = "patterns-tried"
places = st.sampled_from([*"0123789*", "X", "Z", "N", "[0-2]", "[37]", "[1-46-9]", "[2-9*]", "[0248]"])
patterns = st.builds(
    lambda spelt_out, tail: NumberPattern.parse("".join(spelt_out) + tail),
    st.lists(places, min_size=1, max_size=4),
    st.sampled_from(["", "", ".", "!"]),
)
numbers = st.text("0123789*", min_size=1, max_size=5)


def tried_by_asterisk(ami: Ami, number: str) -> list[str]:
    """The extensions of the context that match the number, in Asterisk's order."""
    shown = ami.command(f"dialplan show {number}@{CONTEXT}")
    return re.findall(r"^  '([^']+)' =>", shown, re.MULTILINE)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example([NumberPattern.parse("[0-2]"), NumberPattern.parse("[0-2]!")], ["0"])
@example(
    [NumberPattern.parse("X."), NumberPattern.parse("X!"), NumberPattern.parse("XX")], ["0", "00", "000"]
)
@given(st.lists(patterns, min_size=1, max_size=12, unique_by=lambda p: p.text), st.lists(numbers, max_size=8))
def test_asterisk_matches_and_prefers_what_we_say(lab: Lab, tried: list[NumberPattern], dialled: list[str]):
    with lab.a.manager() as ami:
        for pattern in tried:
            ami.command(f"dialplan add extension {pattern.extension},1,NoOp() into {CONTEXT}")
        try:
            for number in dialled:
                ours = sorted((p for p in tried if p.matches(number)), key=lambda p: p.precedence)
                theirs = tried_by_asterisk(ami, number)
                assert set(theirs) == {pattern.extension for pattern in ours}
                ranks = [NumberPattern.parse(extension).precedence for extension in theirs]
                assert ranks == sorted(ranks)
        finally:
            ami.command(f"dialplan remove context {CONTEXT}")
