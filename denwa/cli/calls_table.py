"""How kept calls are shown: as a table for people, as plain values for programs."""

from collections.abc import Iterable, Iterator

from rich import box
from rich.table import Table
from rich.text import Text as Cell

from denwa.harmless import Plain, harmless, plain
from denwa.language import Language, Text
from denwa.local_time import LocalTime
from store.call_records import BROKEN_OFF, CallRow

_HEADS = (
    Text("began", "開始"),
    Text("length", "長さ"),
    Text("", "方向"),
    Text("service", "サービス"),
    Text("dialled", "ダイヤル"),
    Text("from", "発信者"),
    Text("ended by", "終わり方"),
    Text("packets: received, sent, lost, late", "パケット: 受信、送信、損失、遅れ"),
)
_DIRECTIONS = {"in": Text("in", "着信"), "out": Text("out", "発信")}
_ENDS = {
    "far end": Text("far end", "相手"),
    "us": Text("us", "こちら"),
    "network": Text("network", "網"),
    BROKEN_OFF: Text("broken off", "中断"),
}
_UP = Text("(up)", "(通話中)")
_WITHHELD = Text("withheld", "非通知")
_BY = Text("{number} by {peer}", "{number} ({peer} 経由)")
_REFUSED_FROM = 300
"""The first SIP status that refuses a call (RFC 3261 7.2)."""


def table(rows: Iterable[CallRow], time: LocalTime, language: Language) -> Table:
    """One line a call, in a language; text from the network is harmless in it."""
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in _HEADS:
        shown.add_column(head.say(language))
    for row in rows:
        # a Text, since a cell that is a str could hold rich's own markup
        shown.add_row(*(Cell(harmless(cell)) for cell in _cells(row, time, language)))
    return shown


def values(row: CallRow) -> dict[str, Plain]:
    """All that is kept of a call, its times in UTC."""
    found = {column.name: getattr(row, column.name) for column in CallRow.__table__.columns}
    times = {name: value and value.isoformat() for name, value in found.items() if name.endswith("_utc")}
    return {name: plain(value) for name, value in {**found, **times}.items()}


def _cells(row: CallRow, time: LocalTime, language: Language) -> Iterator[str]:
    yield time.say(row.began_utc)
    yield _length(row)
    yield _DIRECTIONS[row.direction].say(language)
    yield row.service
    yield row.dialled
    number = row.caller or _WITHHELD.say(language)
    yield _BY.say(language, number=number, peer=row.peer) if row.peer else number
    yield _end(row, language)
    counted = (row.rtp_received, row.rtp_sent, row.rtp_lost, row.rtp_late)
    yield "" if row.rtp_received is None else ", ".join(str(count) for count in counted)


def _length(row: CallRow) -> str:
    if row.answered_utc is None or row.ended_utc is None:
        return ""
    seconds = round((row.ended_utc - row.answered_utc).total_seconds())
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours}:{minutes:02d}:{seconds % 60:02d}" if hours else f"{minutes}:{seconds % 60:02d}"


def _end(row: CallRow, language: Language) -> str:
    if row.ended_by is None:
        return _UP.say(language)
    by = _ENDS[row.ended_by].say(language)
    refused = row.answered_utc is None and (row.sip_status or 0) >= _REFUSED_FROM
    return f"{by}: {row.sip_status} {row.reason or ''}".rstrip() if refused else by
