"""The clock in Japanese, such as 「午前7時、11分、10秒を、お知らせします。」.

A minute of 0 is left out and noon has its own word; the texts of the clips are `audio.prompts.japanese`'s.
"""

from audio.prompts.japanese import TEXTS
from services.clock.announcement import Language
from timekeeping.civil import CivilTime


def _choose(mark: CivilTime) -> tuple[str, ...]:
    if (mark.hour, mark.minute, mark.second) == (12, 0, 0):
        return ("noon", "exactly", "announce")
    minute = (f"minute_{mark.minute:02}",) if mark.minute else ()
    second = f"second_{mark.second}" if mark.second else "exactly"
    return (f"hour_{mark.hour:02}", *minute, second, "announce")


JAPANESE = Language(
    name="ja",
    texts=TEXTS,
    gap_ms=200,
    between="",
    choose=_choose,
)
