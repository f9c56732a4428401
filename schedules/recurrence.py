"""On which dates an alarm rings: once, daily, on chosen weekdays, on workdays, on days off."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from schedules.errors import ScheduleError
from schedules.holidays import is_workday

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""What the weekdays are called in a recurrence's text, in the order of `date.weekday()`."""


class Kind(StrEnum):
    """The rule by which dates are chosen; the value is its text (of weekdays, their names are the text)."""

    ONCE = "once"
    DAILY = "daily"
    WEEKDAYS = "weekdays"
    WORKDAYS = "workdays"
    HOLIDAYS = "holidays"


_NAMED = {str(kind): kind for kind in Kind if kind is not Kind.WEEKDAYS}


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule that chooses dates.

    `workdays` are Monday to Friday without the Japanese public holidays. `holidays` are all other days, Saturdays
    and Sundays among them: whoever has one alarm for work and another for days off wants each day to have exactly
    one.

    Attributes:
        kind: the rule.
        weekdays: of `Kind.WEEKDAYS`, the days as `date.weekday()` counts them (Monday is 0); else empty.
    """

    kind: Kind
    weekdays: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        """Refuse weekdays without a rule that uses them, and the rule without any.

        Raises:
            ScheduleError: so it is, or a weekday is none of 0 to 6.
        """
        if bool(self.weekdays) != (self.kind is Kind.WEEKDAYS):
            raise ScheduleError("chosen weekdays need at least one day, and no other recurrence has any")
        if not self.weekdays <= frozenset(range(7)):
            raise ScheduleError(
                "weekdays are 0 (Monday) to 6, not {weekdays}", weekdays=sorted(self.weekdays)
            )

    @classmethod
    def parse(cls, text: str) -> "Recurrence":
        """Read `once`, `daily`, `workdays`, `holidays`, or weekdays such as `mon,wed`; case does not matter.

        Raises:
            ScheduleError: it is none of these.
        """
        plain = text.strip().lower()
        if plain in _NAMED:
            return cls(_NAMED[plain])
        names = [name.strip() for name in plain.split(",")]
        if not set(names) <= set(WEEKDAYS):
            raise ScheduleError(
                "no recurrence: {found!r} (use {known}, or weekdays such as mon,wed)",
                found=text[:60],
                known=", ".join(_NAMED),
            )
        return cls(Kind.WEEKDAYS, frozenset(map(WEEKDAYS.index, names)))

    def __str__(self) -> str:
        """The text that `parse` reads, weekdays from Monday on."""
        if self.kind is Kind.WEEKDAYS:
            return ",".join(WEEKDAYS[day] for day in sorted(self.weekdays))
        return str(self.kind)

    @property
    def repeats(self) -> bool:
        """Whether there may be a second date."""
        return self.kind is not Kind.ONCE

    def rings_on(self, day: date) -> bool:
        """Whether the rule chooses `day`; `once` takes any, since its only date is the alarm's first one."""
        match self.kind:
            case Kind.ONCE | Kind.DAILY:
                return True
            case Kind.WEEKDAYS:
                return day.weekday() in self.weekdays
            case Kind.WORKDAYS:
                return is_workday(day)
            case Kind.HOLIDAYS:
                return not is_workday(day)

    def next_date(self, from_date: date) -> date | None:
        """The first date that the rule chooses, `from_date` or later; None at the end of the calendar (9999)."""
        for ordinal in range(from_date.toordinal(), date.max.toordinal() + 1):
            day = date.fromordinal(ordinal)
            if self.rings_on(day):
                return day
        return None


ONCE = Recurrence(Kind.ONCE)
