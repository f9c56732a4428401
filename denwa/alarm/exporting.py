"""`denwa alarm export`: the alarms that are to ring, as an iCalendar file."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from denwa.alarm.reading import alarm_configuration
from denwa.cli.common import LANGUAGE, WRONG, ConfigOption, LanguageOption, say, stop
from denwa.cli.kept import read_or_stop
from denwa.harmless import harmless
from denwa.language import Language, Text
from denwa.reasons import say_reason
from schedules.calendar_alarm import CalendarAlarm
from schedules.calendar_booking import as_event
from schedules.calendar_writer import write_calendar
from schedules.errors import ScheduleError
from schedules.lists import coming_alarms
from schedules.rows import Alarm, AlarmKind

_WRITTEN = Text("{count} alarms are in {file}", "{count} 件のアラームを {file} に書きました")
_LEFT_OUT = Text("Alarm {alarm} is left out: {why}", "アラーム {alarm} は書き出せません: {why}")
_EXISTS = Text(
    "{file} is there already and is left as it is. Name another file",
    "{file} はすでにあるので、そのままにします。別のファイル名を指定してください",
)
_CANNOT = Text("{file} cannot be written: {why}", "{file} に書けません: {why}")


def export(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]",
            help=say(Text("A new file; else it is printed.", "新しいファイル。省けば表示する。")),
        ),
    ] = None,
    config: ConfigOption = None,
    lang: LanguageOption = None,
) -> None:
    """Write the alarms that are to ring into an iCalendar file."""
    language = lang or LANGUAGE
    events: list[CalendarAlarm] = []
    left_out = 0
    coming = read_or_stop(alarm_configuration(config), Alarm, coming_alarms) or ()
    for alarm in (each.alarm for each in coming if each.alarm.kind == AlarmKind.WAKE):
        try:
            events.append(as_event(alarm))
        except ScheduleError as error:
            left_out += 1
            typer.echo(
                _LEFT_OUT.say(language, alarm=alarm.id, why=harmless(say_reason(error, language))), err=True
            )
    data = write_calendar(events, datetime.now(UTC))
    if file is None:
        sys.stdout.buffer.write(data)
    else:
        _write(file, data, language)
        typer.echo(_WRITTEN.say(language, count=len(events), file=file))
    if left_out:
        raise typer.Exit(WRONG)


def _write(file: Path, data: bytes, language: Language) -> None:
    """Write a file for its user alone: it says who is rung when."""
    try:
        with open(file, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as written:
            written.write(data)
    except FileExistsError:
        stop(_EXISTS.say(language, file=file))
    except OSError as error:
        stop(_CANNOT.say(language, file=file, why=error.strerror))
