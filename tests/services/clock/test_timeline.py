"""Where the seconds of UTC lie among the samples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.clock.timeline import LeapAhead, Timeline

pytestmark = pytest.mark.unit

ANCHOR_UTC_S = 1_798_761_540
MIDNIGHT_S = 1_798_761_600

leaps = st.sampled_from([(), (LeapAhead(MIDNIGHT_S, 1),), (LeapAhead(MIDNIGHT_S, -1),)])
timelines = st.builds(Timeline, st.just(ANCHOR_UTC_S), st.integers(0, 10**12), leaps)


def test_seconds_are_eight_thousand_samples_apart():
    timeline = Timeline(ANCHOR_UTC_S, 500)
    assert [timeline.sample_of(ANCHOR_UTC_S + n) for n in (-1, 0, 1, 3600)] == [-7500, 500, 8500, 28_800_500]


def test_an_inserted_second_lies_between_59_and_0():
    timeline = Timeline(ANCHOR_UTC_S, 0, (LeapAhead(MIDNIGHT_S, 1),))
    assert timeline.sample_of(MIDNIGHT_S) - timeline.sample_of(MIDNIGHT_S - 1) == 16_000
    assert timeline.leap_sample(timeline.leaps[0]) == timeline.sample_of(MIDNIGHT_S - 1) + 8000


def test_a_removed_second_has_no_room():
    timeline = Timeline(ANCHOR_UTC_S, 0, (LeapAhead(MIDNIGHT_S, -1),))
    assert timeline.sample_of(MIDNIGHT_S) == timeline.sample_of(MIDNIGHT_S - 1)
    assert timeline.leap_sample(timeline.leaps[0]) == timeline.sample_of(MIDNIGHT_S)


@given(timelines, st.integers(-(10**8), 10**8), st.sampled_from([10, 30, 60]))
def test_the_next_mark_is_the_first_after_the_sample(timeline, from_anchor, period_s):
    sample = timeline.anchor_sample + from_anchor
    mark_utc_s = timeline.next_mark(sample, period_s)
    assert mark_utc_s % period_s == 0
    assert timeline.sample_of(mark_utc_s) > sample
    assert timeline.sample_of(mark_utc_s - period_s) <= sample


@given(timelines, st.integers(0, 10_000))
def test_after_the_kernel_made_the_leap_the_line_runs_where_it_ran(timeline, later_s):
    """Anchored anew after the step, without the leap, every second lies at the same sample."""
    for leap in timeline.leaps:
        now_s = MIDNIGHT_S + 5
        anew = Timeline(now_s, timeline.sample_of(now_s))
        assert anew.sample_of(now_s + later_s) == timeline.sample_of(now_s + later_s)
        assert leap.from_utc_s == MIDNIGHT_S
