"""How findings are shown: as they come for people, all together as JSON for programs."""

import json
from collections.abc import Iterable

import typer

from denwa.doctor.finding import Finding, Level, all_well
from denwa.language import Language, Text

_MARKS = {
    Level.OK: (Text("ok", "良好"), typer.colors.GREEN),
    Level.NOTE: (Text("note", "参考"), typer.colors.CYAN),
    Level.WARN: (Text("warning", "注意"), typer.colors.YELLOW),
    Level.FAIL: (Text("mend", "要修理"), typer.colors.RED),
}
_CHECKS = {
    "configuration": Text("configuration", "設定"),
    "clock": Text("clock", "時計"),
    "leap seconds": Text("leap seconds", "うるう秒"),
    "address": Text("address", "アドレス"),
    "registration": Text("registration", "登録"),
    "port": Text("port", "ポート"),
    "sound": Text("sound", "音"),
    "codecs": Text("codecs", "符号"),
    "digits": Text("digits", "キー"),
    "busy gate": Text("busy gate", "話中"),
    "numbers": Text("numbers", "番号"),
}
_WELL = Text("All is well.", "すべて良好です。")
_WARNED = Text(
    "Nothing must be mended; {warnings} to look at.",
    "直すべきものはありません。注意が {warnings} 件あります。",
)
_ILL = Text("{faults} to mend.", "直すべきものが {faults} 件あります。")


def block(finding: Finding, language: Language) -> str:
    """A finding in a line or more: what is pasted stands alone, indented by four."""
    word, colour = _MARKS[finding.level]
    mark = typer.style(word.say(language), fg=colour, bold=finding.level is Level.FAIL)
    check = _CHECKS[finding.check].say(language)
    subject = f" ({finding.subject})" if finding.subject else ""
    lines = [f"{mark}  {check}{subject}: {finding.what.say(language)}"]
    if finding.level is not Level.OK and (remedy := finding.remedy.say(language)):
        lines.append(f"    → {remedy}")
    if finding.level is not Level.OK:
        lines += [f"        {line}" for line in finding.paste]
    return "\n".join(lines)


def verdict(findings: Iterable[Finding], language: Language) -> str:
    """The last line."""
    levels = [finding.level for finding in findings]
    if faults := levels.count(Level.FAIL):
        return _ILL.say(language, faults=faults)
    if warnings := levels.count(Level.WARN):
        return _WARNED.say(language, warnings=warnings)
    return _WELL.say(language)


def as_json(findings: list[Finding], language: Language) -> str:
    """One object: `ok`, and the findings in their order; texts in one language, names and levels in English."""
    return json.dumps(
        {
            "ok": all_well(findings),
            "findings": [
                {
                    "check": finding.check,
                    "level": finding.level.value,
                    "subject": finding.subject,
                    "what": finding.what.say(language),
                    "remedy": finding.remedy.say(language),
                    "paste": list(finding.paste),
                    "fields": list(finding.fields),
                }
                for finding in findings
            ],
        },
        ensure_ascii=False,
        indent=2,
    )
