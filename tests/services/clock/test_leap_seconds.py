"""The clock over a leap second, in virtual time, with a kernel that makes it by a step."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.clock_listener import Listener
from support.clock_world import S_NS, ClockWorld

from services.clock.japanese import JAPANESE
from services.clock.leaps import LeapLedger
from services.clock.timeline import LeapAhead, Timeline
from timekeeping.leap import LeapSecond, LeapTable
from timekeeping.leap_list import FIRST

pytestmark = pytest.mark.unit

MIDNIGHT_S = int(datetime(2027, 1, 1, tzinfo=UTC).timestamp())
MIDNIGHT_NS = MIDNIGHT_S * S_NS
INSERTED = LeapTable((FIRST, LeapSecond(MIDNIGHT_S, 11)), None)
REMOVED = LeapTable((FIRST, LeapSecond(MIDNIGHT_S, 9)), None)
LISTENER = Listener(JAPANESE)


def world_before(leaps: LeapTable, seconds: int) -> ClockWorld:
    return ClockWorld(LISTENER, utc_ns=MIDNIGHT_NS - seconds * S_NS, leaps=leaps)


def heard(world: ClockWorld) -> list[tuple[float, tuple[int, int, int] | None]]:
    """Each mark: true seconds since the beginning, and what its words named."""
    first = world.eras[0]
    began_ns = first.utc_ns(first.from_sample)
    return [(round((first.utc_ns(mark.at) - began_ns) / S_NS, 3), mark.named) for mark in world.marks()]


@given(st.integers(0, S_NS // 5))
def test_over_an_inserted_second_no_mark_is_wrong_missing_or_doubled(told_late_ns):
    """The mark of 00:00:00 comes eleven seconds after that of 23:59:50: the sixty-first second is not marked."""
    world = world_before(INSERTED, 30)
    world.run(30 * S_NS + told_late_ns)
    world.step(-S_NS)
    world.run(32 * S_NS)
    assert heard(world) == [
        (10, (8, 59, 40)),
        (20, (8, 59, 50)),
        (31, (9, 0, 0)),
        (41, (9, 0, 10)),
        (51, (9, 0, 20)),
        (61, (9, 0, 30)),
    ]


def test_over_an_inserted_second_the_pre_pips_count_true_seconds():
    world = world_before(INSERTED, 30)
    world.run(30 * S_NS)
    world.step(-S_NS)
    world.run(5 * S_NS)
    assert world.marks()[-1].pre_pips_at == (-24_000, -16_000, -8_000)
    assert world.broadcast.starved_samples == 0


def test_over_a_removed_second_the_mark_comes_a_second_sooner():
    world = world_before(REMOVED, 30)
    world.run(29 * S_NS)
    world.step(S_NS)
    world.run(22 * S_NS)
    assert heard(world) == [
        (10, (8, 59, 40)),
        (20, (8, 59, 50)),
        (29, (9, 0, 0)),
        (39, (9, 0, 10)),
        (49, (9, 0, 20)),
    ]


def test_a_host_that_never_makes_the_leap_second_is_followed_two_seconds_later():
    """Its own time is all that there is: the mark after midnight is on its grid again."""
    world = world_before(INSERTED, 20)
    world.run(55 * S_NS)
    assert heard(world) == [
        (10, (8, 59, 50)),
        (21, (9, 0, 0)),
        (30, (9, 0, 10)),
        (40, (9, 0, 20)),
        (50, (9, 0, 30)),
    ]


def test_beginning_within_the_inserted_second_gives_true_marks():
    """The kernel shows 23:59:59 again, and nobody has told us of the leap."""
    world = world_before(INSERTED, 1)
    world.run(40 * S_NS)
    first = world.eras[0]
    for mark in world.marks():
        assert first.utc_ns(mark.at) % (10 * S_NS) == 0


def test_an_ordinary_step_just_before_midnight_is_not_taken_for_the_leap_second():
    world = world_before(INSERTED, 60)
    world.run(20 * S_NS)
    world.step(-S_NS)
    world.run(41 * S_NS)
    world.step(-S_NS)
    world.run(25 * S_NS)
    last = world.eras[-1]
    assert last.utc_ns(world.marks()[-1].at) == MIDNIGHT_NS + 20 * S_NS
    assert [named for _, named in heard(world)][-3:] == [(9, 0, 0), (9, 0, 10), (9, 0, 20)]


class TestLedger:
    TIMELINE = Timeline(MIDNIGHT_S - 100, 1_000_000, (LeapAhead(MIDNIGHT_S, 1),))
    LEAP_SAMPLE = 1_000_000 + 100 * 8000

    def test_a_leap_second_ahead_is_reckoned_with(self):
        assert LeapLedger(INSERTED).ahead(MIDNIGHT_S - 1000) == (LeapAhead(MIDNIGHT_S, 1),)

    def test_one_long_past_is_not(self):
        assert LeapLedger(INSERTED).ahead(MIDNIGHT_S + 3) == ()

    def test_one_made_is_not_though_the_second_before_it_shows_again(self):
        ledger = LeapLedger(INSERTED)
        ledger.account(self.TIMELINE, self.LEAP_SAMPLE, -S_NS)
        assert ledger.ahead(MIDNIGHT_S - 1) == ()

    @pytest.mark.parametrize("by_ns", [0, S_NS, -2 * S_NS, -S_NS // 10])
    def test_another_step_is_not_taken_for_it(self, by_ns):
        ledger = LeapLedger(INSERTED)
        ledger.account(self.TIMELINE, self.LEAP_SAMPLE + 8000, by_ns)
        assert ledger.ahead(MIDNIGHT_S - 1) == (LeapAhead(MIDNIGHT_S, 1),)

    def test_its_step_at_another_time_is_not_taken_for_it(self):
        ledger = LeapLedger(INSERTED)
        ledger.account(self.TIMELINE, self.LEAP_SAMPLE - 8000, -S_NS)
        assert ledger.ahead(MIDNIGHT_S - 1) == (LeapAhead(MIDNIGHT_S, 1),)

    def test_one_that_is_overdue_is_given_up(self):
        ledger = LeapLedger(INSERTED)
        ledger.account(self.TIMELINE, self.LEAP_SAMPLE + 16_000, 0)
        assert ledger.ahead(MIDNIGHT_S + 1) == ()

    def test_one_made_comes_again_when_the_clock_was_set_back_before_it(self):
        ledger = LeapLedger(INSERTED)
        ledger.account(self.TIMELINE, self.LEAP_SAMPLE, -S_NS)
        assert ledger.ahead(MIDNIGHT_S - 3600) == (LeapAhead(MIDNIGHT_S, 1),)
