"""The clock in English, such as "At the long tone, it will be: seven, eleven, A M, and ten seconds.".

Twelve o'clock is called noon or midnight, never "twelve A M"; three strokes only lead to the mark, so it is the
long tone that is named.
"""

from audio.prompts.english import TEXTS
from services.clock.announcement import Language
from timekeeping.civil import CivilTime


def _choose(mark: CivilTime) -> tuple[str, ...]:
    second = f"and_{mark.second}_seconds" if mark.second else "precisely"
    if mark.hour % 12 == 0 and mark.minute == 0:
        return ("at_the_long_tone", "noon" if mark.hour else "midnight", second)
    hour = f"hour_{mark.hour % 12 or 12}"
    minute = f"minute_{mark.minute:02}" if mark.minute else "oclock"
    return ("at_the_long_tone", hour, minute, "am" if mark.hour < 12 else "pm", second)


ENGLISH = Language(
    name="en",
    texts=TEXTS,
    gap_ms=40,
    between=" ",
    choose=_choose,
)
