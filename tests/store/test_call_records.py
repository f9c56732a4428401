"""The rows of calls: written, completed, closed after a crash, pruned, read; whatever the network put into them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from support.calls import HOUR, NOON_UTC, ended, record

from store import pruning
from store.call_records import BROKEN_OFF, CallRow, break_off, latest_calls, prune_calls, save_calls
from store.database import Database
from store.rows import storable

pytestmark = pytest.mark.unit

HOSTILE = [
    "\0",
    "a\0b\0",
    "\ud800",
    "\udfff lone",
    "\U0001f4de" * 300,
    "x" * 100_000,
    "'; DROP TABLE call_record; --",
    "\x1b[31m\r\n",
    "パス\u202e",
    "",
]


def rows(database: Database) -> Iterator[CallRow]:
    return iter(database.read(latest_calls, 1000))


def test_a_call_is_there_while_it_is_up_and_whole_when_it_has_ended(database: Database):
    begun = record()
    database.write(save_calls, "node", [begun])
    (row,) = rows(database)
    assert (row.node, row.dialled, row.caller, row.began_utc) == ("node", "186", "1001", NOON_UTC)
    assert (row.answered_utc, row.ended_utc, row.ended_by, row.rtp_received) == (None,) * 4
    over = replace(ended(begun), answered_utc=NOON_UTC, rtp_received=3_000_000_000 // 2, rtp_law="ulaw")
    database.write(save_calls, "node", [over])
    (row,) = rows(database)
    assert {name: getattr(row, name) for name in over.__slots__} == {
        name: getattr(over, name) for name in over.__slots__
    }


def test_writing_the_same_again_changes_nothing(database: Database):
    calls = [record(), ended(record())]
    for _ in range(2):
        database.write(save_calls, "node", calls)
    assert len(list(rows(database))) == 2


def test_whatever_the_network_says_is_kept_and_stops_no_other_record(database: Database):
    calls = [
        replace(ended(record()), dialled=text, caller=text, peer=text, call_id=text, reason=text)
        for text in HOSTILE
    ]
    database.write(save_calls, "node\0", calls)
    kept = list(rows(database))
    assert len(kept) == len(HOSTILE)
    assert {row.caller for row in kept} == {storable(text, 80) for text in HOSTILE}


@given(st.text(st.characters(codec=None, categories=None)), st.integers(0, 300))
def test_what_can_be_stored_is_short_has_no_nul_and_is_text_and_good_text_stays(text: str, longest: int):
    stored = storable(text, longest)
    assert len(stored) <= longest
    assert "\0" not in stored
    stored.encode()
    assert storable(stored, longest) == stored
    if "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text):
        assert stored == text[:longest]


def test_after_a_crash_a_nodes_own_calls_are_closed_and_no_others(database: Database):
    up, lost, over, elsewhere = record(), record(), ended(record()), record()
    database.write(save_calls, "here", [up, lost, over])
    database.write(save_calls, "there", [elsewhere])
    assert database.write(break_off, "here", [up.id], NOON_UTC + HOUR) == 1
    ends = {row.id: (row.ended_by, row.ended_utc) for row in rows(database)}
    assert ends == {
        up.id: (None, None),
        lost.id: (BROKEN_OFF, NOON_UTC + HOUR),
        over.id: ("far end", over.ended_utc),
        elsewhere.id: (None, None),
    }


def test_a_call_that_was_closed_by_mistake_gets_its_true_end(database: Database):
    call = record()
    database.write(save_calls, "here", [call])
    database.write(break_off, "here", [], NOON_UTC + HOUR)
    database.write(save_calls, "here", [ended(call)])
    assert [row.ended_by for row in rows(database)] == ["far end"]


def test_old_calls_are_deleted_in_batches_the_oldest_first(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("store.call_records.PRUNED_AT_ONCE", 3)
    calls = [replace(record(), began_utc=NOON_UTC + n * HOUR) for n in range(6)]
    database.write(save_calls, "node", calls)
    assert [database.write(prune_calls, NOON_UTC + 4 * HOUR) for _ in range(3)] == [3, 1, 0]
    assert [row.id for row in rows(database)] == [calls[4].id, calls[5].id]
    assert pruning.PRUNED_AT_ONCE > 3


def test_the_latest_are_read_the_newest_last(database: Database):
    calls = [replace(record(service), began_utc=NOON_UTC + n * HOUR) for n, service in enumerate("abab")]
    database.write(save_calls, "node", calls)

    def found(most: int, **wanted: Any) -> list[int]:
        ids = [call.id for call in calls]
        return [ids.index(row.id) for row in database.read(latest_calls, most, **wanted)]

    assert found(9) == [0, 1, 2, 3]
    assert found(2) == [2, 3]
    assert found(9, service="b") == [1, 3]
    assert found(9, since_utc=NOON_UTC + HOUR + timedelta(microseconds=1)) == [2, 3]
    assert found(1, since_utc=NOON_UTC, service="a") == [2]


def test_a_time_without_a_zone_is_refused(database: Database):
    with pytest.raises(Exception, match="no time zone"):
        database.write(save_calls, "node", [replace(record(), began_utc=datetime(2026, 12, 1))])  # noqa: DTZ001
    assert database.read(lambda session: session.scalars(select(CallRow)).all()) == []
    assert NOON_UTC.tzinfo is UTC
