"""What leads to a mark, put together."""

import itertools

import numpy as np
import pytest
from support.marked_clips import MarkedClips

from audio import prompts
from audio.levels import to_pcm
from audio.pips import MARK, PRE_PIP
from services.clock.composer import ClipsTooLongError, Composer
from services.clock.english import ENGLISH
from services.clock.japanese import JAPANESE
from services.clock.parts import Kind
from services.clock.scheme import TEN_SECONDS
from timekeeping.civil import zone_named

pytestmark = pytest.mark.unit

TOKYO = zone_named("Asia/Tokyo")
SEVEN_ELEVEN_TEN = 1_798_754_400 + 16 * 60 + 10 - 300
"""22:11:10 UTC, 07:11:10 in Tokyo."""
MARK_AT = 5_000_000


@pytest.mark.parametrize("language", [JAPANESE, ENGLISH], ids=["ja", "en"])
def test_words_then_three_pre_pips_then_the_mark(language):
    composer = Composer(TEN_SECONDS, language, TOKYO, MarkedClips(language))
    cycle = composer.compose(SEVEN_ELEVEN_TEN, MARK_AT, 0)
    assert cycle is not None
    assert [part.kind for part in cycle.parts] == [Kind.WORDS, *[Kind.PRE_PIP] * 3, Kind.MARK]
    assert [part.first_sample - MARK_AT for part in cycle.parts] == [-69_600, -24_000, -16_000, -8_000, 0]
    assert np.array_equal(cycle.parts[1].pcm, to_pcm(PRE_PIP.samples()))
    assert np.array_equal(cycle.parts[-1].pcm, to_pcm(MARK.samples()))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (JAPANESE, ["hour_07", "minute_11", "second_10", "announce"]),
        (ENGLISH, ["at_the_long_tone", "hour_7", "minute_11", "am", "and_10_seconds"]),
    ],
    ids=["ja", "en"],
)
def test_the_words_are_the_clips_with_pauses_between_them(language, said):
    clips = MarkedClips(language)
    cycle = Composer(TEN_SECONDS, language, TOKYO, clips).compose(SEVEN_ELEVEN_TEN, MARK_AT, 0)
    assert cycle is not None
    spoken = clips.spoken(cycle.parts[0].pcm)
    assert [clip.name for clip in spoken] == said
    gaps = [later.first - earlier.end for earlier, later in itertools.pairwise(spoken)]
    assert set(gaps) == {language.gap_ms * 8}


def test_words_begin_later_where_the_line_is_not_free_and_not_at_all_where_they_would_end_late():
    composer = Composer(TEN_SECONDS, JAPANESE, TOKYO, MarkedClips(JAPANESE))
    whole = composer.compose(SEVEN_ELEVEN_TEN, MARK_AT, 0)
    assert whole is not None
    latest = MARK_AT - 26_400 - len(whole.parts[0].pcm)
    late = composer.compose(SEVEN_ELEVEN_TEN, MARK_AT, latest)
    assert late is not None
    assert late.first_sample == latest
    assert composer.compose(SEVEN_ELEVEN_TEN, MARK_AT, latest + 1) is None


def test_a_zone_shifts_the_words_only():
    clips = MarkedClips(JAPANESE)
    composer = Composer(TEN_SECONDS, JAPANESE, zone_named("Asia/Kathmandu"), clips)
    cycle = composer.compose(SEVEN_ELEVEN_TEN, MARK_AT, 0)
    assert cycle is not None
    assert [clip.name for clip in clips.spoken(cycle.parts[0].pcm)] == [
        "hour_03",
        "minute_56",
        "second_10",
        "announce",
    ]


def test_clips_that_do_not_fit_are_refused_at_once_with_the_sentence():
    def slow(name: str) -> np.ndarray:
        return np.zeros(16_000 if name == "minute_44" else 8_000, np.int16)

    with pytest.raises(ClipsTooLongError, match=r"44分.*5\.60 s.*room for 5\.40 s"):
        Composer(TEN_SECONDS, JAPANESE, TOKYO, slow)


@pytest.mark.parametrize("language", [JAPANESE, ENGLISH], ids=["ja", "en"])
def test_the_rendered_clips_of_every_mark_fit_and_leave_the_line_free_in_time(language):
    """With the pack that is shipped, every announcement of a day is composed, also a second shorter (leap second)."""
    pack = prompts.load(language.name)
    composer = Composer(TEN_SECONDS, language, TOKYO, lambda name: pack[name].pcm)
    midnight = SEVEN_ELEVEN_TEN - 70
    for mark_utc_s in range(midnight, midnight + 86_400, 10):
        assert composer.compose(mark_utc_s, MARK_AT, MARK_AT - 9 * 8000 + 8001) is not None
