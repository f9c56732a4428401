"""What a finding is made of."""

import importlib
import pkgutil
import string

import pytest

import denwa.doctor
from denwa.doctor.finding import Finding, Level, all_well, said
from denwa.language import Text

pytestmark = pytest.mark.unit

MODULES = [f"denwa.doctor.{module.name}" for module in pkgutil.iter_modules(denwa.doctor.__path__)]


def finding(level: Level) -> Finding:
    return Finding("sound", level, Text("what", "何"))


def test_places_are_filled_in_both_languages():
    name = Text("the exchange", "交換機")
    assert said(Text("{who} is {how}", "{who}は{how}"), who=name, how=3) == Text(
        "the exchange is 3", "交換機は3"
    )


def test_what_fills_a_place_is_not_filled_itself():
    assert said(Text("{why}", "{why}"), why="{x}") == Text("{x}", "{x}")


@pytest.mark.parametrize("levels", [[], [Level.OK], [Level.OK, Level.NOTE, Level.WARN]])
def test_all_is_well_without_anything_to_mend(levels: list[Level]):
    assert all_well([finding(level) for level in levels])


def test_one_thing_to_mend_is_enough():
    assert not all_well([finding(Level.OK), finding(Level.FAIL), finding(Level.OK)])


@pytest.mark.parametrize("module", MODULES)
def test_both_languages_have_the_same_places(module: str):
    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for name, text in vars(importlib.import_module(module)).items():
        if isinstance(text, Text):
            assert places(text.en) == places(text.ja), f"{module}.{name}"
            assert bool(text.en) == bool(text.ja), f"{module}.{name}"
