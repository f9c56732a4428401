"""What the commands share: the terminal's language, the configuration, the way to stop with a message."""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from denwa.config.findings import ConfigurationError
from denwa.config.load import Configuration, load
from denwa.config.settings import Configurable
from denwa.language import Language, Text, terminal_language
from services.registry import ServiceError, installed
from services.spec import ServiceSpec

LANGUAGE: Language = terminal_language(os.environ)
"""The language in which this terminal is spoken to."""

WRONG = 1
"""Exit status: it did not work."""
WRONG_CONFIGURATION = 2
"""Exit status: the configuration or the command line has errors; starting again does not help."""


def say(text: Text, **values: object) -> str:
    """A text in the terminal's language."""
    return text.say(LANGUAGE, **values)


ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        metavar="FILE",
        help=say(
            Text(
                "The configuration; else $DENWA_CONFIG, ./denwa.toml, ~/.config/denwa, /etc/denwa.",
                "設定ファイル。なければ $DENWA_CONFIG、./denwa.toml、~/.config/denwa、/etc/denwa の順に探します。",
            )
        ),
    ),
]
LanguageOption = Annotated[
    Language | None,
    typer.Option("--lang", help=say(Text("The language: ja or en.", "言語。ja または en。"))),
]


def own_command() -> str:
    """What one types here to run this very program: its name where PATH finds it, else its path."""
    here = Path(sys.argv[0]).absolute()
    found = shutil.which(here.name)
    if found is not None and here.exists() and Path(found).samefile(here):
        return here.name
    return str(here.relative_to(Path.cwd())) if here.is_relative_to(Path.cwd()) else str(here)


def stop(message: str, status: int = WRONG) -> NoReturn:
    """End the command with a message."""
    typer.echo(message, err=True)
    raise typer.Exit(status)


def services_or_stop() -> dict[str, ServiceSpec]:
    """The installed services."""
    try:
        return installed()
    except ServiceError as error:
        stop(str(error))


def configuration_or_stop(
    named: Path | None, services: Mapping[str, Configurable], *, passwords: bool = True
) -> Configuration:
    """The configuration, see `load`; its errors are printed and end the command."""
    try:
        return load(named, services, passwords=passwords)
    except ConfigurationError as error:
        stop(error.say(LANGUAGE), WRONG_CONFIGURATION)
