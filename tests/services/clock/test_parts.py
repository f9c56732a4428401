"""Sounds at their samples, cut and mixed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.clock.parts import FADE_SAMPLES, Cycle, Kind, Part, mix

pytestmark = pytest.mark.unit


def part(first_sample: int, length: int, kind: Kind = Kind.WORDS) -> Part:
    """A loud part whose samples are all 16,000."""
    return Part(kind, first_sample, np.full(length, 16_000, np.int16))


def cycle() -> Cycle:
    """Words, a pre-pip and the mark, with silence between them."""
    parts = (part(1000, 500), part(2000, 100, Kind.PRE_PIP), part(3000, 200, Kind.MARK))
    return Cycle(1_800_000_000, 3000, parts)


@given(st.integers(1000, 1500))
def test_cut_words_are_unchanged_up_to_the_cut_and_then_die_away_smoothly(cut):
    words = part(1000, 500)
    kept = words.cut_at(cut)
    assert np.array_equal(kept.pcm[: cut - 1000], words.pcm[: cut - 1000])
    assert kept.end_sample == min(cut + FADE_SAMPLES, 1500)
    fading = kept.pcm[cut - 1000 :].astype(int)
    assert np.all(np.diff(fading) <= 0)
    assert np.all(np.abs(np.diff(np.concatenate([[16_000], fading]))) < 350), "no click"
    if cut + FADE_SAMPLES <= 1500:
        assert fading[-1] < 10


def test_cutting_leaves_the_whole_sound_for_others():
    words = part(1000, 500)
    words.cut_at(1100)
    assert np.all(words.pcm == 16_000)


@given(st.integers(0, 4000), st.integers(1, 4000), st.integers(0, 4000))
def test_what_is_heard_does_not_depend_on_how_it_is_asked_for(first, length, inner):
    """Any window shows the same sound as the whole."""
    whole = mix([cycle()], 0, 8001)
    assert np.array_equal(mix([cycle()], first, first + length), whole[first : first + length])
    at = min(first + inner, first + length)
    pieces = [mix([cycle()], first, at), mix([cycle()], at, first + length)]
    assert np.array_equal(np.concatenate(pieces), whole[first : first + length])


def test_between_the_parts_is_silence():
    heard = mix([cycle()], 0, 4000)
    assert np.count_nonzero(heard) == 800
    assert np.flatnonzero(heard)[[0, -1]].tolist() == [1000, 3199]


@given(st.integers(1001, 3001))
def test_breaking_off_keeps_only_what_has_begun(sample):
    broken = cycle().broken_off(sample, finish_tone=True)
    assert all(part.first_sample < sample for part in broken.parts)
    assert broken.gives_mark == (sample > 3000)
    words_end = 1500 if sample >= 1500 else min(sample + FADE_SAMPLES, 1500)
    assert broken.parts[0].end_sample == words_end


@pytest.mark.parametrize(("finish_tone", "end"), [(True, 2100), (False, 2050 + FADE_SAMPLES)])
def test_a_tone_that_has_begun_is_finished_or_faded(finish_tone, end):
    broken = cycle().broken_off(2050, finish_tone=finish_tone)
    assert broken.end_sample == min(end, 2100)


def test_only_what_is_ahead_moves():
    moved = cycle().ahead_moved(1500, 77)
    assert [part.first_sample for part in moved.parts] == [1000, 2077, 3077]
    assert (moved.mark_sample, moved.mark_utc_s) == (3077, 1_800_000_000)
