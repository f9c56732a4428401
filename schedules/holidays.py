"""Japanese public holidays (国民の祝日に関する法律), and the days on which one works."""

from datetime import date

import jpholiday

FIRST_YEAR = 1949
"""The first whole year of the Act of 20 July 1948."""
LAST_YEAR = 2099
"""The last year for which the computed equinox days are confirmed (`tests/schedules/test_holidays.py`)."""


def is_public_holiday(day: date) -> bool:
    """Whether `day` is a Japanese public holiday, substitute holidays (振替休日) and days between two included.

    Equinox days are announced in the February of the year before; until then they are the computed ones. Outside
    `FIRST_YEAR` to `LAST_YEAR` no day is a holiday: an alarm then rings on a day off too, which one can switch
    off, and never fails to ring on a working day. Holidays made by a later law are known once the package
    jpholiday knows them.
    """
    return FIRST_YEAR <= day.year <= LAST_YEAR and jpholiday.is_holiday(day)


def is_workday(day: date) -> bool:
    """Monday to Friday, and no public holiday; the days about New Year that are off by custom count as workdays."""
    return day.weekday() < 5 and not is_public_holiday(day)
