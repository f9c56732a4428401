"""`denwa trust`: which numbers are proved and which are never rung; revokes proofs, sets opt-outs and takes them back."""

import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from denwa.cli.common import (
    LANGUAGE,
    WRONG,
    WRONG_CONFIGURATION,
    ConfigOption,
    LanguageOption,
    configuration_or_stop,
    say,
    services_or_stop,
    stop,
)
from denwa.cli.database import database_or_stop
from denwa.cli.trust_table import Line, lines, table, values
from denwa.config.load import Configuration
from denwa.language import Language, Text
from denwa.local_time import LocalTime
from denwa.reasons import say_reason
from denwa.state import database_of
from denwa.wiring import trust_settings
from exchange.network.numbers import NumberError, normalise
from store.database import Database, exists
from trust import opt_outs, proofs
from trust.rows import By
from trust.settings import TrustSettings
from trust.target import Target

WIDTH = 200
"""How many columns a table has that goes into a file or a pipe."""

_NONE = Text(
    "No number is proved, waits for a proof or is opted out.",
    "確認済み、確認待ち、呼び出さない番号はありません。",
)
_TIMES = Text("Times are local: {zone}", "時刻はこの端末の地方時です: {zone}")
_NO_NUMBER = Text(
    "Which number? denwa trust {action} NUMBER", "番号を指定してください: denwa trust {action} 番号"
)
_NO_EXCHANGE = Text("No exchange is configured.", "交換機の設定がありません。")
_WHICH = Text(
    "At which exchange? Add --exchange, one of: {known}",
    "どの交換機の番号ですか。--exchange を付けてください: {known}",
)
_DONE = {
    "revoke": Text(
        "{number} is no longer proved: it is rung for nothing but a new proof.",
        "{number} の確認を取り消しました。新しい確認のほかには呼び出しません。",
    ),
    "optout": Text("{number} is not rung again, for nothing.", "{number} は、今後いっさい呼び出しません。"),
    "optin": Text("{number} may be rung again.", "{number} を再び呼び出せます。"),
}
_NOT_PROVED = Text("{number} is not proved at {exchange}.", "{number} は {exchange} で確認されていません。")


class Action(StrEnum):
    """What to do."""

    LIST = "list"
    REVOKE = "revoke"
    OPTOUT = "optout"
    OPTIN = "optin"


def trust(
    action: Annotated[
        Action,
        typer.Argument(
            metavar="list|revoke|optout|optin",
            help=say(
                Text(
                    "Show all; end a number's proof; never ring a number; take that back.",
                    "一覧、確認の取り消し、呼び出しの停止、停止の解除。",
                )
            ),
        ),
    ],
    number: Annotated[
        str,
        typer.Argument(metavar="[NUMBER]", help=say(Text("As it is dialled.", "ダイヤルするとおりの番号。"))),
    ] = "",
    exchange: Annotated[
        str, typer.Option(metavar="NAME", help=say(Text("At which exchange.", "どの交換機の番号か。")))
    ] = "",
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help=say(Text("The list as one JSON object a number.", "一覧を、番号ごとに一行の JSON で出す。")),
        ),
    ] = False,
    config: ConfigOption = None,
    lang: LanguageOption = None,
) -> None:
    """Show which numbers may be rung and which never; change that."""
    language = lang or LANGUAGE
    configuration = configuration_or_stop(config, services_or_stop(), passwords=False)
    settings = trust_settings(configuration)
    if action is Action.LIST:
        _list(configuration, settings, language, as_json=as_json)
        return
    target = _target(settings, action, number, exchange, language)
    with database_or_stop(configuration) as database:
        _change(database, settings, action, target, language)
    typer.echo(_DONE[action].say(language, number=target.number))


def _list(
    configuration: Configuration, settings: TrustSettings, language: Language, *, as_json: bool
) -> None:
    found: Sequence[Line] = []
    if exists(database_of(configuration.store, os.environ)):
        with database_or_stop(configuration) as database:
            found = database.read(lines, settings, datetime.now(UTC))
    if as_json:
        for line in found:
            typer.echo(json.dumps(values(line), ensure_ascii=False))
    elif found:
        time = LocalTime.of_this_machine()
        typer.echo(_TIMES.say(language, zone=time.zone))
        console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
        console.print(table(found, time, language))
    else:
        typer.echo(_NONE.say(language))


def _change(
    database: Database, settings: TrustSettings, action: Action, target: Target, language: Language
) -> None:
    now_utc = datetime.now(UTC)
    if action is Action.OPTOUT:
        database.write(opt_outs.opt_out, settings, target, By.OPERATOR, now_utc)
    elif action is Action.OPTIN:
        database.write(opt_outs.take_back, settings, target, By.OPERATOR, now_utc)
    elif not database.write(proofs.revoke, target.exchange, target.number, now_utc):
        stop(_NOT_PROVED.say(language, number=target.number, exchange=target.exchange), WRONG)


def _target(
    settings: TrustSettings, action: Action, number: str, exchange: str, language: Language
) -> Target:
    """The telephone that is meant; ours to ring it by does not matter here."""
    if not number:
        _misused(_NO_NUMBER.say(language, action=action.value))
    if not settings.exchanges:
        _misused(_NO_EXCHANGE.say(language))
    chosen = exchange or next(iter(settings.exchanges))
    if chosen not in settings.exchanges or (not exchange and len(settings.exchanges) > 1):
        _misused(_WHICH.say(language, known=", ".join(settings.exchanges)))
    try:
        digits = normalise(number)
    except NumberError as error:
        _misused(say_reason(error, language))
    return Target(chosen, "", digits, settings.exchanges[chosen].trunk_of(digits))


def _misused(message: str) -> NoReturn:
    stop(message, WRONG_CONFIGURATION)
