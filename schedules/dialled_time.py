"""A time of day as one dials it: four digits."""

from dataclasses import dataclass
from datetime import time

from schedules.errors import ScheduleError


@dataclass(frozen=True, slots=True)
class DialledTime:
    """A time of day that was dialled.

    Attributes:
        civil_time: on the wall clock; 24:30 is 0:30.
        of_night: it was dialled with the hour 24. The next time that it is 24:30 is the next time that it is 0:30:
            at 23:00 that is tomorrow's, and at 0:10 today's, for whoever says 24 is still in yesterday's night. So
            this matters only where a date or a weekday was chosen: the night of Monday ends on Tuesday.
    """

    civil_time: time
    of_night: bool = False


def read_dialled_time(digits: str) -> DialledTime:
    """Read HHMM, hours 00 to 23, or 24 as the night's way of saying 0 of the following day.

    Raises:
        ScheduleError: not four digits, or no such hour or minute.
    """
    if len(digits) != 4 or not (digits.isascii() and digits.isdigit()):
        raise ScheduleError("a time is four digits such as 0630, not {digits!r}", digits=digits[:20])
    hour, minute = int(digits[:2]), int(digits[2:])
    if hour > 24:
        raise ScheduleError("there is no hour {hour} (00 to 24)", hour=hour)
    if minute > 59:
        raise ScheduleError("there is no minute {minute} (00 to 59)", minute=minute)
    return DialledTime(time(hour % 24, minute), of_night=hour == 24)
