"""When an alarm is due, across the changes of summer time too."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.alarm_strategies import dates, recurrences, times, zones

from schedules.civil_due import MOST_MINUTES, Due, in_minutes, next_due_utc, next_time
from schedules.dialled_time import read_dialled_time
from schedules.errors import ScheduleError
from schedules.recurrence import Kind, Recurrence

pytestmark = pytest.mark.unit

ONCE = Recurrence(Kind.ONCE)
DAILY = Recurrence(Kind.DAILY)
WORKDAYS = Recurrence(Kind.WORKDAYS)
LONG_AGO_UTC = datetime(2000, 1, 1, tzinfo=UTC)

instants = st.datetimes(datetime(2024, 1, 1), datetime(2040, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - aware by timezones


def on(day: date, civil_time: time, zone: str) -> datetime | None:
    """When that date's alarm rings, in UTC."""
    due = next_due_utc(ONCE, civil_time, zone, first_date=day, skipped_dates=(), after_utc=LONG_AGO_UTC)
    return due.due_utc if due else None


def searched_utc(day: date, civil_time: time, zone: str) -> datetime:
    """The instant by the rule, found without the rule's own means: by trying the offsets of the days around."""
    where = ZoneInfo(zone)
    local = datetime.combine(day, civil_time, UTC)
    before, after = (
        (local + timedelta(days=by)).astimezone(where).utcoffset() or timedelta() for by in (-2, 2)
    )
    shown = [
        local - offset
        for offset in (before, after)
        if (local - offset).astimezone(where).replace(tzinfo=UTC) == local
    ]
    return min(shown, default=local - before)


@given(dates, times, zones)
@example(date(2026, 3, 29), time(2, 30), "Europe/Berlin")
@example(date(2026, 10, 25), time(2, 30), "Europe/Berlin")
@example(date(2026, 3, 8), time(2, 0), "America/New_York")
@example(date(2026, 11, 1), time(1, 0), "America/New_York")
@example(date(2026, 10, 4), time(2, 15), "Australia/Lord_Howe")
@example(date(2026, 4, 5), time(1, 45), "Australia/Lord_Howe")
@example(date(2026, 2, 15), time(2, 30), "Africa/Casablanca")
@example(date(2026, 3, 22), time(2, 30), "Africa/Casablanca")
def test_the_instant_is_the_first_that_shows_the_time_or_as_long_after_the_skip(day, civil_time, zone):
    assert on(day, civil_time, zone) == searched_utc(day, civil_time, zone)


@given(recurrences, times, zones, dates, st.frozensets(dates, max_size=3), instants, st.data())
def test_what_is_due_next_is_the_first_date_that_counts(
    recurrence, civil_time, zone, first, some, after, data
):
    """Strictly after, on a date that rings and is not skipped, and none that counts is passed over."""
    near = st.integers(-3, 3).map(lambda by: after.date() + timedelta(days=by))
    skipped = some | data.draw(st.frozensets(near, max_size=3))
    due = next_due_utc(recurrence, civil_time, zone, first_date=first, skipped_dates=skipped, after_utc=after)
    start = max(first, after.date() - timedelta(days=2))
    days = [first] if recurrence == ONCE else [start + timedelta(days=by) for by in range(25)]
    expected = [
        Due(day, instant_utc)
        for day in days
        if recurrence.rings_on(day) and day not in skipped
        if (instant_utc := searched_utc(day, civil_time, zone)) > after
    ]
    assert due == next(iter(expected), None)


@given(recurrences, times, zones, dates)
def test_each_date_rings_once_whatever_the_clocks_do(recurrence, civil_time, zone, first):
    """Asked again after each ringing, the dates are those of the recurrence, in order."""
    days, after_utc = [], LONG_AGO_UTC
    for _ in range(12):
        due = next_due_utc(
            recurrence, civil_time, zone, first_date=first, skipped_dates=(), after_utc=after_utc
        )
        if due is None:
            break
        days.append(due.civil_date)
        after_utc = due.due_utc
    chosen = (day for by in range(120) if recurrence.rings_on(day := first + timedelta(days=by)))
    assert days == (
        [first] if recurrence == ONCE else [day for day, _ in zip(chosen, range(12), strict=False)]
    )


@pytest.mark.parametrize(
    ("zone", "day", "at", "shown"),
    [
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), "03:30"),
        ("Europe/Berlin", date(2026, 3, 29), time(1, 59), "01:59"),
        ("Europe/Berlin", date(2026, 3, 29), time(3, 0), "03:00"),
        ("America/New_York", date(2026, 3, 8), time(2, 10), "03:10"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "02:45"),
        ("Africa/Casablanca", date(2026, 3, 22), time(2, 30), "03:30"),
        ("Asia/Tokyo", date(2026, 3, 29), time(2, 30), "02:30"),
    ],
)
def test_a_skipped_time_rings_later_by_what_was_skipped(zone, day, at, shown):
    due_utc = on(day, at, zone)
    assert due_utc is not None
    assert f"{due_utc.astimezone(ZoneInfo(zone)):%H:%M}" == shown


