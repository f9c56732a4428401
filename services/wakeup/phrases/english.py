"""The phrases in English, such as "We will call you: tomorrow, six, thirty, AM.".

Twelve o'clock is called noon or midnight, as the clock says it. A time ends its sentence, so its last clip lets the
voice down. Below ten the minutes of a wait are digits: the clip minute_05 is "oh five".
"""

from datetime import time

from audio.prompts.english import TEXTS
from services.wakeup.phrases.phrases import Names, Phrases


def _time_of_day(civil: time) -> Names:
    if civil.hour % 12 == 0 and civil.minute == 0:
        return ("noon_end" if civil.hour else "midnight_end",)
    minute = f"minute_{civil.minute:02}" if civil.minute else "oclock"
    return (f"hour_{civil.hour % 12 or 12}", minute, "am_end" if civil.hour < 12 else "pm_end")


def _ringing(when: Names) -> Names:
    return ("will_ring_at", *when)


def _now(civil: Names) -> Names:
    return ("it_is_now", *civil)


def _after(minutes: int, what: str) -> Names:
    hours, rest = divmod(minutes, 60)
    if not rest:
        return (what, "one_hour_end")
    hour = ("one_hour_and",) if hours else ()
    count = f"digit_{rest}" if rest < 10 else f"minute_{rest}"
    return (what, *hour, count, "minute_end" if rest == 1 else "minutes_end")


ENGLISH = Phrases(
    name="en",
    texts=TEXTS,
    gap_ms=40,
    between=" ",
    time_of_day=_time_of_day,
    ringing=_ringing,
    now=_now,
    after=_after,
)
