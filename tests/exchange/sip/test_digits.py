"""Digits by events, INFO and tones are one stream without doubles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.sip.digits import (
    EVENT_DIGITS,
    HELD_S,
    LATE_S,
    LEAK_S,
    PRESSES_KEPT,
    TAKEOVER_S,
    DigitMerger,
    event_digit,
)
from exchange.sip.leg import DigitSource

pytestmark = pytest.mark.unit

EVENT, INFO, INBAND = DigitSource.EVENT, DigitSource.INFO, DigitSource.INBAND
Report = tuple[float, str, DigitSource]


def merged(*reports: Report) -> str:
    merger = DigitMerger()
    return "".join(merger.take(digit, way, at_s) or "" for at_s, digit, way in sorted(reports))


@pytest.mark.parametrize("way", DigitSource)
def test_each_digit_passes_by_each_way(way: DigitSource):
    assert merged(*((0.1 * i, digit, way) for i, digit in enumerate(EVENT_DIGITS))) == EVENT_DIGITS


def test_the_letters_are_capital():
    assert merged((0, "a", INFO), (1, "d", INFO)) == "AD"


@pytest.mark.parametrize("digit", ["", "12", "E", "R", " ", "\n", "１", "ß", "\ufffd"])
def test_what_is_no_digit_is_dropped(digit: str):
    assert merged((0, digit, INFO)) == ""


@pytest.mark.parametrize("way", DigitSource)
def test_fast_repeats_of_a_digit_by_one_way_all_pass(way: DigitSource):
    """A telephone's memory dials a digit each 100 ms (Q.24: 40 ms on, 40 ms off at least)."""
    assert merged(*((0.08 * i, "1", way) for i in range(10))) == "1" * 10


@pytest.mark.parametrize("late_s", [0.04, 0.1, 0.45])
def test_the_tone_under_an_event_is_no_second_press(late_s: float):
    assert merged((0, "5", EVENT), (late_s, "5", INBAND)) == "5"


@pytest.mark.parametrize("late_s", [0.0, 0.04, 0.45])
def test_the_event_after_its_tone_is_no_second_press(late_s: float):
    assert merged((0, "5", INBAND), (late_s, "5", EVENT)) == "5"


@pytest.mark.parametrize("first", [EVENT, INBAND])
def test_info_sent_when_the_key_is_let_go_is_no_second_press(first: DigitSource):
    assert merged((0, "5", first), (1.8, "5", INFO)) == "5"


@pytest.mark.parametrize("order", [(EVENT, INFO, INBAND), (INBAND, INFO, EVENT), (INFO, EVENT, INBAND)])
def test_all_three_ways_are_one_press(order: tuple[DigitSource, ...]):
    assert merged(*((0.06 * i, "7", way) for i, way in enumerate(order))) == "7"


def test_fast_repeats_heard_by_two_ways_are_counted_once_each():
    presses_s = [0.0, 0.1, 0.2, 0.3]
    events: list[Report] = [(at_s, "1", EVENT) for at_s in presses_s]
    tones: list[Report] = [(at_s + 0.06, "1", INBAND) for at_s in presses_s]
    assert merged(*events, *tones) == "1111"


def test_fast_repeats_whose_tones_come_first_are_counted_once_each():
    reports: list[Report] = []
    for at_s in (0.0, 0.1, 0.2):
        reports += [(at_s + 0.05, "1", INBAND), (at_s + 0.3, "1", INFO)]
    assert merged(*reports) == "111"


def test_a_press_whose_event_was_lost_is_had_from_info():
    assert merged((0, "1", EVENT), (0.1, "1", INFO), (0.3, "1", INFO)) == "11"


def test_another_digit_at_the_same_time_passes():
    assert merged((0, "1", EVENT), (0.05, "2", INFO)) == "12"


