"""Alarms in words: dates and times on their own wall clock, what they repeat on, states and outcomes."""

from datetime import date, datetime

from denwa.language import Language, Text
from schedules.civil_due import told_zone
from schedules.outcomes import Outcome, Purpose
from schedules.recurrence import Kind, Recurrence
from schedules.rows import AlarmKind, AlarmState, BookedHow
from schedules.states import StateName

_DAYS = {"en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), "ja": "月火水木金土日"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

STATES = {
    StateName.BOOKED: Text("booked", "予約"),
    StateName.DUE: Text("waits for a free line", "回線の空き待ち"),
    StateName.RINGING: Text("rings", "呼び出し"),
    StateName.RETRY: Text("rings again", "再度呼び出し"),
    StateName.SNOOZED: Text("snoozed", "スヌーズ"),
    StateName.CHECKING: Text("to be checked", "起床確認待ち"),
    StateName.ESCALATING: Text("rings the second number", "二つめの番号を呼び出し"),
    StateName.CLOSING: Text("waits for a call back", "折り返し待ち"),
    StateName.ACKNOWLEDGED: Text("acknowledged", "起床"),
    StateName.MISSED: Text("missed", "起床を確認できず"),
    StateName.CANCELLED: Text("cancelled", "取り消し"),
    StateName.EXPIRED: Text("expired", "期限切れ"),
}
ALARM_STATES = {
    AlarmState.ACTIVE: Text("active", "有効"),
    AlarmState.ENDED: Text("ended", "終了"),
    AlarmState.CANCELLED: Text("cancelled", "取り消し"),
}
OUTCOMES = {
    Outcome.ACKNOWLEDGED: Text("acknowledged", "起床を確認"),
    Outcome.PROBABLY_AWAKE: Text("probably awake", "おそらく起床"),
    Outcome.SNOOZED: Text("snoozed", "スヌーズ"),
    Outcome.UNACKNOWLEDGED: Text("answered but not acknowledged", "応答したが確認なし"),
    Outcome.NO_ANSWER: Text("no answer", "応答なし"),
    Outcome.BUSY: Text("busy", "話し中"),
    Outcome.REFUSED: Text("refused", "拒否"),
    Outcome.UNREACHABLE: Text("unreachable", "到達不能"),
    Outcome.MACHINE: Text("answered by a machine", "機械が応答"),
    Outcome.SILENCE: Text("answered by silence", "無音の応答"),
    Outcome.TONE: Text("answered by a tone", "トーンの応答"),
    Outcome.UNKNOWN: Text("unknown", "不明"),
    Outcome.FORBIDDEN: Text("forbidden", "禁止"),
    Outcome.CANCELLED: Text("cancelled", "取り消し"),
}
PURPOSES = {
    Purpose.WAKE: Text("wake", "起床"),
    Purpose.CHECK: Text("check", "確認"),
    Purpose.ESCALATION: Text("escalation", "二つめの番号"),
}
MEANS = {
    BookedHow.DIGITS: Text("dialled digits", "ダイヤル"),
    BookedHow.MENU: Text("menu", "音声メニュー"),
    BookedHow.COMMAND: Text("command", "コマンド"),
    BookedHow.IMPORT: Text("calendar file", "カレンダーファイル"),
}
KINDS = {
    AlarmKind.WAKE: Text("morning call", "モーニングコール"),
    AlarmKind.TRIAL: Text("trial", "試し"),
    AlarmKind.PROOF: Text("proof of the number", "番号の確認"),
    AlarmKind.CONSENT: Text("asks a second number", "二つめの番号の承諾"),
}
_REPEATS = {
    Kind.ONCE: Text("once", "一回"),
    Kind.DAILY: Text("daily", "毎日"),
    Kind.WORKDAYS: Text("on workdays", "平日"),
    Kind.HOLIDAYS: Text("on days off", "休日"),
}


def say_date(day: date, language: Language) -> str:
    """Wed 2 Dec 2026."""
    weekday = _DAYS[language][day.weekday()]
    if language == "ja":
        return f"{day.year}年{day.month}月{day.day}日({weekday})"
    return f"{weekday} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def say_instant(at_utc: datetime, zone: str, language: Language) -> str:
    """On the wall clock of an alarm's zone, with seconds where there are any: Wed 2 Dec 2026, 06:30 Asia/Tokyo."""
    told = told_zone(zone)
    local = at_utc.astimezone(told)
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    comma = " " if language == "ja" else ", "
    return f"{say_date(local.date(), language)}{comma}{clock} {told.key}"


def say_recurrence(recurrence: Recurrence, language: Language) -> str:
    """On workdays; Mon, Wed."""
    if recurrence.kind is not Kind.WEEKDAYS:
        return _REPEATS[recurrence.kind].say(language)
    days = [_DAYS[language][day] for day in sorted(recurrence.weekdays)]
    return "・".join(days) if language == "ja" else ", ".join(days)
