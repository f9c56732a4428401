"""How it is shown what was done, and what came of each call that was placed."""

from collections.abc import Iterable, Iterator

from rich.table import Table

from denwa.alarm.tables import add_row, heads, row_values, say_number
from denwa.alarm.words import ALARM_STATES, OUTCOMES, PURPOSES, STATES
from denwa.harmless import Plain
from denwa.language import Language, Text
from denwa.local_time import LocalTime
from schedules.lists import Step
from schedules.outcomes import Outcome, Purpose
from schedules.rows import AlarmState, Attempt
from schedules.states import StateName

TIMES = Text("Times are local: {zone}", "時刻はこの端末の地方時です: {zone}")
_STEP_HEADS = (
    Text("when", "日時"),
    Text("alarm", "番号"),
    Text("number", "呼び出す番号"),
    Text("state", "状態"),
    Text("next", "次回"),
    Text("why, and what came of it", "理由と結果"),
)
_ATTEMPT_HEADS = (
    Text("rang", "開始"),
    Text("answered", "応答"),
    Text("ended", "終了"),
    Text("number", "番号"),
    Text("for", "目的"),
    Text("outcome", "結果"),
)
_UNDER_WAY = Text("under way", "呼び出し中")
_ALARM = Text("alarm {state}", "アラーム{state}")
_WHYS = {
    "booked": Text("booked", "予約"),
    "the one before has ended": Text("the one before has ended", "前回が終了"),
    "its last occurrence has ended": Text("its last occurrence has ended", "最後の一回が終了"),
    "its time zone or recurrence is not known here": Text(
        "its time zone or recurrence is not known here", "タイムゾーンか繰り返しが、ここでは不明"
    ),
    "its validity is over": Text("its validity is over", "有効時間が過ぎた"),
    "waits for a free line, or for its telephone": Text(
        "waits for a free line, or for its telephone", "回線か電話機の空き待ち"
    ),
    "dialled": Text("by telephone", "電話で操作"),
    "its number was never proved": Text("its number was never proved", "番号が確認されなかった"),
    "nobody called back": Text("nobody called back", "折り返しなし"),
    "called back with the code": Text("called back with the code", "コードで折り返し"),
    "changed by a calendar file": Text("changed by a calendar file", "カレンダーファイルで変更"),
}
"""What the history says word for word; all else in it is shown as it is."""


def steps_table(steps: Iterable[Step], time: LocalTime, language: Language) -> Table:
    """One line a step."""
    table = heads(_STEP_HEADS, language)
    for step in steps:
        add_row(table, _step(step, time, language))
    return table


def attempts_table(attempts: Iterable[Attempt], time: LocalTime, language: Language) -> Table:
    """One line a call."""
    table = heads(_ATTEMPT_HEADS, language)
    for attempt in attempts:
        add_row(table, _attempt(attempt, time, language))
    return table


def step_values(step: Step) -> dict[str, Plain]:
    """A step, and the attempt that began with it, for programs."""
    attempt = row_values(step.attempt) if step.attempt else None
    return {**row_values(step.audit), "number": step.number, "attempt": attempt}


def _step(step: Step, time: LocalTime, language: Language) -> Iterator[str]:
    audit, attempt = step.audit, step.attempt
    yield time.say(audit.at_utc)
    yield str(audit.alarm_id)
    yield say_number(attempt, language) if attempt else step.number
    if audit.occurrence_id is None:
        yield _ALARM.say(language, state=ALARM_STATES[AlarmState(audit.new_state)])
    else:
        yield STATES[StateName(audit.new_state)].say(language)
    yield time.say(audit.next_utc) if audit.next_utc else ""
    if attempt:
        purpose = PURPOSES[Purpose(attempt.purpose)].say(language)
        yield f"{purpose}: {_outcome(attempt, language)}"
    else:
        yield _WHYS[audit.why].say(language) if audit.why in _WHYS else _named(audit.why, language)


def _attempt(attempt: Attempt, time: LocalTime, language: Language) -> Iterator[str]:
    yield time.say(attempt.began_utc)
    yield time.say(attempt.answered_utc) if attempt.answered_utc else ""
    yield time.say(attempt.ended_utc) if attempt.ended_utc else ""
    yield say_number(attempt, language)
    yield PURPOSES[Purpose(attempt.purpose)].say(language)
    yield _outcome(attempt, language)


def _outcome(attempt: Attempt, language: Language) -> str:
    if attempt.outcome is None:
        return _UNDER_WAY.say(language)
    named = OUTCOMES[Outcome(attempt.outcome)].say(language)
    return f"{named}: {attempt.detail}" if attempt.detail else named


def _named(why: str, language: Language) -> str:
    """An attempt's end is told as its outcome, with the detail behind it."""
    outcome, colon, detail = why.partition(":")
    return f"{OUTCOMES[Outcome(outcome)].say(language)}{colon}{detail}" if outcome in {*Outcome} else why
