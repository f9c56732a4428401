"""The rows of deliveries by a clock that the tests hold."""

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from support.events import NOON_UTC, deliveries, happened

from store.database import Database
from store.deliveries import (
    FIRST_PAUSE_S,
    GIVEN_UP_AFTER,
    JITTER,
    LEASE,
    LONGEST_PAUSE_S,
    Held,
    abandon,
    claim,
    fail,
    finish,
    next_due,
    pause,
    prune_events,
    spread,
)
from store.outbox import LONGEST_ERROR, Event, State, tell_of

pytestmark = pytest.mark.unit

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def one_held(database: Database, at_utc=NOON_UTC) -> Held:
    """The only delivery, claimed."""
    happened(database, "x")
    database.write(spread, ["a"], at_utc)
    (held,) = database.write(claim, "a", 9, at_utc)
    return held


def test_each_new_event_gets_one_delivery_a_subscriber(database: Database):
    happened(database, "x", "y")
    assert database.write(spread, ["a", "b"], NOON_UTC) == 2
    assert database.write(spread, ["a", "b"], NOON_UTC) == 0
    assert [(row.event_id, row.subscriber) for row in deliveries(database)] == [
        (1, "a"),
        (1, "b"),
        (2, "a"),
        (2, "b"),
    ]


def test_what_is_claimed_is_nobody_elses_until_its_lease_runs_out(database: Database):
    held = one_held(database)
    assert (held.told.kind, held.told.facts) == ("x", {"number": "1001", "late_s": 1.5})
    assert (held.told.happened_utc, held.tries) == (NOON_UTC, 1)
    assert database.write(claim, "a", 9, NOON_UTC + LEASE - SECOND) == []
    assert database.read(next_due, "a") == NOON_UTC + LEASE
    (again,) = database.write(claim, "a", 9, NOON_UTC + LEASE)
    assert (again.tries, again.told) == (2, held.told)


def test_whoever_lost_its_lease_writes_nothing_down(database: Database):
    held = one_held(database)
    (again,) = database.write(claim, "a", 9, NOON_UTC + LEASE)
    database.write(finish, held)
    assert database.write(fail, held, "late", NOON_UTC, 0.0) is State.WAITING
    (row,) = deliveries(database)
    assert (row.state, row.held_until, row.last_error) == (State.WAITING, again.held_until, None)
    database.write(finish, again)
    assert [row.state for row in deliveries(database)] == [State.DELIVERED]


def test_what_is_delivered_is_never_due_again(database: Database):
    database.write(finish, one_held(database))
    assert database.read(next_due, "a") is None
    assert database.write(claim, "a", 9, NOON_UTC + 100 * DAY) == []


