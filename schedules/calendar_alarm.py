"""An alarm as a calendar file holds it."""

import unicodedata
from dataclasses import dataclass
from datetime import date, time

from schedules.civil_due import alarm_zone
from schedules.errors import ScheduleError
from schedules.recurrence import Recurrence

RECURRENCE = "X-DENWA-RECURRENCE"
"""The property with a recurrence's own text, where RRULE cannot say it."""
NUMBER = "X-DENWA-NUMBER"
"""The property with the number to ring."""

_DIALLED = frozenset("0123456789*#")


@dataclass(frozen=True, slots=True)
class CalendarAlarm:
    """One alarm.

    Attributes:
        uid: the event's identity, by which it is found again; never empty.
        civil_time: on the wall clock, whole seconds, without a zone.
        first_date: no earlier date counts; of `once` it is the date.
        zone: an IANA name.
        recurrence: on which dates.
        message: what it is about, in one line or more; may be empty.
        number: the number to ring, as dialled; empty where the file names none. Whether it may be rung is not
            decided here.
        skipped_dates: dates left out.
    """

    uid: str
    civil_time: time
    first_date: date
    zone: str
    recurrence: Recurrence
    message: str = ""
    number: str = ""
    skipped_dates: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        """Refuse what no calendar file can hold.

        Raises:
            ScheduleError: an empty UID, a control character, an unknown zone, a number that cannot be dialled, a
                time with a zone or with parts of a second.
        """
        if not self.uid:
            raise ScheduleError("it has no UID")
        if _has_control(self.uid):
            raise ScheduleError("its UID has a control character")
        if _has_control(self.message):
            raise ScheduleError("its message has a control character")
        if "\n" in self.uid:
            raise ScheduleError("its UID has more than one line")
        if not _DIALLED.issuperset(self.number):
            raise ScheduleError(
                "its number {number!r} cannot be dialled (0-9, * and #)", number=self.number[:40]
            )
        if self.civil_time.tzinfo or self.civil_time.microsecond:
            raise ScheduleError("its time has a zone of its own, or parts of a second")
        alarm_zone(self.zone)


def _has_control(text: str) -> bool:
    """Whether it has a control character or half a character; a line's end is none."""
    return any(unicodedata.category(character) in {"Cc", "Cs"} for character in text.replace("\n", ""))
