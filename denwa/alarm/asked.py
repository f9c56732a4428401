"""Times, dates and texts of alarms as they are typed; faults are printed and end the command."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, time
from typing import NoReturn, TypeVar

from denwa.cli.common import WRONG_CONFIGURATION, stop
from denwa.harmless import harmless
from denwa.language import Language, Text
from schedules.civil_due import alarm_zone
from schedules.dialled_time import read_dialled_time
from schedules.errors import ScheduleError
from schedules.recurrence import Recurrence
from services.wakeup.phrases import PHRASES

_TIME = re.compile(r"(\d{1,2}):(\d\d)|(\d\d)(\d\d)", re.ASCII)
_NO_TIME = Text(
    "There is no time {found}: write 06:30 or 0630, from 00:00 to 23:59 (24:30 is 00:30 of the next date)",
    "{found} という時刻はありません。06:30 か 0630 の形で、00:00 から 23:59 まで"
    "（24:30 は翌日の 00:30 と書いてください）",
)
_NO_DATE = Text(
    "There is no date {found}: write 2026-12-02", "{found} という日付はありません。例: 2026-12-02"
)
_NO_RECURRENCE = Text(
    "An alarm cannot repeat on {found}: write daily, workdays, holidays, or days such as mon,wed",
    "{found} という繰り返しはありません。daily、workdays、holidays、または mon,wed のような曜日で書いてください",
)
_NO_ZONE = Text(
    "There is no time zone {found}: write an IANA name such as Asia/Tokyo (and is the package tzdata installed?)",
    "{found} というタイムゾーンはありません。Asia/Tokyo のような IANA の名前で書いてください"
    "（tzdata パッケージは入っていますか）",
)
_NO_MESSAGE = Text("There is no message {found}: {known}", "{found} というメッセージはありません: {known}")
_NO_TEXT = Text(
    "{option}: write at most {longest} characters, all of which can be seen",
    "{option} は {longest} 文字まで、制御文字なしで書いてください",
)

T = TypeVar("T")


def asked_time(text: str, language: Language) -> time:
    """A time of day: 6:30, 06:30, 0630, in full-width digits too."""
    return _read(_time, text, _NO_TIME, language)


def asked_date(text: str, language: Language) -> date | None:
    """A date in ISO 8601; None for ""."""
    return _read(date.fromisoformat, text, _NO_DATE, language) if text else None


def asked_recurrence(text: str, language: Language) -> Recurrence:
    """As `schedules.recurrence` has it."""
    return _read(Recurrence.parse, text, _NO_RECURRENCE, language)


def asked_zone(text: str, language: Language) -> str:
    """An IANA name."""
    return str(_read(alarm_zone, text, _NO_ZONE, language))


def asked_text(text: str, longest: int, option: str, language: Language) -> str:
    """A text in one line."""
    if len(text) > longest or harmless(text, longest) != text:
        stop(_NO_TEXT.say(language, option=option, longest=longest), WRONG_CONFIGURATION)
    return text


def asked_message(key: str, spoken: Language, language: Language) -> str:
    """One of the messages that an alarm can say in the language `spoken`; "" is none."""
    known = [name for name in PHRASES[spoken].texts if name.startswith("message_")]
    if key and key not in known:
        stop(
            _NO_MESSAGE.say(language, found=harmless(repr(key), 60), known=", ".join(known)),
            WRONG_CONFIGURATION,
        )
    return key


def _time(text: str) -> time:
    found = _TIME.fullmatch(unicodedata.normalize("NFKC", text))
    if found is None:
        raise ScheduleError("no time")
    dialled = read_dialled_time(f"{found[1] or found[3]:0>2}{found[2] or found[4]}")
    if dialled.of_night:
        raise ScheduleError("another date's time")
    return dialled.civil_time


def _read(read: Callable[[str], T], text: str, fault: Text, language: Language) -> T:
    try:
        return read(text)
    except ValueError:  # a ScheduleError is one
        _refuse(fault, text, language)


def _refuse(fault: Text, text: str, language: Language) -> NoReturn:
    stop(fault.say(language, found=harmless(repr(text), 60)), WRONG_CONFIGURATION)
