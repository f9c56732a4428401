"""Summer time comes and goes while a node is on duty: each alarm rings once, at the instant that docs/wakeup.md says."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from support.alarms import wish
from support.contexts import InlineStore
from support.on_duty import acknowledged, on_duty
from support.passing_utc import PassingUtc
from support.virtual_time import run_virtually

from schedules import booking

pytestmark = pytest.mark.unit

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
HALF_AN_HOUR = timedelta(minutes=30)
SHORTLY = timedelta(seconds=0.5)


@pytest.mark.parametrize(
    ("zone", "changes_on", "rings"),
    [
        pytest.param(
            BERLIN,
            date(2026, 3, 29),  # at 1:00 UTC, 2:00 becomes 3:00
            {
                ("01:30", "once"): ["29 00:30"],
                ("02:00", "once"): ["29 01:00"],
                ("02:30", "once"): ["29 01:30"],
                ("03:00", "once"): ["29 01:00"],
                ("02:30", "daily"): ["29 01:30", "30 00:30"],
                ("06:30", "daily"): ["29 04:30", "30 04:30"],
            },
            id="it comes to Berlin",
        ),
        pytest.param(
            BERLIN,
            date(2026, 10, 25),  # at 1:00 UTC, 3:00 becomes 2:00
            {
                ("01:30", "once"): ["24 23:30"],
                ("02:00", "once"): ["25 00:00"],
                ("02:30", "once"): ["25 00:30"],
                ("03:00", "once"): ["25 02:00"],
                ("02:30", "daily"): ["25 00:30", "26 01:30"],
                ("06:30", "daily"): ["25 05:30", "26 05:30"],
            },
            id="it goes from Berlin",
        ),
        pytest.param(
            NEW_YORK,
            date(2026, 3, 8),  # at 7:00 UTC, 2:00 becomes 3:00
            {
                ("01:30", "once"): ["08 06:30"],
                ("02:30", "once"): ["08 07:30"],
                ("03:30", "once"): ["08 07:30"],
                ("02:30", "daily"): ["08 07:30", "09 06:30"],
                ("06:30", "daily"): ["08 10:30", "09 10:30"],
            },
            id="it comes to New York",
        ),
        pytest.param(
            NEW_YORK,
            date(2026, 11, 1),  # at 6:00 UTC, 2:00 becomes 1:00
            {
                ("01:30", "once"): ["01 05:30"],
                ("02:00", "once"): ["01 07:00"],
                ("01:30", "daily"): ["01 05:30", "02 06:30"],
                ("06:30", "daily"): ["01 11:30", "02 11:30"],
            },
            id="it goes from New York",
        ),
    ],
)
def test_each_alarm_rings_once_at_its_instant(
    sqlite_url: str, zone: str, changes_on: date, rings: dict[tuple[str, str], list[str]]
):
    """Two nights pass half an hour at a time, on the second: none early, none late, none twice."""
    noon_before_utc = datetime.combine(changes_on, time(12), UTC) - timedelta(days=1)
    numbers = {asked: str(1001 + n) for n, asked in enumerate(rings)}

    async def main() -> dict[str, list[datetime]]:
        now_utc = PassingUtc(noon_before_utc)
        async with on_duty(sqlite_url, acknowledged, now_utc=now_utc, kind_of_store=InlineStore) as node:
            for (at, recurrence), number in numbers.items():
                alarm = wish(number, time.fromisoformat(at), recurrence, first_date=changes_on, zone=zone)
                await node.store.write(booking.book, alarm, now_utc())
            for half_hours in range(1, 2 * 48 + 1):
                instant_utc = noon_before_utc + half_hours * HALF_AN_HOUR
                now_utc.become(instant_utc - SHORTLY)
                await node.looks(2)
        rung: dict[str, list[datetime]] = {number: [] for number in numbers.values()}
        for ring, at_utc in node.rung:
            assert ring.late_s == 0
            rung[ring.telephone.number].append(at_utc)
        return rung

    rung = run_virtually(main())
    for asked, instants in rings.items():
        assert [f"{at_utc:%d %H:%M:%S}" for at_utc in rung[numbers[asked]]] == [f"{at}:00" for at in instants]
