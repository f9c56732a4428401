"""How alarms are shown: as tables for people, as plain values for programs."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text as Cell

from denwa.alarm.words import KINDS, STATES, say_instant, say_recurrence
from denwa.harmless import Plain, harmless, plain
from denwa.language import Language, Text
from schedules.policy import Policy
from schedules.recurrence import Recurrence
from schedules.rows import Alarm, AlarmKind, Attempt, Audit, Occurrence
from schedules.states import StateName

WIDTH = 200
"""How many columns a table has that goes into a file or a pipe."""

_HEADS = (
    Text("alarm", "番号"),
    Text("rings", "時刻"),
    Text("repeats", "繰り返し"),
    Text("for", "目的"),
    Text("number", "呼び出す番号"),
    Text("exchange", "交換機"),
    Text("state", "状態"),
    Text("title", "名前"),
)
_BY_TRUNK = Text("{number} by {trunk}", "{number} ({trunk} 経由)")


def display(shown: RenderableType) -> None:
    """Print it, as wide as the terminal is."""
    Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False).print(shown)


def heads(texts: Iterable[Text], language: Language) -> Table:
    """A table without rows."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in texts:
        table.add_column(head.say(language))
    return table


def add_row(table: Table, cells: Iterable[str]) -> None:
    """One more line; whatever its text holds, it is harmless there."""
    # a Text, since a cell that is a str could hold rich's own markup
    table.add_row(*(Cell(harmless(cell)) for cell in cells))


def alarms_table(occurrences: Iterable[Occurrence], language: Language) -> Table:
    """One line an alarm, times on its own wall clock."""
    table = heads(_HEADS, language)
    for occurrence in occurrences:
        add_row(table, _cells(occurrence, language))
    return table


def say_number(row: Occurrence | Alarm | Attempt, language: Language) -> str:
    """A number, and the trunk that leads to it."""
    return _BY_TRUNK.say(language, number=row.number, trunk=row.trunk) if row.trunk else row.number


def occurrence_values(occurrence: Occurrence) -> dict[str, Plain]:
    """An alarm with its occurrence, for programs."""
    alarm = occurrence.alarm
    return {
        **row_values(alarm),
        # as many as there are: whoever reads them must not miss one
        "skipped": [harmless(day) for day in alarm.skipped],
        "policy": plain(asdict(Policy.from_row(alarm.policy))),
        "occurrence": row_values(occurrence),
    }


def row_values(row: Alarm | Occurrence | Attempt | Audit) -> dict[str, Plain]:
    """All columns of a row but an attempt's code, which is its sleeper's; times in UTC."""
    found = {name: getattr(row, name) for name in row.__table__.columns.keys() if name != "code"}  # noqa: SIM118 - a column's truth is none
    times = {name: value.isoformat() for name, value in found.items() if isinstance(value, datetime)}
    return {name: plain(value) for name, value in {**found, **times}.items()}


def _cells(occurrence: Occurrence, language: Language) -> Iterator[str]:
    alarm = occurrence.alarm
    yield str(alarm.id)
    yield say_instant(occurrence.next_utc or occurrence.due_utc, alarm.zone, language)
    yield say_recurrence(Recurrence.parse(alarm.recurrence), language)
    yield KINDS[AlarmKind(alarm.kind)].say(language)
    yield say_number(occurrence, language)
    yield alarm.exchange
    yield STATES[StateName(occurrence.state)].say(language)
    yield alarm.title
