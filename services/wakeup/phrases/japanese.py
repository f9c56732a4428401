"""The phrases in Japanese, such as 「あした、午前6時、30分、に、お呼びします。」.

A minute of 0 is left out and noon has its own word, as the clock says them. From 60 minutes on it is 1時間 and the rest.
"""

from datetime import time

from audio.prompts.japanese import TEXTS
from services.wakeup.phrases.phrases import Names, Phrases


def _time_of_day(civil: time) -> Names:
    if (civil.hour, civil.minute) == (12, 0):
        return ("noon",)
    minute = (f"minute_{civil.minute:02}",) if civil.minute else ()
    return (f"hour_{civil.hour:02}", *minute)


def _ringing(when: Names) -> Names:
    return (*when, "will_ring_at")


def _now(civil: Names) -> Names:
    return ("it_is_now", *civil, "time_end")


def _after(minutes: int, what: str) -> Names:
    hours, rest = divmod(minutes, 60)
    hour = ("one_hour",) if hours else ()
    minute = (f"minute_{rest:02}",) if rest else ()
    return (*hour, *minute, what)


JAPANESE = Phrases(
    name="ja",
    texts=TEXTS,
    gap_ms=200,
    between="",
    time_of_day=_time_of_day,
    ringing=_ringing,
    now=_now,
    after=_after,
)
