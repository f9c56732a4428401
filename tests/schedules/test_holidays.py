"""Japanese holidays, held against the Cabinet Office's list and the almanac's formula of the equinoxes."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.holidays import FIRST_YEAR, LAST_YEAR, is_public_holiday, is_workday

pytestmark = pytest.mark.unit

PUBLISHED = {
    2026: "0101 0112 0211 0223 0320 0429 0503 0504 0505 0506 0720 0811 0921 0922 0923 1012 1103 1123",
    2027: "0101 0111 0211 0223 0321 0322 0429 0503 0504 0505 0719 0811 0920 0923 1011 1103 1123",
}
"""As the Cabinet Office published them: 6 May 2026 and 22 March 2027 are substitutes, 22 September 2026 lies between two."""


@pytest.mark.parametrize("year", PUBLISHED)
def test_the_holidays_of_a_year_are_those_published(year):
    days = (date(year, 1, 1) + timedelta(days=number) for number in range(365))
    assert " ".join(f"{day:%m%d}" for day in days if is_public_holiday(day)) == PUBLISHED[year]


@pytest.mark.parametrize(("month", "base"), [(3, 20.8431), (9, 23.2488)])
def test_equinox_days_agree_with_the_almanacs_formula_to_the_last_year(month, base):
    """海上保安庁水路部, 暦計算研究会編『新こよみ便利帳』: good from 1980 to 2099."""
    for year in range(1980, LAST_YEAR + 1):
        day = int(base + 0.242194 * (year - 1980) - (year - 1980) // 4)
        assert is_public_holiday(date(year, month, day)), year


@given(st.dates())
def test_outside_the_known_years_no_day_is_a_holiday(day):
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        assert not is_public_holiday(day)
        assert is_workday(day) == (day.weekday() < 5)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 20), True),
        (date(2026, 11, 21), False),
        (date(2026, 11, 22), False),
        (date(2026, 11, 23), False),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
        (date.min, True),
        (date.max, True),
    ],
)
def test_workdays_are_monday_to_friday_without_holidays(day, works):
    assert is_workday(day) is works
