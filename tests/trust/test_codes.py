"""Codes: how they are given back, and what guessing comes to."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session
from support.trusted import FAR, NOON_UTC, OWN, ROUND, SETTINGS, call_for_proof, events, prove

from store.database import Database
from trust import codes
from trust.answers import Granted, Purpose, Reason, Refused
from trust.gate import may_ring
from trust.proofs import proof_of
from trust.rows import Code

pytestmark = pytest.mark.unit

DAY = timedelta(days=1)
WRONG = "888888888888"


def is_proved(database: Database, target=FAR, at_utc=NOON_UTC) -> bool:
    return database.read(proof_of, SETTINGS, target, at_utc) is not None


def dial(database: Database, code: str, target=FAR, at_utc=NOON_UTC):
    return database.write(codes.confirm_by_dialling, target, code, at_utc)


def lock(database: Database) -> str:
    code = database.write(call_for_proof, FAR, NOON_UTC)
    answers = [dial(database, WRONG) for _ in range(codes.MOST_WRONG_TRIES[codes.LENGTH])]
    assert answers == [Refused(Reason.WRONG_CODE)] * 4 + [Refused(Reason.CODE_LOCKED, NOON_UTC + DAY)]
    return code


def test_codes_are_spread_over_all_digits_at_every_place(database: Database):
    drawn = [database.write(codes.issue, SETTINGS, FAR, NOON_UTC) for _ in range(60)]
    assert {len(code) for code in drawn} == {codes.LENGTH}
    assert len(set(drawn)) == len(drawn)
    assert set(Counter("".join(drawn))) == set(codes.DIGITS)


@pytest.mark.parametrize("confirm", [codes.confirm_by_dialling, codes.confirm_by_keys])
def test_the_right_code_proves_the_number_once(database: Database, confirm):
    code = database.write(call_for_proof, FAR, NOON_UTC)
    assert not is_proved(database)
    assert database.write(confirm, FAR, code, NOON_UTC + DAY / 2) == Granted()
    assert is_proved(database)
    assert database.write(confirm, FAR, code, NOON_UTC) == Refused(Reason.NO_CODE)
    assert events(database) == ["trust.proved"]


@pytest.mark.parametrize("confirm", [codes.confirm_by_dialling, codes.confirm_by_keys])
def test_a_code_lives_24_hours(database: Database, confirm):
    code = database.write(call_for_proof, FAR, NOON_UTC)
    assert database.write(confirm, FAR, code, NOON_UTC + DAY) == Refused(Reason.NO_CODE)
    assert not is_proved(database)


def test_after_five_wrong_ones_the_right_one_is_refused_when_dialled_and_told_of_once(database: Database):
    code = lock(database)
    assert dial(database, code) == Refused(Reason.CODE_LOCKED, NOON_UTC + DAY)
    assert dial(database, WRONG) == Refused(Reason.CODE_LOCKED, NOON_UTC + DAY)
    assert not is_proved(database)
    assert events(database) == ["trust.code_locked"]


def test_a_locked_code_still_counts_when_it_is_pressed_in_our_own_call(database: Database):
    code = lock(database)
    assert database.write(codes.confirm_by_keys, FAR, WRONG, NOON_UTC) == Refused(Reason.WRONG_CODE)
    assert database.write(codes.confirm_by_keys, FAR, code, NOON_UTC) == Granted()


def spend(database: Database, tries: int) -> None:
    """So many wrong ones have been dialled."""

    def work(session: Session) -> None:
        row = session.get(Code, (FAR.exchange, FAR.number))
        assert row is not None
        row.wrong_tries = tries

    database.write(work)


def test_the_next_days_code_is_a_long_one_that_cannot_be_locked_in_time(database: Database):
    old = lock(database)
    new = database.write(call_for_proof, FAR, NOON_UTC + DAY)
    assert (len(old), len(new)) == (12, 16)
    for wrong in (old, new[:12], new[:-1] + "8"):
        assert dial(database, wrong, at_utc=NOON_UTC + DAY) == Refused(Reason.WRONG_CODE)
    spend(database, 29_999)
    assert dial(database, new, at_utc=NOON_UTC + DAY) == Granted()


def test_a_long_code_is_locked_in_the_end_too_and_the_next_is_as_long(database: Database):
    lock(database)
    code = database.write(call_for_proof, FAR, NOON_UTC + DAY)
    spend(database, 29_999)
    locked = Refused(Reason.CODE_LOCKED, NOON_UTC + 2 * DAY)
    assert dial(database, WRONG, at_utc=NOON_UTC + DAY) == locked
    assert dial(database, code, at_utc=NOON_UTC + DAY) == locked
    assert len(database.write(call_for_proof, FAR, NOON_UTC + 2 * DAY)) == codes.LONG


def test_after_a_quiet_day_or_a_week_codes_are_short_again(database: Database):
    lock(database)
    database.write(call_for_proof, FAR, NOON_UTC + DAY)
    spend(database, 4)
    assert len(database.write(call_for_proof, FAR, NOON_UTC + 2 * DAY)) == codes.LENGTH
    spend(database, 5)
    assert len(database.write(call_for_proof, FAR, NOON_UTC + 10 * DAY)) == codes.LENGTH


def test_a_telephone_that_another_trunk_claims_too_has_a_long_code_at_once(database: Database):
    assert len(database.write(call_for_proof, ROUND, NOON_UTC)) == codes.LENGTH
    assert len(database.write(call_for_proof, FAR, NOON_UTC + DAY)) == codes.LONG
    assert len(database.write(call_for_proof, FAR, NOON_UTC + 8 * DAY)) == codes.LENGTH


@pytest.mark.parametrize(
    "elsewhere",
    [replace(FAR, trunk="C"), replace(OWN, number=FAR.number), replace(FAR, exchange="away"), OWN, ROUND],
)
def test_from_elsewhere_even_the_right_code_is_not_looked_at_and_no_try_is_counted(
    database: Database, elsewhere
):
    code = database.write(call_for_proof, FAR, NOON_UTC)
    for _ in range(9):
        assert dial(database, code, target=elsewhere) == Refused(Reason.NO_CODE)
    assert dial(database, code) == Granted()


def test_tries_do_not_touch_a_proof(database: Database):
    database.write(prove, FAR, NOON_UTC)
    for _ in range(9):
        assert dial(database, WRONG) == Refused(Reason.NO_CODE)
    assert is_proved(database)
    assert database.write(may_ring, SETTINGS, FAR, Purpose.WANTED, NOON_UTC) == Granted()


def test_tries_during_a_renewal_do_not_touch_the_proof_that_holds(database: Database):
    database.write(prove, FAR, NOON_UTC)
    late_utc = NOON_UTC + 175 * DAY
    database.write(call_for_proof, FAR, late_utc)
    for _ in range(9):
        dial(database, WRONG, at_utc=late_utc)
    assert is_proved(database, at_utc=late_utc)


def test_guessing_is_hopeless():
    """Whatever number of calls: a code bears so many wrong tries, and a telephone has one code a day."""
    chance_of_code = {length: most / 7**length for length, most in codes.MOST_WRONG_TRIES.items()}
    assert chance_of_code[codes.LENGTH] < 1 / 2_700_000_000
    assert chance_of_code[codes.LONG] < 1 / 1_100_000_000
    assert 366 * max(chance_of_code.values()) < 1 / 3_000_000
    assert 180 * max(chance_of_code.values()) < 1 / 6_000_000


def test_a_code_is_told_from_a_time_of_the_morning_call_by_its_length():
    assert len("7") + codes.LENGTH not in {len("7HHMM"), len("7DHHMM")}
