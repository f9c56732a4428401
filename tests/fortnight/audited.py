"""The audit table as the checker reads it: by plain SQL, with nothing of denwa's own code between."""

import sqlite3
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg

_QUERY = """
SELECT alarm.uid, audit.occurrence_id, occurrence.due_utc, audit.attempt_id, audit.at_utc,
       audit.old_state, audit.new_state, audit.why
FROM audit JOIN alarm ON alarm.id = audit.alarm_id JOIN occurrence ON occurrence.id = audit.occurrence_id
WHERE audit.old_state IS NULL OR audit.old_state <> 'active'
ORDER BY audit.id
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: what became of an occurrence, when in seconds of UTC, and why."""

    at_utc_s: float
    old: str | None
    new: str
    why: str
    attempt_id: int | None


@dataclass(frozen=True, slots=True)
class Story:
    """All rows of one occurrence of an alarm."""

    uid: str
    due_utc_s: float
    entries: list[Entry]


def stories(url: str) -> list[Story]:
    """Every occurrence's, by a `sqlite:///` or `postgresql://` URL."""
    found: dict[int, Story] = {}
    rows: dict[int, list[Entry]] = defaultdict(list)
    for uid, occurrence_id, due, attempt_id, at, old, new, why in _ask(url):
        found.setdefault(occurrence_id, Story(uid, _utc_s(due), rows[occurrence_id]))
        rows[occurrence_id].append(Entry(_utc_s(at), old, new, why, attempt_id))
    return list(found.values())


def _ask(url: str) -> list[tuple[Any, ...]]:
    if url.startswith("sqlite:///"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        try:
            return connection.execute(_QUERY).fetchall()
        finally:
            connection.close()
    with psycopg.connect(url) as server:
        return server.execute(_QUERY).fetchall()


def _utc_s(at: str | datetime) -> float:
    """SQLite keeps text without a zone, PostgreSQL instants."""
    instant = datetime.fromisoformat(at).replace(tzinfo=UTC) if isinstance(at, str) else at
    return instant.timestamp()
