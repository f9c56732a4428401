"""`denwa alarm show`: everything of one alarm."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date

import typer
from rich.table import Table
from sqlalchemy.orm import Session

from denwa.alarm import options
from denwa.alarm.cancelling import NO_ALARM
from denwa.alarm.history_table import TIMES, attempts_table
from denwa.alarm.reading import alarm_configuration
from denwa.alarm.tables import add_row, display, occurrence_values, row_values, say_number
from denwa.alarm.words import ALARM_STATES, KINDS, MEANS, STATES, say_date, say_instant, say_recurrence
from denwa.cli.common import LANGUAGE, ConfigOption, LanguageOption, stop
from denwa.cli.kept import read_or_stop
from denwa.language import Language, Text
from denwa.local_time import LocalTime
from schedules.civil_due import Due
from schedules.lists import latest_attempts, newest_occurrence, next_instants
from schedules.policy import Policy
from schedules.recurrence import Recurrence
from schedules.rows import Alarm, AlarmKind, AlarmState, Attempt, BookedHow, Occurrence
from schedules.states import StateName

INSTANTS = 5
"""How many of its next times are shown."""
ATTEMPTS = 20
"""How many of its last attempts are shown."""

_LABELS = {
    "alarm": Text("alarm", "アラーム"),
    "title": Text("title", "名前"),
    "rings": Text("rings", "呼び出す番号"),
    "time": Text("time", "時刻"),
    "repeats": Text("repeats", "繰り返し"),
    "from": Text("from", "開始日"),
    "skips": Text("skips", "飛ばす日"),
    "next": Text("next", "次回"),
    "now": Text("occurrence", "今回"),
    "says": Text("says", "話す内容"),
    "insists": Text("insists", "鳴らし方"),
    "second": Text("then rings", "二つめの番号"),
    "booked": Text("booked", "予約"),
    "uid": Text("UID", "UID"),
}
_BY = Text(
    "{number} by the exchange {exchange}, from {extension}", "{number}、交換機 {exchange}、内線 {extension}"
)
_MANNER = Text(
    "{attempts} attempts of {ring_s} s, each {gap_s} s after the one before; {snoozes} snoozes of {snooze_s} s; "
    "check call after {check_after_s} s; at most {validity_s} s late; {sign}",
    "{ring_s} 秒ずつ {attempts} 回、{gap_s} 秒おき。スヌーズ {snoozes} 回、{snooze_s} 秒。確認の電話は {check_after_s} 秒後。"
    "遅れは {validity_s} 秒まで。{sign}",
)
_KEY = Text("a key or a call back is demanded", "キーか折り返しが必要")
_VOICE = Text("a voice may do", "声でも可")
_USUAL = Text("the usual", "標準")
_BOOKED = Text("{when} by {who} ({how})", "{when} {who} ({how})")
_OCCURRENCE = Text(
    "{date}: {state}; {failed} attempts failed, {snoozed} snoozes",
    "{date}: {state}。失敗 {failed} 回、スヌーズ {snoozed} 回",
)


@dataclass(frozen=True, slots=True)
class _Found:
    occurrence: Occurrence
    instants: list[Due]
    attempts: list[Attempt]


def show(
    alarm: options.AlarmArgument,
    as_json: options.JsonOption = False,
    config: ConfigOption = None,
    lang: LanguageOption = None,
) -> None:
    """Show everything of one alarm."""

    def work(session: Session) -> _Found | None:
        occurrence = newest_occurrence(session, alarm)
        if occurrence is None:
            return None
        attempts = latest_attempts(session, alarm, ATTEMPTS)
        return _Found(occurrence, next_instants(occurrence, INSTANTS), list(attempts))

    language = lang or LANGUAGE
    found = read_or_stop(alarm_configuration(config), Alarm, work)
    if found is None:
        stop(NO_ALARM.say(language, alarm=alarm))
    if as_json:
        values = {
            **occurrence_values(found.occurrence),
            "next_utc": [due.due_utc.isoformat() for due in found.instants],
            "attempts": [row_values(attempt) for attempt in found.attempts],
        }
        typer.echo(json.dumps(values, ensure_ascii=False))
        return
    lines = Table.grid(padding=(0, 2))
    for label, text in _lines(found, language):
        add_row(lines, (_LABELS[label].say(language), text))
    display(lines)
    if found.attempts:
        local = LocalTime.of_this_machine()
        typer.echo(TIMES.say(language, zone=local.zone))
        display(attempts_table(found.attempts, local, language))


def _lines(found: _Found, language: Language) -> Iterator[tuple[str, str]]:
    occurrence, alarm = found.occurrence, found.occurrence.alarm
    policy = Policy.from_row(alarm.policy)
    kind = KINDS[AlarmKind(alarm.kind)].say(language)
    yield "alarm", f"{alarm.id}, {kind}, {ALARM_STATES[AlarmState(alarm.state)].say(language)}"
    if alarm.title:
        yield "title", alarm.title
    number = say_number(alarm, language)
    yield "rings", _BY.say(language, number=number, exchange=alarm.exchange, extension=alarm.extension)
    yield "time", f"{alarm.civil_time.isoformat('seconds').removesuffix(':00')} {alarm.zone}"
    yield "repeats", say_recurrence(Recurrence.parse(alarm.recurrence), language)
    yield "from", say_date(alarm.first_date, language)
    if alarm.skipped:
        yield "skips", ", ".join(say_date(date.fromisoformat(day), language) for day in alarm.skipped)
    for due in found.instants:
        yield "next", say_instant(due.due_utc, alarm.zone, language)
    state = STATES[StateName(occurrence.state)]
    yield (
        "now",
        _OCCURRENCE.say(
            language,
            date=say_date(occurrence.civil_date, language),
            state=state,
            failed=occurrence.failed,
            snoozed=occurrence.snoozed,
        ),
    )
    yield "says", f"{alarm.message or _USUAL.say(language)} ({alarm.language})"
    sign = _KEY if policy.demands_acknowledgement else _VOICE
    yield "insists", _MANNER.say(language, sign=sign, **asdict(policy))
    if policy.escalate_to:
        yield "second", f"{policy.escalate_to} {policy.escalate_trunk}".rstrip()
    when = say_instant(alarm.booked_utc.replace(microsecond=0), alarm.zone, language)
    how = MEANS[BookedHow(alarm.booked_how)]
    yield "booked", _BOOKED.say(language, when=when, who=alarm.booked_by, how=how)
    yield "uid", alarm.uid
