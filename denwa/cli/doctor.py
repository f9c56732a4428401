"""`denwa doctor`: tries the way to each exchange, and says what to mend and what to paste."""

import asyncio
import sys
from typing import Annotated

import typer

from denwa import logs
from denwa.cli.common import (
    LANGUAGE,
    WRONG,
    WRONG_CONFIGURATION,
    ConfigOption,
    LanguageOption,
    own_command,
    say,
    services_or_stop,
)
from denwa.config.findings import ConfigurationError, Severity
from denwa.config.findings import Finding as Fault
from denwa.config.load import Configuration, load
from denwa.config.models import Log
from denwa.doctor.examination import Examination
from denwa.doctor.finding import Finding, Level, all_well, said
from denwa.doctor.report import as_json, block, verdict
from denwa.language import Language, Text

CHECK = "configuration"
_GOOD = Text("{where}: no errors.", "{where}: 誤りはありません。")
_NO_FILE = Text("no configuration file (the defaults hold)", "設定ファイルなし (初期値)")
_CLEAR = "\r\x1b[2K"


def doctor(
    config: ConfigOption = None,
    as_json_: Annotated[
        bool,
        typer.Option(
            "--json", help=say(Text("One JSON object for programs.", "プログラム向けの JSON で出す。"))
        ),
    ] = False,
    lang: LanguageOption = None,
) -> None:
    """Try the way to each exchange; exits 0 when nothing must be mended."""
    language = lang or LANGUAGE
    screen = _Screen(language, silent=as_json_)
    services = services_or_stop()
    try:
        configuration = load(config, services)
    except ConfigurationError as error:
        for fault in error.findings:
            screen.show(_of_fault(fault))
        screen.finish()
        raise typer.Exit(WRONG_CONFIGURATION) from None
    for fault in configuration.warnings:
        screen.show(_of_fault(fault))
    screen.show(Finding(CHECK, Level.OK, said(_GOOD, where=_where(configuration))))
    logs.set_up(Log(level="error"))
    asyncio.run(Examination(configuration, screen.show, screen.progress, own_command()).run())
    screen.finish()
    if not all_well(screen.findings):
        raise typer.Exit(WRONG)


class _Screen:
    """Shows each finding as it comes, or all at the end as JSON; what is done now on a terminal's last line."""

    def __init__(self, language: Language, *, silent: bool) -> None:
        self.findings: list[Finding] = []
        self._language = language
        self._silent = silent
        self._busy = sys.stderr.isatty()

    def show(self, finding: Finding) -> None:
        """Add a finding."""
        self.findings.append(finding)
        if not self._silent:
            self._clear()
            typer.echo(block(finding, self._language))

    def progress(self, doing: Text) -> None:
        """Say what is done now."""
        if self._busy:
            typer.echo(_CLEAR + doing.say(self._language), err=True, nl=False)

    def finish(self) -> None:
        """Say the last word."""
        self._clear()
        typer.echo(
            as_json(self.findings, self._language)
            if self._silent
            else "\n" + verdict(self.findings, self._language)
        )

    def _clear(self) -> None:
        if self._busy:
            typer.echo(_CLEAR, err=True, nl=False)


def _of_fault(fault: Fault) -> Finding:
    what = said(fault.what, **fault.values)
    level = Level.FAIL if fault.severity is Severity.ERROR else Level.WARN
    where = f"{fault.where}: {fault.key}" if fault.key else fault.where
    return Finding(
        CHECK,
        level,
        Text(f"{where}: {what.en}", f"{where}: {what.ja}"),
        said(fault.remedy, **fault.values),
        fields=(fault.key,) if fault.key else (),
    )


def _where(configuration: Configuration) -> object:
    return configuration.path or _NO_FILE
