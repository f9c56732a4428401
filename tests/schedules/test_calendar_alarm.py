"""What a calendar file's alarm may hold."""

from datetime import UTC, date, time

import pytest

from schedules.calendar_alarm import CalendarAlarm
from schedules.errors import ScheduleError
from schedules.recurrence import Kind, Recurrence

pytestmark = pytest.mark.unit

DAILY = Recurrence(Kind.DAILY)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"uid": ""}, "no UID"),
        ({"uid": "a\nb"}, "more than one line"),
        ({"uid": "a\0"}, "control character"),
        ({"message": "a\rb"}, "control character"),
        ({"message": "\ud800"}, "control character"),
        ({"number": "sip:7000"}, "cannot be dialled"),
        ({"number": "７０００"}, "cannot be dialled"),
        ({"civil_time": time(7, 0, 0, 5)}, "parts of a second"),
        ({"civil_time": time(7, tzinfo=UTC)}, "zone of its own"),
        ({"zone": "Asia/Atlantis"}, "unknown time zone"),
    ],
)
def test_what_a_file_cannot_hold_is_refused_with_the_reason(changed, reason):
    alarm = {
        "uid": "1",
        "civil_time": time(7),
        "first_date": date(2026, 12, 1),
        "zone": "Asia/Tokyo",
        "recurrence": DAILY,
    }
    assert CalendarAlarm(**alarm).number == ""
    with pytest.raises(ScheduleError, match=reason):
        CalendarAlarm(**alarm | changed)
