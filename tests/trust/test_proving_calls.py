"""At what hours a telephone is rung for a proof, and whose turn it is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from support.trusted import FAR, NOON_UTC, ROUND, RULES, SETTINGS

from store.database import Database
from trust.answers import Granted, Purpose, Reason, Refused
from trust.gate import may_ring
from trust.proving_calls import ask
from trust.settings import TrustSettings
from trust.target import Target

pytestmark = pytest.mark.unit

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
BY_DAY = TrustSettings({"home": RULES})
SEVEN_UTC = datetime(2026, 12, 1, 22, tzinfo=UTC)
"""Of the next morning in Tokyo: at noon UTC it is 21:00 there."""


def ring(
    database: Database, target: Target, at_utc: datetime, settings: TrustSettings = SETTINGS
) -> datetime | None:
    """Ring for a proof, if that may be; else when it may be."""
    answer = database.write(may_ring, settings, target, Purpose.PROVING, at_utc)
    if isinstance(answer, Granted):
        return None
    assert answer == Refused(Reason.PROVING_LATELY, answer.retry_after_utc)
    return answer.retry_after_utc


def wants(
    database: Database, target: Target, at_utc: datetime, settings: TrustSettings = SETTINGS
) -> datetime:
    return database.write(ask, settings, target, at_utc)


@pytest.mark.parametrize(
    ("asked", "rings"),
    [
        ("2026-12-01T06:59:59+09:00", "2026-12-01T07:00:00+09:00"),
        ("2026-12-01T07:00:00+09:00", "2026-12-01T07:00:00+09:00"),
        ("2026-12-01T21:59:59+09:00", "2026-12-01T21:59:59+09:00"),
        ("2026-12-01T22:00:00+09:00", "2026-12-02T07:00:00+09:00"),
        ("2026-12-31T23:30:00+09:00", "2027-01-01T07:00:00+09:00"),
    ],
)
def test_nobody_is_rung_for_a_proof_by_night(database: Database, asked: str, rings: str):
    asked_utc, rings_utc = (datetime.fromisoformat(each).astimezone(UTC) for each in (asked, rings))
    assert wants(database, FAR, asked_utc, BY_DAY) == rings_utc
    waits_utc = None if asked_utc == rings_utc else rings_utc
    assert ring(database, FAR, asked_utc, BY_DAY) == waits_utc
    if waits_utc:
        assert ring(database, FAR, rings_utc, BY_DAY) is None


def test_the_hours_are_those_of_the_zone_whatever_its_clocks_do():
    """In Berlin two o'clock does not exist on the last Sunday of March."""
    berlin = replace(BY_DAY, zone="Europe/Berlin", proving_hours=(2, 20))
    before_utc = datetime(2026, 3, 29, 0, 10, tzinfo=UTC)
    assert berlin.next_proving_utc(before_utc) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert berlin.next_proving_utc(datetime(2026, 3, 29, 18, tzinfo=UTC)) == datetime(
        2026, 3, 30, 0, tzinfo=UTC
    )


def test_from_nought_to_twenty_four_is_always(database: Database):
    at_utc = datetime(2026, 12, 1, 18, 30, tzinfo=UTC)
    assert wants(database, FAR, at_utc) == at_utc
    assert ring(database, FAR, at_utc) is None


def test_a_day_that_ends_by_night_ends_in_the_morning(database: Database):
    assert ring(database, FAR, NOON_UTC, BY_DAY) is None
    half_past_utc = NOON_UTC + 1.5 * HOUR
    assert ring(database, replace(FAR, number="3901002"), half_past_utc, BY_DAY) == SEVEN_UTC
    assert wants(database, FAR, NOON_UTC + HOUR, BY_DAY) == NOON_UTC + DAY


def test_the_trunk_that_waits_goes_before_the_one_that_was_rung(database: Database):
    assert ring(database, ROUND, NOON_UTC) is None
    assert wants(database, FAR, NOON_UTC + HOUR) == NOON_UTC + DAY
    assert wants(database, ROUND, NOON_UTC + 2 * HOUR) == NOON_UTC + DAY + HOUR
    assert ring(database, ROUND, NOON_UTC + DAY) == NOON_UTC + DAY + HOUR
    assert ring(database, FAR, NOON_UTC + DAY) is None
    assert ring(database, FAR, NOON_UTC + 2 * DAY) == NOON_UTC + 2 * DAY + HOUR, "now it is the other's turn"
    assert ring(database, ROUND, NOON_UTC + 2 * DAY) is None


def test_who_does_not_come_in_his_turn_loses_it(database: Database):
    assert ring(database, ROUND, NOON_UTC) is None
    wants(database, FAR, NOON_UTC + HOUR)
    assert ring(database, ROUND, NOON_UTC + DAY + HOUR) is None


def test_who_asks_in_vain_for_days_does_not_keep_the_others_away(database: Database):
    """An attacker may use up his own trunk's quota, so that his turn never comes to an end by a call."""
    for days in range(6):
        at_utc = NOON_UTC + days * DAY
        assert wants(database, ROUND, at_utc) >= at_utc
        rung = [ring(database, FAR, at_utc + hours * HOUR) is None for hours in range(3)]
        assert any(rung)


def test_by_night_the_first_to_ask_goes_first_in_the_morning(database: Database):
    assert wants(database, ROUND, NOON_UTC + 2 * HOUR, BY_DAY) == SEVEN_UTC
    assert wants(database, FAR, NOON_UTC + 3 * HOUR, BY_DAY) == SEVEN_UTC + HOUR
    assert ring(database, FAR, SEVEN_UTC, BY_DAY) == SEVEN_UTC + HOUR
    assert ring(database, ROUND, SEVEN_UTC, BY_DAY) is None


def test_another_telephone_is_not_concerned(database: Database):
    assert ring(database, ROUND, NOON_UTC) is None
    wants(database, FAR, NOON_UTC)
    other = replace(ROUND, number="51003901002")
    assert wants(database, other, NOON_UTC) == NOON_UTC
    assert ring(database, other, NOON_UTC) is None
