"""`denwa alarm history`: what was done when, and what came of each attempt to ring."""

import json
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from denwa.alarm import options
from denwa.alarm.history_table import TIMES, step_values, steps_table
from denwa.alarm.reading import alarm_configuration
from denwa.alarm.tables import display
from denwa.cli.common import LANGUAGE, ConfigOption, LanguageOption, say
from denwa.cli.kept import read_or_stop
from denwa.language import Text
from denwa.local_time import LocalTime
from schedules.lists import Step, latest_steps
from schedules.rows import Alarm

LAST = 20
"""How many lines are shown when their number is not asked for."""
MOST = 1_000_000

_NONE = Text("Nothing was done", "履歴はありません")


def history(
    alarm: Annotated[
        int | None,
        typer.Argument(metavar="[N]", min=1, help=say(Text("Of this alarm only.", "このアラームだけ。"))),
    ] = None,
    last: Annotated[
        int, typer.Option(min=1, max=MOST, metavar="M", help=say(Text("So many lines.", "行数。")))
    ] = LAST,
    as_json: options.JsonOption = False,
    config: ConfigOption = None,
    lang: LanguageOption = None,
) -> None:
    """Show what was done and what came of each attempt, the newest last."""

    def work(session: Session) -> list[Step]:
        return latest_steps(session, last, alarm)

    language = lang or LANGUAGE
    found = read_or_stop(alarm_configuration(config), Alarm, work) or []
    if as_json:
        for step in found:
            typer.echo(json.dumps(step_values(step), ensure_ascii=False))
    elif found:
        time = LocalTime.of_this_machine()
        typer.echo(TIMES.say(language, zone=time.zone))
        display(steps_table(found, time, language))
    else:
        typer.echo(_NONE.say(language))
