"""`denwa check`: everything that is wrong with the configuration and the installation, with its remedy."""

import json
import sys
from typing import Annotated

import typer

from denwa.cli.common import (
    LANGUAGE,
    WRONG,
    WRONG_CONFIGURATION,
    ConfigOption,
    LanguageOption,
    say,
    services_or_stop,
)
from denwa.config.findings import ConfigurationError, Finding, errors
from denwa.config.load import Configuration, load
from denwa.config.machine import foreign_addresses
from denwa.config.settings import settings_type
from denwa.language import Text
from denwa.origins import strange_origins

_GOOD = Text("{where}: no errors", "{where}: 誤りはありません")
_NO_FILE = Text("no configuration file (the defaults hold)", "設定ファイルなし (初期値)")


def check(
    config: ConfigOption = None,
    schema: Annotated[
        bool,
        typer.Option(
            "--schema",
            help=say(
                Text(
                    "Print the JSON Schema of denwa.toml instead.",
                    "代わりに denwa.toml の JSON Schema を出します。",
                )
            ),
        ),
    ] = False,
    lang: LanguageOption = None,
) -> None:
    """Look for errors in the configuration; exits 0 when there are none."""
    origins = strange_origins(sys.path)
    if origins:  # what would be loaded is not ours
        _report(origins, lang or LANGUAGE)
        raise typer.Exit(WRONG)
    services = services_or_stop()
    if schema:
        typer.echo(json.dumps(settings_type(services).model_json_schema(), indent=2, ensure_ascii=False))
        return
    try:
        configuration = load(config, services)
    except ConfigurationError as error:
        _report(error.findings, lang or LANGUAGE)
        raise typer.Exit(WRONG_CONFIGURATION) from None
    findings = [*configuration.warnings, *foreign_addresses(configuration)]
    _report(findings, lang or LANGUAGE)
    if errors(findings):
        raise typer.Exit(WRONG_CONFIGURATION)
    typer.echo(_GOOD.say(lang or LANGUAGE, where=_where(configuration)))


def _where(configuration: Configuration) -> object:
    return configuration.path or _NO_FILE


def _report(findings: tuple[Finding, ...] | list[Finding], language: str) -> None:
    for finding in findings:
        typer.echo(finding.say("ja" if language == "ja" else "en"))
