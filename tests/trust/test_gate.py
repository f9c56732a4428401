"""What may be booked and what may be rung."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from support.trusted import FAR, NOON_UTC, OWN, ROUND, RULES, SETTINGS, call_for_proof, events, prove

from store.database import Database
from trust import opt_outs
from trust.allowed import UNMARKED
from trust.answers import Answer, Granted, Purpose, Reason, Refused
from trust.gate import may_book, may_opt_out, may_ring
from trust.proofs import revoke
from trust.rows import By
from trust.settings import Rate, TrustSettings
from trust.target import Target

pytestmark = pytest.mark.unit

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def ring(
    database: Database,
    target: Target,
    *,
    at_utc: datetime = NOON_UTC,
    settings: TrustSettings = SETTINGS,
    proving: bool = False,
) -> Answer:
    purpose = Purpose.PROVING if proving else Purpose.WANTED
    return database.write(may_ring, settings, target, purpose, at_utc)


def book(
    database: Database,
    source: Target | None,
    target: Target,
    *,
    at_utc: datetime = NOON_UTC,
    settings: TrustSettings = SETTINGS,
) -> Answer:
    return database.write(may_book, settings, source, target, at_utc)


def why(answer: Answer) -> Reason | None:
    return answer.reason if isinstance(answer, Refused) else None


def test_a_telephone_of_the_exchange_books_and_is_rung_without_a_proof(database: Database):
    assert book(database, OWN, OWN) == Granted(needs_proof=False)
    assert ring(database, OWN) == Granted()
    assert why(ring(database, OWN, proving=True)) is Reason.PROVED_ALREADY


def test_a_number_behind_a_trunk_is_booked_but_not_rung_before_it_is_proved(database: Database):
    assert book(database, FAR, FAR) == Granted(needs_proof=True)
    assert why(ring(database, FAR)) is Reason.UNPROVED
    database.write(prove, FAR, NOON_UTC)
    assert book(database, FAR, FAR) == Granted(needs_proof=False)
    assert ring(database, FAR) == Granted()


def test_an_unmarked_caller_of_an_exchange_with_trunks_is_proved_first(database: Database):
    unmarked = replace(OWN, trunk=UNMARKED)
    assert book(database, unmarked, unmarked) == Granted(needs_proof=True)
    assert why(ring(database, unmarked)) is Reason.UNPROVED
    database.write(prove, unmarked, NOON_UTC)
    assert ring(database, unmarked) == Granted()


def test_only_the_telephone_itself_or_the_operator_asks_for_an_unproved_number(database: Database):
    assert why(book(database, OWN, FAR)) is Reason.UNPROVED
    assert why(book(database, ROUND, FAR)) is Reason.UNPROVED
    assert book(database, None, FAR) == Granted(needs_proof=True)


def test_a_telephone_is_itself_by_whichever_of_our_extensions(database: Database):
    assert book(database, replace(FAR, extension="other"), FAR) == Granted(needs_proof=True)
    assert why(book(database, replace(FAR, trunk="C"), FAR)) is Reason.UNPROVED


def test_an_unproved_number_is_rung_once_in_24_hours(database: Database):
    assert ring(database, FAR, proving=True) == Granted()
    for later in (timedelta(0), SECOND, DAY - SECOND):
        assert ring(database, FAR, proving=True, at_utc=NOON_UTC + later) == Refused(
            Reason.PROVING_LATELY, NOON_UTC + DAY
        )
    assert ring(database, FAR, proving=True, at_utc=NOON_UTC + DAY) == Granted()


def test_a_clock_that_was_set_back_rings_nobody_twice(database: Database):
    assert ring(database, FAR, proving=True) == Granted()
    assert why(ring(database, FAR, proving=True, at_utc=NOON_UTC - DAY * 3)) is Reason.PROVING_LATELY


def test_by_whatever_way_a_telephone_is_rung_once(database: Database):
    assert ring(database, ROUND, proving=True) == Granted()
    assert why(ring(database, FAR, proving=True)) is Reason.PROVING_LATELY


def test_a_proof_holds_for_its_trunk_and_number_alone(database: Database):
    database.write(prove, FAR, NOON_UTC)
    moved = {"home": replace(RULES, trunks={"D": "390"})}
    settings = replace(SETTINGS, exchanges=moved)
    assert why(ring(database, replace(FAR, trunk="D"), settings=settings)) is Reason.UNPROVED
    assert why(ring(database, ROUND)) is Reason.UNPROVED
    assert why(ring(database, replace(FAR, number="3901002"))) is Reason.UNPROVED


def test_a_proof_ends_after_its_days_and_can_be_renewed_before(database: Database):
    database.write(prove, FAR, NOON_UTC)
    end_utc = NOON_UTC + 180 * DAY
    assert ring(database, FAR, at_utc=end_utc - SECOND) == Granted()
    assert why(ring(database, FAR, at_utc=end_utc)) is Reason.UNPROVED
    assert why(ring(database, FAR, proving=True, at_utc=end_utc - 15 * DAY)) is Reason.PROVED_ALREADY
    assert ring(database, FAR, proving=True, at_utc=end_utc - 14 * DAY) == Granted()


def test_a_revoked_number_is_unproved_again(database: Database):
    database.write(prove, FAR, NOON_UTC)
    assert database.write(revoke, "home", FAR.number, NOON_UTC)
    assert why(ring(database, FAR)) is Reason.UNPROVED
    assert not database.write(revoke, "home", FAR.number, NOON_UTC)
    assert events(database) == ["trust.proved", "trust.revoked"]


@pytest.mark.parametrize("number", ["110", "0312345678", "39"])
def test_what_is_not_allowed_is_neither_booked_nor_rung(database: Database, number: str):
    target = replace(OWN, number=number)
    assert why(book(database, None, target)) is not None
    assert why(ring(database, target)) is not None
    assert why(ring(database, target, proving=True)) is not None


def test_an_exchange_or_trunk_that_the_operator_removed_rings_nobody(database: Database):
    assert why(ring(database, replace(OWN, exchange="gone"))) is Reason.NO_EXCHANGE
    assert why(ring(database, FAR, settings=TrustSettings({"home": replace(RULES, trunks={})}))) is (
        Reason.UNKNOWN_TRUNK
    )


# -- quotas --


def test_bookings_of_one_source_are_counted_for_whatever_it_books(database: Database):
    settings = replace(SETTINGS, per_source=Rate(2, 3))
    other = replace(OWN, number="1002")
    assert book(database, OWN, OWN, settings=settings) == Granted()
    assert book(database, OWN, other, settings=settings) == Granted()
    assert book(database, OWN, OWN, settings=settings) == Refused(
        Reason.SOURCE_QUOTA, NOON_UTC + timedelta(hours=1), "home"
    )
    assert book(database, other, OWN, settings=settings) == Granted()
    assert book(database, None, OWN, settings=settings) == Granted()
    next_hour_utc = NOON_UTC + timedelta(hours=1)
    assert book(database, OWN, OWN, settings=settings, at_utc=next_hour_utc) == Granted()
    assert book(database, OWN, OWN, settings=settings, at_utc=next_hour_utc) == Refused(
        Reason.SOURCE_QUOTA, NOON_UTC + timedelta(hours=12), "home"
    )
    assert book(database, OWN, OWN, settings=settings, at_utc=NOON_UTC + DAY) == Granted()


@pytest.mark.parametrize(
    ("quota", "reason"),
    [
        ("per_target", Reason.TARGET_QUOTA),
        ("per_trunk", Reason.TRUNK_QUOTA),
        ("in_all", Reason.TOTAL_QUOTA),
    ],
)
def test_calls_are_counted_by_target_by_trunk_and_in_all(database: Database, quota: str, reason: Reason):
    settings = replace(SETTINGS, **{quota: Rate(2, 9)})
    database.write(prove, FAR, NOON_UTC)
    for _ in range(2):
        assert ring(database, FAR, settings=settings) == Granted()
    refused = ring(database, FAR, settings=settings)
    assert refused == Refused(reason, NOON_UTC + timedelta(hours=1), "home", "B")
    assert ring(database, FAR, settings=settings, at_utc=NOON_UTC + timedelta(hours=1)) == Granted()


def test_a_quota_that_was_used_up_is_told_once_an_hour(database: Database):
    settings = replace(SETTINGS, per_target=Rate(1, 9))
    for minutes in (0, 1, 20, 59):
        ring(database, OWN, settings=settings, at_utc=NOON_UTC + timedelta(minutes=minutes))
        other = replace(OWN, number="1002")
        ring(database, other, settings=settings, at_utc=NOON_UTC + timedelta(minutes=minutes))
    assert events(database) == ["trust.quota_refused"]
    for minutes in (60, 61):
        ring(database, OWN, settings=settings, at_utc=NOON_UTC + timedelta(minutes=minutes))
    assert events(database) == ["trust.quota_refused"] * 2


def test_a_flood_of_proving_calls_leaves_alarms_and_the_exchanges_own_telephones_alone(database: Database):
    settings = replace(SETTINGS, per_trunk=Rate(2, 9), in_all=Rate(2, 9))
    database.write(prove, FAR, NOON_UTC - DAY)
    flood = [replace(FAR, number=f"390200{last}") for last in range(4)]
    answers = [ring(database, each, settings=settings, proving=True) for each in flood]
    assert [answer == Granted() for answer in answers] == [True, True, False, False]
    booked = [book(database, each, each, settings=settings) for each in flood]
    assert [answer == Granted(needs_proof=True) for answer in booked] == [True, True, False, False]
    assert ring(database, FAR, settings=settings) == Granted()
    assert book(database, FAR, FAR, settings=settings) == Granted()
    assert book(database, OWN, OWN, settings=settings) == Granted()


def test_claims_that_numbers_be_never_rung_are_counted_by_trunk_but_not_for_whom_it_was_proved(
    database: Database,
):
    """Each leaves a row, so that whoever forges numbers could fill the disk."""
    settings = replace(SETTINGS, per_trunk=Rate(2, 2))

    def opt_out(number: str) -> Reason | None:
        target = replace(FAR, number=number)
        answer = database.write(may_opt_out, settings, target, NOON_UTC)
        if answer == Granted():
            database.write(opt_outs.opt_out, settings, target, By.CLAIM, NOON_UTC)
        return why(answer)

    database.write(prove, FAR, NOON_UTC)
    assert [opt_out(f"390200{last}") for last in (1, 1, 2, 3)] == [None, None, None, Reason.TRUNK_QUOTA]
    assert opt_out(FAR.number) is None
    assert why(database.write(may_opt_out, settings, OWN, NOON_UTC)) is None
    assert why(database.write(may_opt_out, settings, ROUND, NOON_UTC)) is None, (
        "another trunk has its own count"
    )
    assert events(database).count("trust.opted_out") == 3


def test_whoever_was_rung_may_opt_out_however_many_others_did(database: Database):
    """A telephone without keys does by dialling what our call told it."""
    settings = replace(SETTINGS, per_trunk=Rate(1, 1))
    database.write(call_for_proof, FAR, NOON_UTC)
    assert database.write(may_opt_out, settings, replace(FAR, number="3902001"), NOON_UTC) == Granted()
    assert why(database.write(may_opt_out, settings, replace(FAR, number="3902002"), NOON_UTC)) is (
        Reason.TRUNK_QUOTA
    )
    assert database.write(may_opt_out, settings, FAR, NOON_UTC) == Granted()


def test_a_short_proof_is_renewed_in_its_last_quarter_only(database: Database):
    settings = replace(SETTINGS, proof_days=8)
    database.write(prove, FAR, NOON_UTC)
    assert why(ring(database, FAR, proving=True, at_utc=NOON_UTC + 5.9 * DAY, settings=settings)) is (
        Reason.PROVED_ALREADY
    )
    assert ring(database, FAR, proving=True, at_utc=NOON_UTC + 6 * DAY, settings=settings) == Granted()


def test_a_refused_call_counts_nothing(database: Database):
    settings = replace(SETTINGS, per_target=Rate(1, 1))
    for _ in range(3):
        assert why(ring(database, FAR, settings=settings)) is Reason.UNPROVED
    database.write(prove, FAR, NOON_UTC)
    assert ring(database, FAR, settings=settings) == Granted()


def test_a_transaction_that_fails_counts_nothing(database: Database):
    def ring_and_fail(session) -> None:
        call_for_proof(session, FAR, NOON_UTC)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.write(ring_and_fail)
    assert ring(database, FAR, proving=True) == Granted()


def test_a_clock_that_was_set_back_gives_no_fresh_quota(database: Database):
    settings = replace(SETTINGS, per_target=Rate(1, 9))
    assert ring(database, OWN, settings=settings) == Granted()
    assert why(ring(database, OWN, settings=settings, at_utc=NOON_UTC - DAY)) is Reason.TARGET_QUOTA
