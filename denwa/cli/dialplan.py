"""`denwa dialplan`: prints what to paste into the exchange, from the configuration."""

from typing import Annotated

import typer

from denwa.cli.common import (
    LANGUAGE,
    WRONG_CONFIGURATION,
    ConfigOption,
    LanguageOption,
    configuration_or_stop,
    own_command,
    say,
    services_or_stop,
    stop,
)
from denwa.language import Text
from denwa.wiring import dialplan_request
from exchange.network.dialplan import Flavour, Language, dialplan_sections, render
from exchange.network.numbers import NumberError

_NO_EXTENSION = Text(
    "No extension is configured, so there is nothing to paste. Write a configuration first: {denwa} init",
    "内線の設定がないので、貼り付けるものがありません。まず設定を作ってください: {denwa} init",
)
_HEADING = Text("# Exchange {exchange}, extension {user}", "# 交換機 {exchange}、内線 {user}")


def dialplan(
    flavour: Annotated[
        Flavour,
        typer.Argument(metavar="mikopbx|asterisk", help=say(Text("The kind of exchange.", "交換機の種類。"))),
    ],
    config: ConfigOption = None,
    lang: LanguageOption = None,
) -> None:
    """Print what to paste into the exchange, and where."""
    configuration = configuration_or_stop(config, services_or_stop())
    if not configuration.extensions:
        stop(say(_NO_EXTENSION, denwa=own_command()), WRONG_CONFIGURATION)
    language = lang or LANGUAGE
    for extension in configuration.extensions.values():
        try:
            request = dialplan_request(configuration, extension)
        except NumberError as error:
            stop(str(error), WRONG_CONFIGURATION)
        typer.echo(_HEADING.say(language, exchange=extension.exchange, user=extension.user))
        typer.echo(render(dialplan_sections(request, flavour, Language(language))))
