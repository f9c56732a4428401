"""The lines of keys agree with what tomllib reads, whatever the file looks like."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from denwa.config.lines import key_lines

pytestmark = pytest.mark.unit

EXAMPLE = '''# a comment = with "things" [in] it
title = "a # that is none"   # but this is
[sip]
port = 5060
long = """
[not.a.table]
key = 1
"""
raw = \'\'\'
also = "not"\'\'\'
[exchanges."My House".'x.y']
dates = [1979-05-27 07:32:00, 07:32:00]
a.b."c d" = {x = 1, "y" = {z = [1,
  2]}}
[[many]]
name = 1
[many.below]
name = 2
[[many]]
name = 3
'''


@pytest.mark.parametrize(
    ("location", "line"),
    [
        (("title",), 2),
        (("sip",), 3),
        (("sip", "port"), 4),
        (("sip", "long"), 5),
        (("sip", "raw"), 9),
        (("exchanges",), 11),
        (("exchanges", "My House", "x.y"), 11),
        (("exchanges", "My House", "x.y", "dates", 1), 12),
        (("exchanges", "My House", "x.y", "a", "b", "c d", "x"), 13),
        (("exchanges", "My House", "x.y", "a", "b", "c d", "y", "z", 1), 14),
        (("many", 0, "name"), 16),
        (("many", 0, "below", "name"), 18),
        (("many", 1, "name"), 20),
    ],
)
def test_each_key_has_its_line(location: tuple[str | int, ...], line: int):
    assert key_lines(EXAMPLE)[location] == line


def test_windows_line_ends_count_once():
    assert key_lines("a = 1\r\n\r\nb = 2\r\n") == {("a",): 1, ("b",): 3}


def leaves(value: object, above: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    """The location of everything in what tomllib read."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = {above} if above else set()
    for key, below in inside:
        found |= leaves(below, (*above, key))
    return found


KEYS = st.one_of(
    st.text("abcXYZ019_-", min_size=1, max_size=6),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6).map(
        lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    ),
    st.text("ab.#=[] ", max_size=6).map(lambda text: f"'{text}'"),
)
SCALARS = st.sampled_from(
    [
        "1",
        "-1.5e3",
        "true",
        "inf",
        '"#"',
        "'[x]'",
        '""" \n a = 1 """',
        '"\\"]"',
        "1979-05-27T07:32:00Z",
        "0xff",
        "'''\n'''",
        '""',
        '"""a""\\""""',
        "1979-05-27 07:32:00",
    ]
)
BREAKS = st.sampled_from(["", " ", "\n", "\n  # , ] x = 1\n"])


def arrays(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(BREAKS, st.lists(values, max_size=4), BREAKS).map(
        lambda parts: f"[{parts[0]}{(parts[2] + ',').join(parts[1])}{parts[2]}]"
    )


def inline_tables(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(st.tuples(KEYS, values), max_size=3).map(
        lambda pairs: "{" + ", ".join(f"{key} = {value}" for key, value in pairs) + "}"
    )


VALUES = st.recursive(SCALARS, lambda inner: arrays(inner) | inline_tables(inner), max_leaves=6)
PAIRS = st.tuples(st.lists(KEYS, min_size=1, max_size=3).map(" . ".join), VALUES).map(" = ".join)
HEADERS = st.lists(KEYS, min_size=1, max_size=3).map(lambda keys: f"[{'.'.join(keys)}]")
ARRAY_HEADERS = KEYS.map(lambda key: f"[[ {key} ]]")
LINES = st.one_of(PAIRS, HEADERS, ARRAY_HEADERS, st.sampled_from(["", "# [a] b = 'c", "\t"]))


@given(st.lists(LINES, max_size=8).map("\n".join))
def test_every_key_that_tomllib_reads_is_found_at_a_line_that_spells_it(text: str):
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    lines = key_lines(text)
    assert leaves(read) == set(lines)
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())


@given(st.lists(st.text("ab", min_size=1, max_size=8), min_size=1, max_size=20, unique=True), st.data())
def test_a_plain_file_has_each_key_where_it_was_written(keys: list[str], data: st.DataObject):
    written, at = [], {}
    for key in keys:
        written += data.draw(st.lists(st.sampled_from(["", "# x = 1", "  "]), max_size=3))
        at[(key,)] = len(written) + 1
        written.append(f"{key} = {data.draw(st.sampled_from(['1', '[1, 2]', 'true']))}")
    lines = key_lines("\n".join(written))
    assert {location: lines[location] for location in at} == at
