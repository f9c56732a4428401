"""A recurrence as the RRULE of an iCalendar event (RFC 5545, 3.3.10), and back."""

from datetime import date

from icalendar import vRecur

from schedules.errors import ScheduleError
from schedules.recurrence import Kind, Recurrence

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_AS_WEEKDAYS = {
    Kind.WORKDAYS: Recurrence(Kind.WEEKDAYS, frozenset(range(5))),
    Kind.HOLIDAYS: Recurrence(Kind.WEEKDAYS, frozenset({5, 6})),
}


def without_holidays(recurrence: Recurrence) -> Recurrence:
    """What comes nearest for a program that knows no Japanese holidays: workdays are Monday to Friday."""
    return _AS_WEEKDAYS.get(recurrence.kind, recurrence)


def rule_of(recurrence: Recurrence) -> vRecur | None:
    """The rule that another program can follow; None for what does not repeat."""
    plain = without_holidays(recurrence)
    if plain.kind is Kind.WEEKDAYS:
        return vRecur({"FREQ": "WEEKLY", "BYDAY": [_DAYS[day] for day in sorted(plain.weekdays)]})
    return vRecur({"FREQ": "DAILY"}) if plain.repeats else None


def recurrence_of(rule: vRecur, first_date: date) -> Recurrence:
    """The recurrence that a rule means; WEEKLY without BYDAY comes on the weekday of `first_date`.

    Raises:
        ScheduleError: the rule chooses its dates in a way that no recurrence has; the message names it.
    """
    parts = {str(name).upper(): [str(value).upper() for value in values] for name, values in rule.items()}
    frequency, days = parts.pop("FREQ", []), parts.pop("BYDAY", [])
    parts.pop("WKST", None)  # matters only to weeks that are left out
    if frequency not in (["DAILY"], ["WEEKLY"]):
        raise ScheduleError(
            "it recurs by FREQ={frequency}: only DAILY and WEEKLY can be taken",
            frequency=",".join(frequency)[:40],
        )
    interval = parts.pop("INTERVAL", ["1"])
    if interval != ["1"]:
        raise ScheduleError(
            "it leaves days or weeks out (INTERVAL={interval})", interval=",".join(interval)[:40]
        )
    if parts:
        raise ScheduleError(
            "its rule has {parts}, which cannot be taken", parts=", ".join(sorted(parts))[:80]
        )
    if not set(days) <= set(_DAYS):
        raise ScheduleError(
            "its rule has BYDAY={days}, and only days such as MO can be taken", days=",".join(days)[:40]
        )
    if days:
        return Recurrence(Kind.WEEKDAYS, frozenset(map(_DAYS.index, days)))
    if frequency == ["WEEKLY"]:
        return Recurrence(Kind.WEEKDAYS, frozenset({first_date.weekday()}))
    return Recurrence(Kind.DAILY)
