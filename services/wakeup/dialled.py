"""What the digits ask for that were dialled after the prefix: the whole service for a telephone that sends nothing later.

A time is HHMM, a weekday's DHHMM. All else is four digits whose hour does not exist, of digits that are quick to pulse:

    31MM  ring me in MM minutes            32MM  the next alarm MM minutes later, this once
    3311  hear my alarms                   3322  cancel the next
    3333  cancel all                       3344  ring me back now
    3411  never ring this number again     3422  take that back
    3511  the menu                         4abc  I am awake (the three digits that the call spoke, each 1 to 4)

and the code of a proving call: twelve digits, or sixteen after an attack, of 1 to 7.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from schedules.dialled_time import DialledTime, read_dialled_time
from schedules.errors import ScheduleError
from schedules.recurrence import ONCE, WEEKDAYS, Kind, Recurrence
from trust import codes

ACKNOWLEDGES = "4"
DAYS = "1234567"
"""Monday to Sunday."""
WORKDAYS = "8"


class Simple(Enum):
    """What needs no more said; the value is what is dialled for it."""

    HEAR = "3311"
    CANCEL_NEXT = "3322"
    CANCEL_ALL = "3333"
    RING_BACK = "3344"
    OPT_OUT = "3411"
    OPT_IN = "3422"
    MENU = "3511"


@dataclass(frozen=True, slots=True)
class At:
    """Ring at this time, on these days."""

    time: DialledTime
    recurrence: Recurrence


@dataclass(frozen=True, slots=True)
class InMinutes:
    """Ring in so many minutes."""

    minutes: int


@dataclass(frozen=True, slots=True)
class Later:
    """Let the next one come later."""

    by: timedelta


@dataclass(frozen=True, slots=True)
class Awake:
    """The code that a wake-up call spoke."""

    code: str


@dataclass(frozen=True, slots=True)
class Proof:
    """The code that a proving call spoke."""

    code: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """None of all that."""


Asked = At | InMinutes | Later | Awake | Proof | Simple | Wrong

_SIMPLE = {each.value: each for each in Simple}
_IN_MINUTES, _LATER = "31", "32"


def read_dialled(digits: str) -> Asked:
    """What somebody asks for by these digits."""
    if not (digits.isascii() and digits.isdigit()):
        return Wrong()
    match len(digits):
        case 4:
            return _four(digits)
        case 5:
            return _weekly(digits)
        case codes.LENGTH | codes.LONG:
            return Proof(digits)
    return Wrong()


def _four(digits: str) -> Asked:
    minutes = int(digits[2:])
    if digits in _SIMPLE:
        return _SIMPLE[digits]
    if digits.startswith(_IN_MINUTES) and minutes:
        return InMinutes(minutes)
    if digits.startswith(_LATER) and minutes:
        return Later(timedelta(minutes=minutes))
    if digits.startswith(ACKNOWLEDGES):
        return Awake(digits[1:])
    try:
        return At(read_dialled_time(digits), ONCE)
    except ScheduleError:
        return Wrong()


def _weekly(digits: str) -> Asked:
    """DHHMM: 1 is Monday, 7 Sunday, 8 Monday to Friday without holidays; a time with hour 24 is the day's night."""
    try:
        time = read_dialled_time(digits[1:])
    except ScheduleError:
        return Wrong()
    if digits[0] == WORKDAYS and not time.of_night:
        return At(time, Recurrence(Kind.WORKDAYS))
    return weekly(digits[0], time) if digits[0] in DAYS else Wrong()


def weekly(day: str, time: DialledTime) -> At:
    """Each week on the day of `DAYS`, or in the night that follows it."""
    place = (DAYS.index(day) + time.of_night) % len(WEEKDAYS)
    return At(time, Recurrence.parse(WEEKDAYS[place]))
