"""A node's duty: rung on the second, written, cancelled, left to others, on a real database and a real clock."""

import asyncio
import statistics
import time
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, update
from sqlalchemy.orm import Session
from support.alarms import Night, wish
from support.on_duty import acknowledged, for_ever, host_utc, on_duty, until

from schedules import booking
from schedules.duty import Report
from schedules.nodes import Lease
from schedules.outcomes import Outcome
from schedules.policy import Policy
from schedules.rows import Attempt, Node, Occurrence
from schedules.taking import Ring
from store.database import Database
from store.store import Store

pytestmark = pytest.mark.unit


def test_it_rings_on_the_second_and_what_came_of_it_is_written(database_url: str):
    """Never early, and most of five within a quarter of a second: at one or two of them the machine may be held up."""

    async def main() -> None:
        async with on_duty(database_url, acknowledged) as node:
            alarms = [await node.book(1.5 + n / 5, str(1001 + n)) for n in range(5)]
            for alarm in alarms:
                await node.state_becomes(alarm, "acknowledged")
            late_s = [(rung_utc - ring.due_utc).total_seconds() for ring, rung_utc in node.rung]
            assert len(late_s) == len(alarms)
            assert 0 <= min(late_s) <= statistics.median(late_s) < 0.25
            assert node.night.history(alarms[0]) == ["booked", "ringing", "acknowledged"]

    asyncio.run(main())


def test_what_was_due_before_the_start_rings_at_the_start(sqlite_url: str):
    database = Database.open(sqlite_url)
    alarm = database.write(booking.book_at, wish(), host_utc() - timedelta(seconds=60), host_utc()).alarm_id
    database.close()

    async def main() -> None:
        async with on_duty(sqlite_url, acknowledged) as node:
            await node.state_becomes(alarm, "acknowledged")
            [(ring, _)] = node.rung
            assert ring.late_s == pytest.approx(60, abs=5)

    asyncio.run(main())


def test_who_calls_us_before_his_alarm_leaves_is_not_called(sqlite_url: str):
    calling: list[tuple[str, str]] = []

    def calls_now(*_: object) -> str:
        """Once his alarm is being taken."""
        calling.append(("home", "1001"))
        return ""

    async def main() -> None:
        async with on_duty(sqlite_url, acknowledged, in_use=lambda: calling, gate=calls_now) as node:
            alarm = await node.book(0)
            await node.state_becomes(alarm, "retry")
            assert (node.rung, node.night.outcomes(alarm)) == ([], ["busy"])

    asyncio.run(main())


def test_cancelled_while_it_rings_its_call_is_broken_off_at_once(database_url: str):
    async def main() -> None:
        async with on_duty(database_url, for_ever) as node:
            alarm = await node.book(0)
            await node.rings(alarm)
            await asyncio.to_thread(node.night.cancel, alarm)
            await node.breaks_off()
            assert node.night.outcomes(alarm) == ["cancelled"]

    asyncio.run(main())


def test_cancelled_while_others_are_being_taken_its_call_is_broken_off_at_once(postgres_url: str):
    """Hundreds of one instant take a second."""

    def slow(_session: Session, occurrence: Occurrence, _now_utc: datetime) -> str:
        if occurrence.number == "1002":
            time.sleep(2)
        return ""

    async def main() -> None:
        async with on_duty(postgres_url, for_ever, gate=slow) as node:
            alarm = await node.book(0)
            await node.rings(alarm)
            await node.book(0, "1002")
            await asyncio.sleep(0.3)
            await asyncio.to_thread(node.night.cancel, alarm)
            async with asyncio.timeout(1):
                await node.breaks_off()

    asyncio.run(main())


def test_what_others_have_ended_is_broken_off_soon_although_no_news_came(sqlite_url: str, monkeypatch):
    monkeypatch.setattr("schedules.duty.ENDED_LOOKED_AT_EACH_S", 0.1)

    async def main() -> None:
        async with on_duty(sqlite_url, for_ever) as node:
            await node.rings(await node.book(0))
            await asyncio.to_thread(node.night.database.write, end_attempts)
            async with asyncio.timeout(2):
                await node.breaks_off()

    asyncio.run(main())


