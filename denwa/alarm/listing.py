"""`denwa alarm list`: what is to ring, the next one first."""

import json
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from denwa.alarm import options
from denwa.alarm.reading import alarm_configuration
from denwa.alarm.tables import alarms_table, display, occurrence_values
from denwa.cli.common import LANGUAGE, ConfigOption, LanguageOption, say
from denwa.cli.kept import read_or_stop
from denwa.language import Text
from schedules.lists import coming_alarms, ended_alarms
from schedules.rows import Alarm, Occurrence

_NONE = Text("No alarm is booked", "予約されたアラームはありません")


def list_alarms(
    everything: Annotated[
        bool,
        typer.Option(
            "--all",
            help=say(Text("Those too that are over, before the others.", "終わったものも、先に表示する。")),
        ),
    ] = False,
    as_json: options.JsonOption = False,
    config: ConfigOption = None,
    lang: LanguageOption = None,
) -> None:
    """Show the alarms that are to ring, the next one first."""

    def work(session: Session) -> list[Occurrence]:
        return [*(ended_alarms(session) if everything else ()), *coming_alarms(session)]

    language = lang or LANGUAGE
    found = read_or_stop(alarm_configuration(config), Alarm, work) or []
    if as_json:
        for occurrence in found:
            typer.echo(json.dumps(occurrence_values(occurrence), ensure_ascii=False))
    elif found:
        display(alarms_table(found, language))
    else:
        typer.echo(_NONE.say(language))
