"""The picture of an alarm's life is the code's, and so are the figures beside it."""

import inspect
import re
from typing import get_type_hints

import pytest
from docs.pages import ROOT

from schedules import states
from schedules.nodes import LEASE_S
from schedules.policy import DEFAULT
from schedules.taking import LATE_S
from services.wakeup.dialled import Simple

pytestmark = pytest.mark.unit

PAGE = (ROOT / "docs/wakeup.md").read_text()
ALL = [
    each
    for each in vars(states).values()
    if inspect.isclass(each) and hasattr(each, "name") and hasattr(each, "__dataclass_fields__")
]


def transitions_of(state: type) -> set[str]:
    """The names of the states that its methods give."""
    followers: set[str] = set()
    for name, method in inspect.getmembers(state, inspect.isfunction):
        if not name.startswith("_"):
            given = get_type_hints(method, vars(states)).get("return")
            followers |= {str(each.name) for each in getattr(given, "__args__", (given,)) if each in ALL}
    return followers


def test_every_transition_is_drawn_and_no_other():
    drawn = set(re.findall(r"^    (\w+) --> (\w+)$", PAGE, re.MULTILINE))
    coded = {(str(state.name), follower) for state in ALL for follower in transitions_of(state)} - {
        ("booked", "booked")  # postponed
    }
    assert drawn == coded


def test_each_state_ends_or_goes_on():
    ends = {str(state.name) for state in ALL if not transitions_of(state)}
    assert ends == set(re.findall(r"^    (\w+) --> \[\*\]$", PAGE, re.MULTILINE))


def test_the_policys_figures_are_the_defaults():
    says = " ".join(PAGE.split())
    assert f"rings for {DEFAULT.ring_s} seconds" in says
    assert (DEFAULT.attempts, DEFAULT.snoozes, DEFAULT.gap_s, DEFAULT.snooze_s) == (4, 3, 180, 300)
    assert f"up to {DEFAULT.validity_s // 60} minutes old" in says
    assert f"more than {LATE_S:.0f} seconds late" in says
    assert f"after {LEASE_S:.0f} seconds" in says


def test_every_code_is_listed():
    for simple in Simple:
        assert f"`7{simple.value}`" in PAGE