def end_attempts(session: Session) -> None:
    """Write what came of them, and tell nobody."""
    session.execute(update(Attempt).values(outcome=Outcome.CANCELLED))


def test_at_the_end_of_the_program_what_rings_is_broken_off_and_rings_again_later(sqlite_url: str):
    async def main() -> tuple[int, list[int]]:
        async with on_duty(sqlite_url, for_ever) as node:
            alarm = await node.book(0)
            await node.rings(alarm)
        return alarm, node.broken_off

    alarm, broken_off = asyncio.run(main())
    database = Database.open(sqlite_url)
    night = Night(database)
    assert broken_off == [alarm]
    assert (night.state(alarm), night.outcomes(alarm)) == ("retry", ["unknown"])
    database.close()


def test_a_fault_of_the_ringing_counts_as_unknown_and_others_go_on(sqlite_url: str):
    async def make(ring: Ring) -> Report:
        if ring.telephone.number == "1001":
            raise ZeroDivisionError
        return Report(Outcome.ACKNOWLEDGED)

    async def main() -> None:
        async with on_duty(sqlite_url, make) as node:
            broken, good = await node.book(0, "1001"), await node.book(0, "1002")
            await node.state_becomes(broken, "retry")
            await node.state_becomes(good, "acknowledged")

    asyncio.run(main())


def test_an_outcome_is_written_once_the_database_can_be_had_again(sqlite_url: str, monkeypatch):
    monkeypatch.setattr("store.database.LOCK_TIMEOUT_S", 0.1)
    monkeypatch.setattr("schedules.duty.WRITTEN_AGAIN_AFTER_S", 0.05)
    ends = asyncio.Event()

    async def make(_: Ring) -> Report:
        await ends.wait()
        return Report(Outcome.ACKNOWLEDGED)

    async def main() -> None:
        async with on_duty(sqlite_url, make) as node:
            alarm = await node.book(0)
            await node.rings(alarm)
            holder = Database.open(sqlite_url)
            held, lets_go = asyncio.Event(), asyncio.Event()
            loop = asyncio.get_running_loop()

            def hold(_: Session) -> None:
                loop.call_soon_threadsafe(held.set)
                asyncio.run_coroutine_threadsafe(lets_go.wait(), loop).result()

            holding = asyncio.create_task(asyncio.to_thread(holder.write, hold))
            await held.wait()
            ends.set()
            await asyncio.sleep(0.3)
            lets_go.set()
            await holding
            await node.state_becomes(alarm, "acknowledged")
            holder.close()

    asyncio.run(main())


def test_a_clock_that_is_set_forward_rings_what_it_passed_over_once(sqlite_url: str):
    """By two hours, over two alarms: the one still valid rings, marked late; the other is told of."""
    offset = timedelta(0)

    def stepped_utc() -> datetime:
        return host_utc() + offset

    async def main() -> None:
        nonlocal offset
        async with on_duty(sqlite_url, acknowledged, now_utc=stepped_utc) as node:
            passed, valid, later = [await node.book(hours * 3600, number) for hours, number in HOURS]
            offset = timedelta(hours=2)
            node.duty.told()
            await node.state_becomes(valid, "acknowledged")
            assert node.night.state(passed) == "expired"
            [(ring, _)] = node.rung
            assert ring.late_s == pytest.approx(600, abs=5)
            offset = timedelta(0)
            node.duty.told()
            await asyncio.sleep(0.2)
            assert len(node.rung) == 1, "set back again, nothing rings twice"
            assert node.night.state(later) == "booked"

    asyncio.run(main())


HOURS = ((1, "1001"), (2 - 600 / 3600, "1002"), (3, "1003"))