def test_what_failed_is_tried_again_later_and_later_and_given_up_after_three_days(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("store.deliveries.LONGEST_PAUSE_S", 6 * 3600.0)  # else it takes eighty tries
    held = one_held(database)
    now_utc = NOON_UTC
    waited = []
    while database.write(fail, held, "no", now_utc, 0.0) is State.WAITING:
        due_utc = database.read(next_due, "a")
        assert due_utc is not None
        assert database.write(claim, "a", 9, due_utc - SECOND) == []
        waited.append((due_utc - now_utc).total_seconds())
        now_utc = due_utc
        (held,) = database.write(claim, "a", 9, now_utc)
    assert waited[:5] == [5, 10, 20, 40, 80]
    assert set(waited[13:]) == {6 * 3600}
    assert GIVEN_UP_AFTER <= now_utc - NOON_UTC <= GIVEN_UP_AFTER + timedelta(hours=6)
    (row,) = deliveries(database)
    assert (row.state, row.last_error, row.held_until) == (State.GIVEN_UP, "no", None)
    assert database.read(next_due, "a") is None


def test_an_event_that_waited_for_the_program_for_days_is_tried_all_the_same(database: Database):
    held = one_held(database, NOON_UTC + 10 * DAY)
    assert database.write(fail, held, "no", NOON_UTC + 10 * DAY, 0.0) is State.WAITING


@pytest.mark.parametrize("error", ["\0" * 10, "\ud800", "x" * 100_000, "💥" * 3000, ""])
def test_whatever_a_subscriber_says_is_kept_as_far_as_there_is_room(database: Database, error: str):
    database.write(fail, one_held(database), error, NOON_UTC, 0.5)
    kept = deliveries(database)[0].last_error
    assert kept is not None
    assert len(kept) == min(len(error), LONGEST_ERROR)


@given(st.integers(1, 10**6), st.floats(0, 1))
def test_a_pause_is_never_longer_than_the_longest_nor_shorter_by_more_than_the_jitter(
    tries: int, chance: float
):
    full_s = min(FIRST_PAUSE_S * 2 ** min(tries - 1, 40), LONGEST_PAUSE_S)
    assert full_s * (1 - JITTER) - 1e-6 <= pause(tries, chance).total_seconds() <= full_s


def test_what_waits_for_a_subscriber_that_is_configured_no_more_is_given_up(database: Database):
    happened(database, "x")
    database.write(spread, ["a", "b"], NOON_UTC)
    assert database.write(abandon, ["a"], NOON_UTC + GIVEN_UP_AFTER - SECOND) == 0
    assert database.write(abandon, ["a"], NOON_UTC + GIVEN_UP_AFTER) == 1
    assert [row.state for row in deliveries(database)] == [State.WAITING, State.GIVEN_UP]


def test_old_events_go_with_their_deliveries_unless_somebody_still_waits(database: Database):
    happened(database, "delivered", "given up", "waiting", "new")
    database.write(spread, ["a"], NOON_UTC)
    for held in database.write(claim, "a", 9, NOON_UTC):
        if held.told.kind == "delivered":
            database.write(finish, held)
        if held.told.kind == "given up":
            database.write(fail, held, "no", NOON_UTC + GIVEN_UP_AFTER, 0.0)
    database.write(tell_of, "not yet spread", NOON_UTC, {})
    database.write(tell_of, "young", NOON_UTC + DAY, {})
    assert database.write(prune_events, NOON_UTC + SECOND) == 2
    left = database.read(lambda session: set(session.scalars(select(Event.kind))))
    assert left == {"waiting", "new", "not yet spread", "young"}
    assert len(deliveries(database)) == 2
    assert database.read(lambda session: session.scalar(select(func.count(Event.id)))) == 4


def test_whatever_two_nodes_do_nothing_is_ever_held_by_both(database: Database):
    chance = random.Random(17)
    now_utc = NOON_UTC
    holders: dict[int, Held] = {}
    done: set[int] = set()
    happened(database, *("x" for _ in range(5)))
    database.write(spread, ["a"], now_utc)
    for _ in range(150):
        now_utc += chance.choice([SECOND, 20 * SECOND, LEASE, timedelta(hours=1)])
        for held in database.write(claim, "a", chance.randint(1, 3), now_utc):
            before = holders.get(held.delivery_id)
            assert before is None or before.held_until <= now_utc
            assert held.delivery_id not in done
            holders[held.delivery_id] = held
        if not holders:
            continue
        held = chance.choice(list(holders.values()))
        outcome = chance.choice(["finish", "fail", "die"])
        if outcome == "finish" and chance.random() < 0.2:
            database.write(finish, held)
            done.add(held.delivery_id)
        elif outcome == "fail":
            if database.write(fail, held, "no", now_utc, chance.random()) is State.GIVEN_UP:
                done.add(held.delivery_id)
        else:
            continue
        del holders[held.delivery_id]
    states = {row.id: row.state for row in deliveries(database)}
    assert {number for number, state in states.items() if state != State.WAITING} == done


def test_two_nodes_that_claim_in_the_same_moment_get_different_ones_and_neither_waits(postgres_url: str):
    one, other = Database.open(postgres_url), Database.open(postgres_url)
    happened(one, "x", "y", "z")
    one.write(spread, ["a"], NOON_UTC)

    def both(session: Session) -> list[str]:
        first = claim(session, "a", 2, NOON_UTC)
        meanwhile = other.write(claim, "a", 9, NOON_UTC)
        return [held.told.kind for held in (*first, *meanwhile)]

    assert one.write(both) == ["x", "y", "z"]
    one.close()
    other.close()


def test_two_nodes_that_spread_in_the_same_moment_make_one_delivery_each(postgres_url: str):
    one, other = Database.open(postgres_url), Database.open(postgres_url)
    happened(one, "x", "y")
    assert one.write(
        lambda session: (spread(session, ["a"], NOON_UTC), other.write(spread, ["a"], NOON_UTC))
    ) == (2, 0)
    assert len(deliveries(one)) == 2
    one.close()
    other.close()
