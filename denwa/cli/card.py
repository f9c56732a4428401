"""`denwa card`: a card to print and hang beside the telephone, with the numbers that are configured."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from denwa.card.content import pages
from denwa.card.sheet import render
from denwa.cli.common import (
    LANGUAGE,
    WRONG_CONFIGURATION,
    ConfigOption,
    LanguageOption,
    say,
    services_or_stop,
    stop,
)
from denwa.config.findings import ConfigurationError
from denwa.config.load import load
from denwa.language import Text

STDOUT = Path("-")

_WRITTEN = Text(
    "{file}: {count} A6 pages; print at actual size", "{file}: A6 で {count} ページ。原寸で印刷してください"
)
_WRITTEN_ONE = Text(
    "{file}: one A6 page; print at actual size", "{file}: A6 で 1 ページ。原寸で印刷してください"
)
_NO_EXTENSION = Text(
    "No extension is named {found}; there are: {known}",
    "{found} という内線の設定はありません。あるのは: {known}",
)
_NONE = Text("none", "なし")
_MISSING = Text(
    "The card's font lacks some characters, 〓 or ? stands in their place: {characters}",
    "カードの書体にない文字を 〓 か ? で示しました: {characters}",
)


def card(
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help=say(Text("Where to write it; - for standard output.", "書き込む先。- なら標準出力。")),
        ),
    ] = Path("denwa-card.pdf"),
    extension: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help=say(
                Text(
                    "Of this extension only; else a page for each.",
                    "この内線だけ。省けば内線ごとに 1 ページ。",
                )
            ),
        ),
    ] = "",
    title: Annotated[
        str,
        typer.Option(
            metavar="TEXT",
            help=say(
                Text(
                    "What the exchange is called; else as in the configuration.",
                    "交換機の呼び名。省けば設定にある名前。",
                )
            ),
        ),
    ] = "",
    config: ConfigOption = None,
    lang: LanguageOption = None,
) -> None:
    """Make a card (A6, PDF) with the numbers to dial, to hang beside the telephone."""
    services = services_or_stop()
    try:
        configuration = load(config, services, passwords=False)
    except ConfigurationError as error:
        stop(error.say(LANGUAGE), WRONG_CONFIGURATION)
    known = list(configuration.extensions)
    if extension and extension not in known:
        text = say(_NO_EXTENSION, found=repr(extension), known=", ".join(known) or _NONE)
        stop(text, WRONG_CONFIGURATION)
    chosen = [extension] if extension else known
    made = list(
        pages(configuration, services, lang or configuration.language, extensions=chosen, title=title)
    )
    pdf, count, missing = render(made)
    if missing:
        characters = " ".join(f"{character} (U+{ord(character):04X})" for character in sorted(missing))
        typer.echo(say(_MISSING, characters=characters), err=True)
    if output == STDOUT:
        sys.stdout.buffer.write(pdf)
        return
    try:
        output.write_bytes(pdf)
    except OSError as error:
        stop(f"{output}: {error.strerror}")
    typer.echo(say(_WRITTEN_ONE if count == 1 else _WRITTEN, file=output, count=count))