def test_a_clock_that_is_set_back_delays_what_was_not_due_yet_and_repeats_nothing(sqlite_url: str):
    offset = timedelta(0)

    def stepped_utc() -> datetime:
        return host_utc() + offset

    async def main() -> None:
        nonlocal offset
        async with on_duty(sqlite_url, acknowledged, now_utc=stepped_utc) as node:
            first = await node.book(0)
            await node.state_becomes(first, "acknowledged")
            offset = -timedelta(hours=2)
            node.duty.told()
            second = await node.book(0.5 - 7200, "1002")
            await node.state_becomes(second, "acknowledged")
            assert len(node.rung) == 2

    asyncio.run(main())


def test_of_two_nodes_each_alarm_is_rung_by_one(postgres_url: str):
    async def main() -> None:
        async with on_duty(postgres_url, acknowledged) as one, on_duty(postgres_url, acknowledged) as other:
            alarms = [await one.book(1, str(1000 + n)) for n in range(10)]
            for alarm in alarms:
                await one.state_becomes(alarm, "acknowledged")
            rung = [ring.alarm_id for node in (one, other) for ring, _ in node.rung]
            assert sorted(rung) == sorted(alarms)

    asyncio.run(main())


def test_a_node_whose_lease_is_gone_begins_no_call_and_ends_those_it_has(postgres_url: str, monkeypatch):
    monkeypatch.setattr("schedules.duty.RENEWED_EVERY_S", 0.2)

    async def main() -> None:
        async with on_duty(postgres_url, for_ever) as node:
            first, later = await node.book(0), await node.book(2.9, "1002")
            await node.rings(first)
            await node.state_becomes(later, "ringing")
            monkeypatch.setattr(Lease, "renew", never_renewed)
            monkeypatch.setattr(Lease, "holds", False)
            await node.breaks_off()
            assert [ring.alarm_id for ring, _ in node.rung] == [first]
            await node.state_becomes(later, "retry")

    asyncio.run(main())


def test_a_node_that_was_stopped_before_it_could_take_anything_takes_nothing_until_it_has_its_lease_again(
    postgres_url: str, monkeypatch
):
    """Stopped and gone on after it has asked its own clock, it holds the lease by that, and not by the database."""
    monkeypatch.setattr("schedules.duty.RENEWED_EVERY_S", 0.2)

    async def main() -> None:
        async with on_duty(postgres_url, acknowledged) as node:
            with monkeypatch.context() as stopped:
                stopped.setattr(Lease, "renew", never_renewed)
                await asyncio.sleep(0.5)  # one that has begun comes to its end
                await node.store.write(expire_leases)
                alarm = await node.book(0)
                await node.looks(0.5)
                assert node.night.history(alarm) == ["booked"]
                node.duty._lease._holds_until_boottime_s = 0
            await node.state_becomes(alarm, "acknowledged")

    asyncio.run(main())


async def never_renewed(_: Lease, __: Store) -> None:
    """The server cannot be had."""


def expire_leases(session: Session) -> None:
    """As if they had not been renewed for long."""
    session.execute(update(Node).values(leased_until=func.clock_timestamp()))


def test_what_a_node_left_while_its_lease_was_gone_goes_on_when_it_has_it_again(postgres_url, monkeypatch):
    """It is the only node: nobody else would close what it has begun. The exchange gives up after one second here."""
    monkeypatch.setattr("schedules.attempts.SETTLES_AFTER", timedelta(seconds=-4))
    monkeypatch.setattr("schedules.attempts.SILENT_FOR", timedelta(0))
    monkeypatch.setattr("schedules.ticker.LONGEST_SLEEP", timedelta(seconds=0.1))

    async def main() -> None:
        async with on_duty(postgres_url, for_ever) as node:
            alarm = await node.book(2.3, policy=Policy(ring_s=5))
            await until(lambda: bool(node.duty._under_way))
            with monkeypatch.context() as lapse:
                lapse.setattr(Lease, "holds", False)
                await until(lambda: not node.duty._under_way)
            await node.state_becomes(alarm, "retry")
            assert (node.rung, node.night.outcomes(alarm)) == ([], ["unknown"])

    asyncio.run(main())
