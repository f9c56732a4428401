"""The clock in virtual time, its host's UTC stepped by anything from 90 ms to an hour."""

import itertools
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.clock_listener import TOKYO, HeardMark, Listener
from support.clock_world import S_NS, ClockWorld

from services.clock.english import ENGLISH
from services.clock.japanese import JAPANESE
from timekeeping.civil import civil_time
from timekeeping.lead import GREATEST_LEAD_MS, lead_samples
from timekeeping.leap import UtcSecond

pytestmark = pytest.mark.unit

LISTENERS = {language.name: Listener(language) for language in (JAPANESE, ENGLISH)}
NEW_YEAR_NS = int(datetime(2026, 12, 31, 23, 59, 0, tzinfo=UTC).timestamp()) * S_NS
PERIOD_NS = 10 * S_NS
MS_NS = 10**6
WORDS_FROM_SAMPLES = 69_600
"""Words begin 8.7 s before their mark: so long after a step, the next mark is whole."""
SAME = 40
"""Samples by which a mark may stray from its pre-pips: 5 ms."""

sizes = st.builds(
    lambda size_ns, sign: size_ns * sign,
    st.integers(90, 20_000).map(lambda ms: ms * 10**6)
    | st.integers(90 * 10**6, 3600 * S_NS)
    | st.sampled_from([10**8, S_NS, 9 * S_NS, 10 * S_NS, 11 * S_NS, 30 * S_NS, 60 * S_NS, 3600 * S_NS]),
    st.sampled_from([-1, 1]),
)
pauses = st.integers(0, 25 * S_NS)
starts = st.integers(NEW_YEAR_NS - 86_400 * S_NS, NEW_YEAR_NS + 86_400 * S_NS)


