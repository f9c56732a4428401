"""`denwa serve`: runs the services until it is told to stop."""

import asyncio
import os
from collections.abc import Mapping
from typing import Annotated

import typer

from denwa import logs
from denwa.assembly import Assembled, assemble
from denwa.cli.common import (
    LANGUAGE,
    WRONG_CONFIGURATION,
    ConfigOption,
    configuration_or_stop,
    own_command,
    say,
    services_or_stop,
    stop,
)
from denwa.config.keys import nearest
from denwa.config.load import Configuration
from denwa.greeting import greeting
from denwa.heart import Stalled
from denwa.language import Text
from denwa.serve import run
from denwa.systemd import Notifier
from exchange.sip.stack import SipError
from services.opening import ServiceDied, first_of
from services.spec import ServiceSpec
from store.errors import StoreBusy, StoreError, StoreFull, StoreNewer

_NO_SERVICE = Text(
    "There is no service named {wrong}. There are: {known}",
    "{wrong} というサービスはありません。あるもの: {known}",
)
_NEAR = Text(
    "There is no service named {wrong}. Did you mean {near}?",
    "{wrong} というサービスはありません。{near} の間違いではありませんか。",
)
_NO_ROOM = Text(
    "{error}\nMake room there, and start denwa again.",
    "{error}\nデータベースの場所に空きがありません。空きを作ってから、もう一度起動してください。",
)
_HELD = Text(
    "{error}\nEnd what holds it, and start denwa again.",
    "{error}\n別のプログラムがデータベースを使っています。それを終わらせてから、もう一度起動してください。",
)
_NEWER = Text(
    "{error}",
    "{error}\nこのデータベースは、より新しい denwa のものです。新しい版を入れ直すか、別のデータベースを使ってください。",
)
_NO_DATABASE = Text(
    "{error}\nLet denwa write there, or name another place: [store] url in denwa.toml, or to have it in this folder\n"
    "    DENWA_STORE__URL=sqlite:///denwa.db {denwa} serve",
    "{error}\ndenwa がそこに書けるようにするか、別の場所にしてください。denwa.toml の [store] に url を書くか、このフォルダーに\n"
    "置くなら\n    DENWA_STORE__URL=sqlite:///denwa.db {denwa} serve",
)
_TAKEN = Text(
    "{error}\nAnother program has this port: stop it, or take another port: [sip] port = 5070 in denwa.toml, or\n"
    "    DENWA_SIP__PORT=5070 denwa serve",
    "{error}\nこのポートは別のプログラムが使っています。そちらを止めるか、別のポートにしてください。denwa.toml の [sip] に\n"
    "port = 5070 と書くか、\n    DENWA_SIP__PORT=5070 denwa serve",
)


def serve(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SERVICE",
            help=say(Text("The services; all when none is named.", "サービス。なければ全部。")),
        ),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Run the services until Ctrl-C."""
    services = services_or_stop()
    configuration = configuration_or_stop(config, services)
    chosen = _chosen(services, names or [])
    logs.set_up(configuration.log)
    _warn(configuration)

    def greet(running: Assembled) -> None:
        typer.echo(greeting(configuration, running.listening, chosen, LANGUAGE, own_command()))

    try:
        asyncio.run(run(lambda: assemble(configuration, chosen, LANGUAGE), Notifier.of(os.environ), greet))
    except* SipError as group:
        stop(_advice(first_of(group)))
    except* StoreNewer as group:
        stop(say(_NEWER, error=first_of(group)), WRONG_CONFIGURATION)
    except* StoreError as group:
        stop(_database_advice(first_of(group)))
    except* (ServiceDied, Stalled) as group:
        stop(str(first_of(group)))


def _chosen(services: Mapping[str, ServiceSpec], names: list[str]) -> dict[str, ServiceSpec]:
    for wrong in names:
        if wrong not in services:
            near = nearest(wrong, services)
            text = _NEAR if near else _NO_SERVICE
            stop(say(text, wrong=wrong, near=near, known=", ".join(services)), WRONG_CONFIGURATION)
    return {name: spec for name, spec in services.items() if not names or name in names}


def _warn(configuration: Configuration) -> None:
    for warning in configuration.warnings:
        typer.echo(warning.say(LANGUAGE), err=True)


def _database_advice(error: BaseException) -> str:
    match error:
        case StoreFull():
            text = _NO_ROOM
        case StoreBusy():
            text = _HELD
        case _:
            text = _NO_DATABASE
    return say(text, error=error, denwa=own_command())


def _advice(error: BaseException) -> str:
    return say(_TAKEN, error=error) if "in use" in str(error) else str(error)
