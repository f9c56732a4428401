"""The commands by name; each one's module is imported when it is asked for."""

from importlib.metadata import version
from typing import Annotated

import typer

from denwa.cli.common import say
from denwa.cli.lazily import LazyCommands
from denwa.language import Text

COMMANDS = {
    "serve": "denwa.cli.serve",
    "call": "denwa.call.command",
    "check": "denwa.cli.check",
    "init": "denwa.cli.init",
    "dialplan": "denwa.cli.dialplan",
    "doctor": "denwa.cli.doctor",
    "calls": "denwa.cli.calls",
    "trust": "denwa.cli.trust",
    "card": "denwa.cli.card",
    "alarm": "denwa.alarm.command",
}
"""Where each command is: a function, or a group of commands, of the command's name."""
JAPANESE = {
    "serve": "サービスを動かします。Ctrl-C で終わります。",
    "call": "この端末から電話をかけ、音を聞きます。",
    "check": "設定の誤りを探します。なければ終了コードは 0 です。",
    "init": "五つの質問に答えて、最初の設定ファイルを作ります。",
    "dialplan": "交換機に貼り付ける内容と、その場所を表示します。",
    "doctor": "交換機への道を実際に試します。直すものがなければ終了コードは 0 です。",
    "calls": "記録された通話を表示します。新しいものが下です。",
    "trust": "呼び出してよい番号と、呼び出さない番号を、表示し、変更します。",
    "card": "電話機のそばに掛ける番号カード (A6 の PDF) を作ります。",
    "alarm": "アラームを予約し、表示し、取り消します。",
}
"""What each command does; in English its function says so."""


class Commands(LazyCommands):
    """denwa's own."""

    places = COMMANDS
    japanese = JAPANESE


app = typer.Typer(
    cls=Commands,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help=say(
        Text(
            "Services that one dials, for self-built telephone networks.",
            "自作の電話網のための電話サービス。",
        )
    ),
)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"denwa {version('denwa')}")
        raise typer.Exit


@app.callback()
def options(
    _: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help=say(Text("The version.", "バージョン。")),
        ),
    ] = False,
) -> None:
    """What goes before any command."""


def main() -> None:
    """Run the command line."""
    app()