def assert_lawful(world: ClockWorld, mark: HeardMark) -> None:
    """A mark on a true multiple of ten seconds, that its words named, after three whole pre-pips."""
    utc_ns = world.era_of(mark.at).utc_ns(mark.at)
    assert utc_ns % PERIOD_NS == 0, "on the true second, to the sample"
    said = civil_time(UtcSecond(utc_ns // S_NS), TOKYO)
    assert mark.named == (said.hour, said.minute, said.second)
    assert len(mark.pre_pips_at) == 3
    for at, wanted in zip(mark.pre_pips_at, (-24_000, -16_000, -8_000), strict=True):
        assert abs(at - wanted) <= SAME
    assert mark.words_end <= -26_400 + SAME


def instants_ns(world: ClockWorld, marks: list[HeardMark]) -> list[int]:
    return [world.era_of(mark.at).utc_ns(mark.at) for mark in marks]


def seconds_into(world: ClockWorld) -> list[float]:
    """The instants of all marks, from the last minute of the year on."""
    return [(utc_ns - NEW_YEAR_NS) / S_NS for utc_ns in instants_ns(world, world.marks())]


def assert_none_missing(world: ClockWorld, marks: list[HeardMark]) -> None:
    """In each era every mark is given that comes a whole announcement after its beginning."""
    given_at = {mark.at for mark in marks}
    ends = [era.from_sample for era in world.eras[1:]] + [world.broadcast.heard_until - 8000]
    for era, end_sample in zip(world.eras, ends, strict=True):
        utc_ns = era.utc_ns(era.from_sample)
        before = [at for at in given_at if at < era.from_sample]
        last_given_ns = world.era_of(max(before)).utc_ns(max(before)) if before else None
        mark_ns = utc_ns - utc_ns % PERIOD_NS + PERIOD_NS
        while (sample := era.sample(mark_ns)) < end_sample:
            if sample - era.from_sample > WORDS_FROM_SAMPLES and mark_ns != last_given_ns:
                assert sample in given_at, f"{mark_ns} is missing"
            mark_ns += PERIOD_NS


def assert_all_lawful(world: ClockWorld, marks: list[HeardMark]) -> None:
    for mark in marks:
        assert_lawful(world, mark)
    for earlier, later in itertools.pairwise(instants_ns(world, marks)):
        assert earlier != later, "no second is marked twice in succession"
    assert_none_missing(world, marks)


@given(
    st.sampled_from(["ja", "en"]),
    starts,
    st.integers(0, 10**12),
    st.sampled_from([0, 0, lead_samples(40), lead_samples(GREATEST_LEAD_MS)]),
    st.lists(st.tuples(pauses, sizes), min_size=1, max_size=4),
)
def test_after_any_steps_every_mark_is_true_named_counted_down_and_given_once(
    language, utc_ns, monotonic_ns, lead, steps
):
    """Also for a listener who gets everything earlier, since his exchange takes its time."""
    world = ClockWorld(LISTENERS[language], utc_ns=utc_ns, monotonic_ns=monotonic_ns, lead_samples=lead)
    for pause_ns, size_ns in steps:
        world.run(pause_ns)
        world.step(size_ns)
    world.run(32 * S_NS)
    assert_all_lawful(world, world.marks())
    assert world.broadcast.starved_samples == 0


@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize("size_ms", [90, 250, 1_000, 2_999, 9_000, 10_000, 12_500, 60_000, 3_600_000])
def test_each_size_at_many_instants_of_the_cycle(size_ms, sign, scaled):
    """At every third of a second (every 20 ms in full) of a cycle, the next mark is right and comes in time.

    The producer's turns do not fall on the marks.
    """
    for at_ms in range(0, 10_000, scaled(330, 20)):
        world = ClockWorld(LISTENERS["ja"], utc_ns=NEW_YEAR_NS + 237 * MS_NS)
        world.run(20 * S_NS + at_ms * MS_NS)
        before = len(world.marks())
        world.step(sign * size_ms * MS_NS)
        world.run(31 * S_NS)
        marks = world.marks()
        assert_all_lawful(world, marks)
        assert marks[before].at - world.eras[1].from_sample <= (187 if sign > 0 else 287) * 800


def test_a_small_step_during_the_words_keeps_them_and_their_mark():
    """The words that were begun still name the next mark: it comes at its new place, and none is missed."""
    for by_ns in (-(S_NS // 4), S_NS // 4):
        world = ClockWorld(LISTENERS["ja"], utc_ns=NEW_YEAR_NS)
        world.run(13 * S_NS)
        world.step(by_ns)
        world.run(30 * S_NS)
        assert seconds_into(world) == [10, 20, 30, 40]
        assert [mark.named for mark in world.marks()][1] == (8, 59, 20)


def test_a_step_during_the_pre_pips_forgoes_their_mark():
    world = ClockWorld(LISTENERS["ja"], utc_ns=NEW_YEAR_NS)
    world.run(18 * S_NS)
    world.step(-(S_NS // 10))
    world.run(30 * S_NS)
    assert seconds_into(world) == [10, 30, 40]


def test_a_step_back_over_a_mark_does_not_give_it_again():
    for back_ns in (S_NS // 10, 5 * S_NS, 9 * S_NS, 12 * S_NS):
        world = ClockWorld(LISTENERS["ja"], utc_ns=NEW_YEAR_NS)
        world.run(20 * S_NS + S_NS // 20 + back_ns % 7)
        world.step(-back_ns)
        world.run(40 * S_NS)
        assert seconds_into(world)[:3] == [10, 20, 30]


@given(st.integers(0, 10 * S_NS), st.sampled_from([-300_000, -90_000, 3_000, 124_000, 400_000]))
@example(7_500_000_000, 400_000)
def test_a_slew_moves_the_marks_and_spoils_none(at_ns, by_ns):
    """Less than a millisecond: nothing is missed, wherever it comes."""
    world = ClockWorld(LISTENERS["ja"], utc_ns=NEW_YEAR_NS)
    world.run(15 * S_NS + at_ns)
    world.step(by_ns)
    world.run(30 * S_NS)
    assert_all_lawful(world, world.marks())
    assert seconds_into(world)[:4] == [10, 20, 30, 40]
