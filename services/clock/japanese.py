"""The clock in Japanese, such as 「午前7時、11分、10秒を、お知らせします。」.

Arabic digits, since Open JTalk reads kanji numerals wrongly (五分 as ごぶ) and Arabic ones rightly; only 0 is
written out (れい時) or left out (0分), for it would be read ゼロ.
"""

from services.clock.announcement import STEP_S, Language
from timekeeping.civil import CivilTime


def _hour(hour: int) -> str:
    half = "午前" if hour < 12 else "午後"
    return f"{half}{hour % 12 or 'れい'}時、"


def _choose(mark: CivilTime) -> tuple[str, ...]:
    if (mark.hour, mark.minute, mark.second) == (12, 0, 0):
        return ("noon", "exactly", "announce")
    minute = (f"minute_{mark.minute:02}",) if mark.minute else ()
    second = f"second_{mark.second}" if mark.second else "exactly"
    return (f"hour_{mark.hour:02}", *minute, second, "announce")


JAPANESE = Language(
    name="ja",
    texts={
        **{f"hour_{hour:02}": _hour(hour) for hour in range(24)},
        "noon": "正午、",
        **{f"minute_{minute:02}": f"{minute}分、" for minute in range(1, 60)},
        **{f"second_{second}": f"{second}秒を、" for second in range(STEP_S, 60, STEP_S)},
        "exactly": "ちょうどを、",
        "announce": "お知らせします。",
    },
    gap_ms=200,
    between="",
    choose=_choose,
)
