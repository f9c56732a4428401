"""Why something is no alarm or no number, in the language of whoever asked for it."""

from denwa.language import Language, Text
from exchange.network.numbers import NumberError
from schedules.calendar_booking import NO_NUMBER
from schedules.errors import ScheduleError
from timekeeping.civil import UNKNOWN_ZONE

JAPANESE = {
    # of a file
    "the file is longer than {largest} KiB": "ファイルが {largest} KiB を超えています",
    "no iCalendar file: {why!r}": "iCalendar ファイルではありません: {why!r}",
    "no iCalendar file: it has no whole VCALENDAR": "iCalendar ファイルではありません。完全な VCALENDAR がありません",
    # of an event
    "its text cannot be read": "読み取れない行があります",
    "its {name} cannot be read": "{name} を読み取れません",
    "it has more than one {name}": "{name} が二つ以上あります",
    "it is cancelled": "中止された予定です",
    "it moves one date of another event (RECURRENCE-ID)": "繰り返す予定の一回分だけを変えるものです (RECURRENCE-ID)",
    "it has dates besides its rule (RDATE)": "繰り返しの規則のほかに日付があります (RDATE)",
    "it has a rule for what is left out (EXRULE)": "除外する日に規則があります (EXRULE)",
    "its DTSTART is missing, or no date and time": "DTSTART がないか、日時ではありません",
    "it lasts all day: an alarm needs a time": "終日の予定です。アラームには時刻が必要です",
    "its time zone {zone!r} is no IANA zone": "タイムゾーン {zone!r} は IANA のものではありません",
    "its time has no time zone": "時刻にタイムゾーンがありません",
    "its time has a zone of its own, or parts of a second": "時刻に独自のタイムゾーンか、一秒未満の端数があります",
    "its EXDATE has no IANA zone": "EXDATE に IANA のタイムゾーンがありません",
    "its EXDATE is no date": "EXDATE が日付ではありません",
    "it has no UID": "UID がありません",
    "its UID is another event's": "同じ UID の予定がほかにあります",
    "its UID has a control character": "UID に制御文字があります",
    "its UID has more than one line": "UID が二行以上あります",
    "its UID has more than {longest} characters": "UID が {longest} 文字を超えています",
    "its message has a control character": "名前に制御文字があります",
    "its number {number!r} cannot be dialled (0-9, * and #)": (
        "番号 {number!r} はダイヤルできません（使えるのは 0-9、*、# です）"
    ),
    NO_NUMBER: "呼び出す番号がありません",
    # of what it repeats on
    "it recurs by FREQ={frequency}: only DAILY and WEEKLY can be taken": (
        "FREQ={frequency} で繰り返します。取り込めるのは DAILY と WEEKLY だけです"
    ),
    "it leaves days or weeks out (INTERVAL={interval})": "何日か、何週かおきに繰り返します (INTERVAL={interval})",
    "its rule has {parts}, which cannot be taken": "繰り返しの規則に、取り込めない {parts} があります",
    "its rule has BYDAY={days}, and only days such as MO can be taken": (
        "繰り返しの規則に BYDAY={days} があります。取り込めるのは MO のような曜日だけです"
    ),
    "its first date is none that its rule chooses": "最初の日が繰り返しの規則に合いません",
    "no recurrence: {found!r} (use {known}, or weekdays such as mon,wed)": (
        "{found!r} という繰り返しはありません（使えるのは {known}、または mon,wed のような曜日です）"
    ),
    # of an alarm
    UNKNOWN_ZONE: (
        "{zone!r} というタイムゾーンはありません。Asia/Tokyo のような IANA の名前で書いてください"
        "（tzdata パッケージは入っていますか）"
    ),
    "it would never ring: its time is past, or every date of it is skipped": (
        "鳴ることがありません。時刻が過ぎたか、どの日も飛ばすことになっています"
    ),
    "it would never ring: its time is past, or its dates are skipped; alarm {alarm} stays as it was": (
        "鳴ることがありません。時刻が過ぎたか、どの日も飛ばすことになっています。アラーム {alarm} は元のままです"
    ),
    "its alarm rings at the moment: import it again when that is over": (
        "このアラームはいま呼び出しの途中です。終わってから、もう一度取り込んでください"
    ),
    "{name} is {value}; it must be {least} to {most}": "{name} が {value} です。{least} から {most} までにしてください",
    # of a number
    "a number needs at least one digit": "数字が一つもありません",
    "a number has at most {longest} digits, this one has {count}": (
        "番号は {longest} 桁までですが、{count} 桁あります"
    ),
    "cannot be dialled: {strange} (use 0-9, * and #)": (
        "ダイヤルできない文字があります: {strange}（使えるのは 0-9、*、# です）"
    ),
}
"""By the English template."""


def say_reason(error: ScheduleError | NumberError, language: Language, **instead: object) -> str:
    """Why; what is given `instead` takes the place of the error's own values of that name."""
    text = Text(error.template, JAPANESE.get(error.template, error.template))
    return text.say(language, **{**error.values, **instead})
