"""What alarms can be made of."""

from datetime import date, time

from hypothesis import strategies as st

from schedules.recurrence import Kind, Recurrence

ZONES = ("Asia/Tokyo", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca")
"""None, an hour on either side of midnight UTC, half an hour, and an hour less during Ramadan."""

recurrences = st.one_of(
    st.sampled_from([Recurrence(kind) for kind in Kind if kind is not Kind.WEEKDAYS]),
    st.frozensets(st.integers(0, 6), min_size=1).map(lambda days: Recurrence(Kind.WEEKDAYS, days)),
)
zones = st.sampled_from(ZONES)
dates = st.dates(date(2024, 1, 1), date(2040, 12, 31))
times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
