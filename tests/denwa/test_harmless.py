"""Text from the network stays on its line, shows what it is, and cannot grow without end."""

import json
from collections import UserDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from denwa.harmless import LONGEST_TEXT, harmless, plain

pytestmark = pytest.mark.unit

ANY_TEXT = st.text(st.characters(), max_size=600)
"""Surrogates among it, as undecodable bytes travel."""


@given(ANY_TEXT)
def test_only_printable_characters_and_spaces_are_left(text: str):
    assert all(char.isprintable() or char == "\u3000" for char in harmless(text))


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=LONGEST_TEXT))
def test_printable_text_is_left_as_it_is(text: str):
    assert harmless(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\r\nb", "a\\x0d\\x0ab"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x9b31m", "\\x9b31m"),
        ("\u202etxt.exe", "\\u202etxt.exe"),
        ("\u2066\u2069", "\\u2066\\u2069"),
        ("a\u200bb\ufeff", "a\\u200bb\\ufeff"),
        ("\u2028\u2029\x85", "\\u2028\\u2029\\x85"),
        ("\udc83", "\\udc83"),
        ("\U000e0041", "\\U000e0041"),
        ("\x00", "\\x00"),
        ("時報\u3000１１７ (ハヤセ)", "時報\u3000１１７ (ハヤセ)"),
        ("👩\u200d🔧", "👩\\u200d🔧"),
    ],
)
def test_what_could_deceive_is_spelt_out(text: str, shown: str):
    assert harmless(text) == shown


def test_a_long_text_is_cut_and_says_so():
    assert harmless("x" * 1_000_000) == "x" * LONGEST_TEXT + f"…(+{1_000_000 - LONGEST_TEXT})"


VALUES = st.recursive(
    st.one_of(ANY_TEXT, st.integers(), st.floats(), st.booleans(), st.none(), st.binary(max_size=600)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_any_value_becomes_strict_json(value: object):
    text = json.dumps(plain(value), allow_nan=False, ensure_ascii=False)
    assert "\n" not in text
    text.encode("utf-8")


def test_size_is_bounded_however_wide_and_deep():
    wide = [["y" * 10_000] * 10_000] * 10_000
    assert len(json.dumps(plain(wide))) < 600_000
    deep: list[object] = []
    for _ in range(10_000):
        deep = [deep]
    assert json.dumps(plain({"deep": UserDict({"at": deep[0]})}))


def test_a_value_that_cannot_be_shown_is_named():
    class Broken:
        def __str__(self) -> str:
            msg = "no"
            raise RuntimeError(msg)

    assert plain(Broken()) == "<Broken, which cannot be shown: RuntimeError>"
