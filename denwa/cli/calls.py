"""`denwa calls`: the calls that were kept, the newest last; beside a running denwa or without one."""

import json
import os
import sys
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy.engine import make_url

from denwa.cli.calls_table import table, values
from denwa.cli.common import (
    LANGUAGE,
    WRONG_CONFIGURATION,
    ConfigOption,
    LanguageOption,
    configuration_or_stop,
    say,
    services_or_stop,
    stop,
)
from denwa.cli.kept import read_or_stop
from denwa.language import Text
from denwa.local_time import LocalTime
from denwa.state import database_of
from store.call_records import CallRow, latest_calls

LAST = 20
"""How many calls are shown when neither their number nor a time is asked for."""
MOST = 1_000_000
WIDTH = 200
"""How many columns a table has that goes into a file or a pipe."""

_NONE = Text("No such calls are kept in {where}", "そのような通話の記録はありません: {where}")
_NO_TIME = Text(
    "{found} is no date or time: write 2026-11-01, or 2026-11-01T09:30",
    "{found} は日付でも時刻でもありません。2026-11-01 か 2026-11-01T09:30 の形で書いてください",
)
_TIMES = Text("Times are local: {zone}", "時刻はこの端末の地方時です: {zone}")


def calls(
    last: Annotated[
        int | None,
        typer.Option(
            "--last",
            min=1,
            max=MOST,
            metavar="N",
            help=say(Text("So many; 20, or with --since all.", "件数。省けば 20、--since があれば全部。")),
        ),
    ] = None,
    since: Annotated[
        str,
        typer.Option(
            metavar="TIME",
            help=say(
                Text(
                    "From this local date or time on: 2026-11-01.",
                    "この地方時から後だけ。例: 2026-11-01",
                )
            ),
        ),
    ] = "",
    service: Annotated[
        str | None, typer.Option(help=say(Text("Of this service only.", "このサービスだけ。")))
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option("--json", help=say(Text("One JSON object a call.", "一件ごとに一行の JSON で出す。"))),
    ] = False,
    config: ConfigOption = None,
    lang: LanguageOption = None,
) -> None:
    """Show the calls that were kept, the newest last."""
    time = LocalTime.of_this_machine()
    since_utc = None
    if since:
        try:
            since_utc = time.read(since)
        except ValueError:
            stop(say(_NO_TIME, found=repr(since)), WRONG_CONFIGURATION)
    configuration = configuration_or_stop(config, services_or_stop(), passwords=False)
    most = last or (MOST if since else LAST)
    found = (
        read_or_stop(
            configuration,
            CallRow,
            lambda session: latest_calls(session, most, since_utc=since_utc, service=service),
        )
        or []
    )
    if as_json:
        for row in found:
            typer.echo(json.dumps(values(row), ensure_ascii=False))
    elif found:
        language = lang or LANGUAGE
        typer.echo(_TIMES.say(language, zone=time.zone))
        console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
        console.print(table(found, time, language))
    else:
        where = make_url(database_of(configuration.store, os.environ)).render_as_string(hide_password=True)
        typer.echo(_NONE.say(lang or LANGUAGE, where=where))