def test_a_key_held_down_whose_tone_leaks_in_pieces_is_one_press():
    assert merged((0, "5", EVENT), (0.06, "5", INBAND), (0.9, "5", INBAND), (2.0, "5", INBAND)) == "5"


def test_a_detector_put_on_the_line_in_the_middle_of_a_tone_hears_no_second_press():
    merger = DigitMerger()
    assert merger.take("5", INBAND, 0.0) == "5"
    assert merger.take("5", INBAND, 0.06, listening_s=0.05) is None
    assert merger.take("5", INBAND, 2.0, listening_s=0.05) is None
    assert merger.take("5", INBAND, 4.0, listening_s=0.05) is None


@pytest.mark.parametrize(
    ("digit", "at_s", "listening_s"),
    [("5", 0.2, TAKEOVER_S), ("6", 0.06, 0.05), ("5", HELD_S, 0.05)],
    ids=["a later press", "another key", "long after"],
)
def test_what_a_new_detector_hears_otherwise_is_a_press(digit: str, at_s: float, listening_s: float):
    merger = DigitMerger()
    assert merger.take("5", INBAND, 0.0) == "5"
    assert merger.take(digit, INBAND, at_s, listening_s=listening_s) == digit


def test_a_new_detector_does_not_hide_events():
    merger = DigitMerger()
    assert merger.take("5", EVENT, 0.0, listening_s=0.01) == "5"
    assert merger.take("5", EVENT, 0.1, listening_s=0.02) == "5"


def test_a_telephone_put_through_later_is_heard_by_its_tones():
    assert merged((0, "5", EVENT), (LEAK_S + 0.1, "5", INBAND)) == "55"


def test_a_flood_is_not_remembered_for_ever():
    merger = DigitMerger()
    for i in range(10_000):
        merger.take("1", INFO, i * 1e-5)
    assert len(merger._presses) <= PRESSES_KEPT + 1


@pytest.mark.parametrize(("code", "digit"), [(0, "0"), (9, "9"), (10, "*"), (11, "#"), (12, "A"), (15, "D")])
def test_event_codes(code: int, digit: str):
    assert event_digit(code) == digit


@pytest.mark.parametrize("code", [-1, 16, 36, 255])
def test_other_events_are_no_digits(code: int):
    assert event_digit(code) is None


OUT_OF_BAND = st.sets(st.sampled_from([EVENT, INFO]), min_size=1)
WAYS = OUT_OF_BAND.flatmap(lambda ways: st.sampled_from([ways, ways | {INBAND}]))
GAP_S = st.floats(0.08, 3.0)
LAG_S = st.fixed_dictionaries(
    {EVENT: st.floats(0, 0.02), INBAND: st.floats(0.04, 0.1), INFO: st.floats(0, 0.4)}
)


@given(WAYS, LAG_S, st.lists(st.tuples(st.sampled_from("15#"), GAP_S), max_size=20))
def test_any_ways_with_their_lags_give_the_presses_as_they_were(
    ways: set[DigitSource], lag_s: dict[DigitSource, float], presses: list[tuple[str, float]]
):
    """A telephone uses the same ways for all its presses, each with its own lag."""
    reports: list[Report] = []
    now_s = 0.0
    for digit, gap_s in presses:
        now_s += gap_s
        reports += [(now_s + lag_s[way], digit, way) for way in ways]
    assert merged(*reports) == "".join(digit for digit, _ in presses)


@given(
    st.lists(st.tuples(st.floats(0, 10), st.sampled_from("123"), st.sampled_from(DigitSource)), max_size=40)
)
def test_whatever_comes_no_more_passes_than_came_and_none_is_invented(reports: list[Report]):
    out = merged(*reports)
    for digit in "123":
        came = [way for _, each, way in reports if each == digit]
        assert out.count(digit) <= len(came)
        assert not came or out.count(digit) > 0 or set(came) == {INBAND}


def test_no_way_may_be_later_than_the_presses_are_remembered():
    assert max(LATE_S.values()) < LEAK_S
