"""The end of every bench: percentiles, one line for each wish, the exit status."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.figures import Wish, conclude, percentile

pytestmark = pytest.mark.unit

figures = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50)


@given(figures, st.floats(0, 100))
def test_a_percentile_is_a_value_that_was_measured_and_enough_are_no_greater(
    values: list[float], percent: float
):
    found = percentile(values, percent)
    assert found in values
    assert sum(value <= found for value in values) >= len(values) * percent / 100 - 1e-9


def test_of_few_values_p99_9_is_the_greatest():
    assert percentile([1.0, 5.0, 2.0], 99.9) == 5.0
    assert percentile(list(map(float, range(1, 10_001))), 99.9) == pytest.approx(9990, abs=1)


def test_of_none_it_is_not_a_number():
    assert math.isnan(percentile([], 50))


@pytest.mark.parametrize(
    ("wish", "line"),
    [
        (Wish("error", 0.2, "ms", at_most=0.3), "ok     error: 0.2 ms, wanted at most 0.3 ms"),
        (Wish("error", 0.31, "ms", at_most=0.3), "short  error: 0.31 ms, wanted at most 0.3 ms"),
        (Wish("gain", 9.9, "times", at_least=10), "short  gain: 9.9 times, wanted at least 10 times"),
        (Wish("gain", 10.0, "times", at_least=10), "ok     gain: 10 times, wanted at least 10 times"),
        (
            Wish("late", None, "ms", at_most=5, why="no priority"),
            "short  late: not measured, wanted at most 5 ms (no priority)",
        ),
        (Wish("late", math.nan, "ms", at_most=5), "short  late: nan ms, wanted at most 5 ms"),
    ],
)
def test_a_line_says_ok_or_short_the_figure_and_the_wish(wish: Wish, line: str):
    assert wish.line == line


def test_one_that_is_short_makes_the_status_1(capsys: pytest.CaptureFixture[str]):
    good, bad = Wish("a", 1, "ms", at_most=2), Wish("b", 3, "ms", at_most=2)
    assert conclude([good, good]) == 0
    assert conclude([good, bad]) == 1
    assert [line[:5] for line in capsys.readouterr().out.splitlines()] == ["ok   ", "ok   ", "ok   ", "short"]
