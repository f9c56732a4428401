"""The clock in English, such as "At the long tone, it will be: seven, eleven, A M, and ten seconds.".

Twelve o'clock is called noon or midnight, never "twelve A M"; three strokes only lead to the mark, so it is the
long tone that is named.
"""

from services.clock.announcement import STEP_S, Language
from timekeeping.civil import CivilTime

_ONES = (
    "",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
_TEENS = ("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_UP_TO_NINETEEN = _ONES + _TEENS
_TENS = ("", "", "twenty", "thirty", "forty", "fifty")


def number(n: int) -> str:
    """The number 1 to 59 in words."""
    if n < 20:
        return _UP_TO_NINETEEN[n]
    tens, one = divmod(n, 10)
    return f"{_TENS[tens]}-{_ONES[one]}" if one else _TENS[tens]


def _minute(minute: int) -> str:
    return f"oh {number(minute)}," if minute < 10 else f"{number(minute)},"


def _choose(mark: CivilTime) -> tuple[str, ...]:
    second = f"and_{mark.second}_seconds" if mark.second else "precisely"
    if mark.hour % 12 == 0 and mark.minute == 0:
        return ("at_the_long_tone", "noon" if mark.hour else "midnight", second)
    hour = f"hour_{mark.hour % 12 or 12}"
    minute = f"minute_{mark.minute:02}" if mark.minute else "oclock"
    return ("at_the_long_tone", hour, minute, "am" if mark.hour < 12 else "pm", second)


ENGLISH = Language(
    name="en",
    texts={
        "at_the_long_tone": "At the long tone, it will be:",
        **{f"hour_{hour}": f"{number(hour)}," for hour in range(1, 13)},
        **{f"minute_{minute:02}": _minute(minute) for minute in range(1, 60)},
        "oclock": "o'clock,",
        "am": "A M,",
        "pm": "P M,",
        "noon": "noon,",
        "midnight": "midnight,",
        **{f"and_{second}_seconds": f"and {number(second)} seconds." for second in range(STEP_S, 60, STEP_S)},
        "precisely": "precisely.",
    },
    gap_ms=40,
    between=" ",
    choose=_choose,
)
