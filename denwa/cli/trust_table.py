"""How it is shown who may be rung: proved numbers, codes that wait, opt-outs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich import box
from rich.table import Table
from rich.text import Text as Cell
from sqlalchemy.orm import Session

from denwa.harmless import harmless
from denwa.language import Language, Text
from denwa.local_time import LocalTime
from trust import codes, consents, opt_outs, proofs
from trust.rows import By
from trust.settings import TrustSettings

_HEADS = (
    Text("number", "番号"),
    Text("exchange", "交換機"),
    Text("trunk", "トランク"),
    Text("state", "状態"),
    Text("since", "開始"),
    Text("until", "期限"),
)
_STATES = {
    "proved": Text("proved", "確認済み"),
    "ended": Text("proof ended", "確認の期限切れ"),
    "code": Text("code spoken, not confirmed", "コードを伝達、未確認"),
    "locked": Text("code locked by wrong ones", "コード誤りにより停止"),
    "consents": Text("second number of {other}", "{other} の二つめの番号"),
    "opted out by claim": Text("never rung (asked by that number)", "呼び出さない (その番号からの申し出)"),
    "opted out by telephone": Text(
        "never rung (asked by the telephone)", "呼び出さない (その電話機の申し出)"
    ),
    "opted out by operator": Text("never rung (operator)", "呼び出さない (運用者)"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """What holds for one number."""

    number: str
    exchange: str
    trunk: str
    state: str
    since_utc: datetime
    until_utc: datetime | None
    other: str = ""
    """The number that it consented to be rung for."""


def lines(session: Session, settings: TrustSettings, now_utc: datetime) -> Sequence[Line]:
    """All there is, by exchange and number."""
    found = {
        *_proofs(session, settings, now_utc),
        *_codes(session, now_utc),
        *_consents(session, settings, now_utc),
        *_opt_outs(session, settings),
    }
    return sorted(found, key=lambda line: (line.exchange, line.number, line.state, line.other))


def table(found: Sequence[Line], time: LocalTime, language: Language) -> Table:
    """As a table, in a language."""
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in _HEADS:
        shown.add_column(head.say(language))
    for line in found:
        cells = (
            line.number,
            line.exchange,
            line.trunk,
            _STATES[line.state].say(language, other=line.other),
            time.say(line.since_utc),
            time.say(line.until_utc) if line.until_utc else "",
        )
        # a Text, since a cell that is a str could hold rich's own markup
        shown.add_row(*(Cell(harmless(cell)) for cell in cells))
    return shown


def values(line: Line) -> dict[str, str | None]:
    """For programs; times in ISO 8601."""
    return {
        "number": line.number,
        "exchange": line.exchange,
        "trunk": line.trunk,
        "state": line.state,
        "since_utc": line.since_utc.isoformat(),
        "until_utc": line.until_utc.isoformat() if line.until_utc else None,
        "other": line.other or None,
    }


def _proofs(session: Session, settings: TrustSettings, now_utc: datetime) -> Iterator[Line]:
    for proof in proofs.all_proofs(session):
        until_utc = proofs.ends_utc(settings, proof)
        state = "proved" if now_utc < until_utc else "ended"
        yield Line(proof.number, proof.exchange, proof.trunk, state, proof.proved_utc, until_utc)


def _codes(session: Session, now_utc: datetime) -> Iterator[Line]:
    for code in codes.waiting(session, now_utc):
        state = "locked" if codes.is_locked(code) else "code"
        until_utc = code.issued_utc + codes.LIFE
        yield Line(code.number, code.exchange, code.trunk, state, code.issued_utc, until_utc)


def _consents(session: Session, settings: TrustSettings, now_utc: datetime) -> Iterator[Line]:
    for row, until_utc in consents.holding(session, settings, now_utc):
        trunk = _trunk_of(settings, row.exchange, row.number)
        yield Line(
            row.number, row.exchange, trunk, "consents", until_utc - settings.proof_life, until_utc, row.asker
        )


def _opt_outs(session: Session, settings: TrustSettings) -> Iterator[Line]:
    for row in opt_outs.all_opt_outs(session):
        trunk = _trunk_of(settings, row.exchange, row.number)
        state = f"opted out by {By(row.said_by).name.lower()}"
        yield Line(row.number, row.exchange, trunk, state, row.since_utc, None)


def _trunk_of(settings: TrustSettings, exchange: str, number: str) -> str:
    rules = settings.exchanges.get(exchange)
    return rules.trunk_of(number) if rules else ""
