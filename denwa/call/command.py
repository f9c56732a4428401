"""`denwa call`: what is asked on the command line, and how the call is shown."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from denwa import logs
from denwa.call.pip_watch import MarkHeard
from denwa.call.server import Server, find_server
from denwa.call.telephone import CallOptions, CallResult, Telephone
from denwa.cli.common import (
    LANGUAGE,
    ConfigOption,
    configuration_or_stop,
    say,
    services_or_stop,
    stop,
)
from denwa.config.models import Log
from denwa.language import Text
from denwa.reasons import say_reason
from exchange.network.numbers import NumberError
from exchange.sip.address import AddressError
from exchange.sip.stack import SipError

_RINGING = Text("ringing {uri} …", "{uri} を呼び出しています…")
_ANSWERED = Text("answered; Ctrl-C hangs up", "つながりました。Ctrl-C で切ります")
_PLAYER = Text("you hear it through {player}", "音は {player} から聞こえます")
_SILENT = Text(
    "no player here (pw-play, paplay, aplay): hear the call by --wav FILE",
    "再生プログラム (pw-play, paplay, aplay) がありません。--wav ファイル で録って聞けます",
)
_MARK = Text(
    "mark {time} UTC, {error:+.2f} ms by the stream's clock",
    "時報 {time} UTC、ストリームの時計で {error:+.2f} ms",
)
_PRESSED = Text("pressed {digit}", "{digit} を押しました")
_SAVED = Text("saved {what}", "{what} に保存しました")
_UP = Text(
    "{how} after {seconds:.1f} s; {heard:.1f} s heard, {lost} packets lost",
    "{seconds:.1f} 秒で終わりました（{how}）。受信 {heard:.1f} 秒、損失 {lost} パケット",
)
_NOT_REACHED = Text("{number} was not reached: {how}", "{number} につながりませんでした: {how}")


def call(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help=say(Text("What to dial.", "かける番号。")))],
    server: Annotated[
        str,
        typer.Option(help=say(Text("HOST[:PORT] to call; else as configured.", "相手 ホスト[:ポート]。"))),
    ] = "",
    extension: Annotated[
        str,
        typer.Option("--as", help=say(Text("Call as this extension.", "この内線としてかける。"))),
    ] = "",
    user: Annotated[
        str, typer.Option(help=say(Text("SIP user at --server.", "--server の SIP ユーザー。")))
    ] = "",
    password_file: Annotated[
        Path | None,
        typer.Option(help=say(Text("File with its password.", "そのパスワードのファイル。"))),
    ] = None,
    tcp: Annotated[bool, typer.Option("--tcp", help=say(Text("SIP over TCP.", "SIP を TCP で。")))] = False,
    digits: Annotated[
        str,
        typer.Option(help=say(Text('Press these; "," waits a second.', "押すキー。「,」は1秒待つ。"))),
    ] = "",
    seconds: Annotated[
        float | None,
        typer.Option(min=0.1, help=say(Text("Hang up after so many seconds.", "この秒数で切る。"))),
    ] = None,
    wav: Annotated[
        Path | None,
        typer.Option(help=say(Text("Save what you hear.", "聞こえた音を保存する WAV ファイル。"))),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Call a number from this terminal, and hear it."""
    services = services_or_stop()
    configuration = configuration_or_stop(config, services)
    logs.set_up(Log(level="warning"))
    try:
        place = find_server(
            configuration,
            Server(server, user, password_file.read_text().strip() if password_file else "", tcp),
            extension,
        )
        options = CallOptions(
            number=number,
            server=place.address,
            user=place.user,
            password=place.password,
            tcp=place.tcp,
            digits=digits,
            seconds=seconds,
            wav=wav,
        )
        result = asyncio.run(Telephone(options, _show).call())
    except NumberError as error:
        stop(say_reason(error, LANGUAGE))
    except (SipError, AddressError, OSError) as error:
        stop(str(error))
    _finish(number, result)


def _show(kind: str, what: object) -> None:
    match kind, what:
        case "ringing", str():
            typer.echo(say(_RINGING, uri=what))
        case "answered", _:
            typer.echo(say(_ANSWERED))
        case "player", str():
            typer.echo(say(_PLAYER, player=what) if what else say(_SILENT))
        case "mark", MarkHeard():
            typer.echo(say(_MARK, time=what.clock_time, error=what.error_ms))
        case "pressed", str():
            typer.echo(say(_PRESSED, digit=what))
        case "saved", _:
            typer.echo(say(_SAVED, what=what))


def _finish(number: str, result: CallResult) -> None:
    how = f"{result.end.by.value} {result.end.status or ''} {result.end.reason}".replace("  ", " ").strip()
    if result.up_s == 0:
        stop(say(_NOT_REACHED, number=number, how=how))
    typer.echo(
        say(_UP, how=how, seconds=result.up_s, heard=result.heard_samples / 8000, lost=result.lost),
    )