@pytest.mark.parametrize(
    ("zone", "day", "at", "again_after"),
    [
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), 60),
        ("America/New_York", date(2026, 11, 1), time(1, 10), 60),
        ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), 30),
        ("Africa/Casablanca", date(2026, 2, 15), time(2, 30), 60),
    ],
)
def test_a_time_that_comes_twice_rings_at_the_first_only(zone, day, at, again_after):
    first_utc = on(day, at, zone)
    assert first_utc is not None
    second = (first_utc + timedelta(minutes=again_after)).astimezone(ZoneInfo(zone))
    assert (second.date(), second.timetz().replace(tzinfo=None, fold=0)) == (day, at)
    due = next_due_utc(DAILY, at, zone, first_date=day, skipped_dates=(), after_utc=first_utc)
    assert due is not None
    assert due.civil_date == day + timedelta(days=1)


def test_a_date_that_a_zone_left_out_rings_with_the_next_one_once():
    """Samoa went from 29 to 31 December 2011."""
    first = date(2011, 12, 29)
    rung, after_utc = [], LONG_AGO_UTC
    for _ in range(3):
        due = next_due_utc(
            DAILY, time(7), "Pacific/Apia", first_date=first, skipped_dates=(), after_utc=after_utc
        )
        assert due is not None
        after_utc = due.due_utc
        rung.append(f"{after_utc.astimezone(ZoneInfo('Pacific/Apia')):%m-%d %H:%M}")
    assert rung == ["12-29 07:00", "12-31 07:00", "01-01 07:00"]


@pytest.mark.parametrize("recurrence", [ONCE, DAILY, WORKDAYS])
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize("at", [time(0), time(23, 59)])
def test_at_either_end_of_the_calendar_there_is_an_answer(recurrence, zone, at):
    first_utc, last_utc = (moment.replace(tzinfo=UTC) for moment in (datetime.min, datetime.max))  # noqa: DTZ901 - made aware
    for first_date, after_utc in ((date.max, LONG_AGO_UTC), (date.min, first_utc), (date.min, last_utc)):
        due = next_due_utc(recurrence, at, zone, first_date=first_date, skipped_dates=(), after_utc=after_utc)
        assert due is None or due.due_utc > after_utc


def test_an_evening_whose_date_in_utc_is_already_the_next_is_not_passed_over():
    evening = datetime(2026, 12, 1, 22, tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)
    assert evening.date() == date(2026, 12, 2)
    due = next_time(time(23), "America/New_York", evening)
    assert due == Due(date(2026, 12, 1), evening + timedelta(hours=1))


def test_once_on_a_skipped_date_is_never_due():
    day = date(2027, 1, 1)
    args = {"first_date": day, "skipped_dates": {day}, "after_utc": LONG_AGO_UTC}
    assert next_due_utc(ONCE, time(7), "Asia/Tokyo", **args) is None


@pytest.mark.parametrize("zone", ["Asia/Atlantis", "", "../../etc/passwd", "JST"])
def test_an_unknown_zone_is_a_schedule_error_that_says_what_to_write(zone):
    with pytest.raises(ScheduleError, match=r"unknown time zone .*Asia/Tokyo"):
        next_time(time(7), zone, LONG_AGO_UTC)


def tokyo(*fields: int) -> datetime:
    return datetime(*fields, tzinfo=ZoneInfo("Asia/Tokyo")).astimezone(UTC)


@pytest.mark.parametrize(
    ("digits", "now_utc", "due_utc"),
    [
        ("0630", tokyo(2026, 12, 1, 23, 0), tokyo(2026, 12, 2, 6, 30)),
        ("0630", tokyo(2026, 12, 1, 5, 0), tokyo(2026, 12, 1, 6, 30)),
        ("0630", tokyo(2026, 12, 1, 6, 29, 59), tokyo(2026, 12, 1, 6, 30)),
        ("0630", tokyo(2026, 12, 1, 6, 30), tokyo(2026, 12, 2, 6, 30)),
        ("2430", tokyo(2026, 12, 1, 23, 0), tokyo(2026, 12, 2, 0, 30)),
        ("2430", tokyo(2026, 12, 1, 12, 0), tokyo(2026, 12, 2, 0, 30)),
        ("2430", tokyo(2026, 12, 2, 0, 10), tokyo(2026, 12, 2, 0, 30)),
        ("0000", tokyo(2026, 12, 31, 23, 59), tokyo(2027, 1, 1, 0, 0)),
    ],
)
def test_the_next_time_that_it_is_what_was_dialled(digits, now_utc, due_utc):
    due = next_time(read_dialled_time(digits).civil_time, "Asia/Tokyo", now_utc)
    assert due == Due(due_utc.astimezone(ZoneInfo("Asia/Tokyo")).date(), due_utc)


@given(times, zones, instants)
def test_the_next_time_is_the_same_as_once_on_its_date(civil_time, zone, now_utc):
    due = next_time(civil_time, zone, now_utc)
    assert due is not None
    assert now_utc < due.due_utc <= now_utc + timedelta(hours=26)
    assert due == next_due_utc(
        ONCE, civil_time, zone, first_date=due.civil_date, skipped_dates=(), after_utc=now_utc
    )


@given(st.integers(1, MOST_MINUTES), instants)
def test_a_delay_is_as_long_as_was_said_to_the_second(minutes, now_utc):
    late = in_minutes(minutes, now_utc) - now_utc - timedelta(minutes=minutes)
    assert timedelta(seconds=-1) < late <= timedelta()


@pytest.mark.parametrize("minutes", [0, -5, MOST_MINUTES + 1, 10**20])
def test_a_delay_of_nothing_or_of_more_than_a_day_is_refused(minutes):
    with pytest.raises(ScheduleError, match="1 to 1440 minutes"):
        in_minutes(minutes, LONG_AGO_UTC)
