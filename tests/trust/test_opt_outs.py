"""Telephones that are not to be rung, and who may take that back."""

from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session
from support.trusted import FAR, NOON_UTC, OWN, ROUND, SETTINGS, call_for_proof, events, prove

from store.database import Database
from trust import codes, opt_outs
from trust.answers import Answer, Granted, Purpose, Reason, Refused
from trust.gate import may_book, may_ring
from trust.opt_outs import dialled_by
from trust.rows import By
from trust.target import Target

pytestmark = pytest.mark.unit


def opt_out(database: Database, target: Target, said_by: By) -> None:
    database.write(opt_outs.opt_out, SETTINGS, target, said_by, NOON_UTC)


def take_back(database: Database, target: Target, said_by: By) -> Answer:
    return database.write(opt_outs.take_back, SETTINGS, target, said_by, NOON_UTC)


def is_silent(database: Database, target: Target) -> bool:
    return database.read(opt_outs.is_opted_out, SETTINGS, target)


@pytest.mark.parametrize("target", [OWN, FAR])
@pytest.mark.parametrize("said_by", By)
def test_an_opt_out_holds_at_once_for_everything(database: Database, target: Target, said_by: By):
    if not target.is_own:
        database.write(prove, target, NOON_UTC)
    opt_out(database, target, said_by)
    answers = [
        database.write(may_ring, SETTINGS, target, Purpose.PROVING, NOON_UTC),
        database.write(may_ring, SETTINGS, target, Purpose.WANTED, NOON_UTC),
        database.write(may_book, SETTINGS, target, target, NOON_UTC),
        database.write(may_book, SETTINGS, None, target, NOON_UTC),
    ]
    assert {answer.reason for answer in answers if isinstance(answer, Refused)} == {Reason.OPTED_OUT}
    assert len(answers) == sum(isinstance(answer, Refused) for answer in answers)


def test_who_came_by_a_trunk_only_claims_his_number():
    assert dialled_by(OWN) is By.TELEPHONE
    assert dialled_by(FAR) is By.CLAIM


def test_a_telephone_of_the_exchange_takes_its_own_back(database: Database):
    opt_out(database, OWN, By.TELEPHONE)
    assert take_back(database, OWN, By.TELEPHONE) == Granted()
    assert not is_silent(database, OWN)
    assert events(database) == ["trust.opted_out", "trust.opted_in"]


def test_a_claimed_number_takes_back_what_was_claimed_once_it_is_proved(database: Database):
    opt_out(database, FAR, By.CLAIM)
    assert take_back(database, FAR, By.CLAIM) == Refused(Reason.UNPROVED)
    assert take_back(database, FAR, By.OPERATOR) == Granted()
    database.write(prove, FAR, NOON_UTC)
    opt_out(database, FAR, By.CLAIM)
    assert take_back(database, FAR, By.CLAIM) == Granted()
    assert not is_silent(database, FAR)


@pytest.mark.parametrize(
    ("said_by", "by"),
    [(By.TELEPHONE, By.CLAIM), (By.OPERATOR, By.CLAIM), (By.OPERATOR, By.TELEPHONE)],
)
def test_nobody_takes_back_what_a_stronger_one_said(database: Database, said_by: By, by: By):
    database.write(prove, FAR, NOON_UTC)
    opt_out(database, FAR, said_by)
    opt_out(database, FAR, By.CLAIM)
    assert take_back(database, FAR, by) == Refused(Reason.OPTED_OUT)
    assert is_silent(database, FAR)
    assert take_back(database, FAR, said_by) == Granted()
    assert not is_silent(database, FAR)


@pytest.mark.parametrize("said_by", [By.TELEPHONE, By.OPERATOR])
def test_what_the_telephone_said_holds_by_every_way_that_leads_to_it(database: Database, said_by: By):
    opt_out(database, ROUND, said_by)
    assert is_silent(database, FAR)
    assert not is_silent(database, replace(FAR, number="3901002"))


def test_a_claim_by_another_trunk_silences_nobody_by_this_one(database: Database):
    opt_out(database, ROUND, By.CLAIM)
    assert is_silent(database, ROUND)
    assert not is_silent(database, FAR)


def test_a_mere_claim_neither_ends_the_code_that_was_spoken_nor_outlives_it(database: Database):
    code = database.write(call_for_proof, FAR, NOON_UTC)
    opt_out(database, FAR, By.CLAIM)
    assert is_silent(database, FAR)
    assert database.write(codes.confirm_by_dialling, FAR, code, NOON_UTC) == Granted()
    assert not is_silent(database, FAR)
    assert events(database) == ["trust.opted_out", "trust.proved", "trust.opted_in"]


@pytest.mark.parametrize("said_by", [By.TELEPHONE, By.OPERATOR])
def test_an_opt_out_ends_the_code_that_was_spoken(database: Database, said_by: By):
    code = database.write(call_for_proof, FAR, NOON_UTC)
    opt_out(database, FAR, said_by)
    assert database.write(codes.confirm_by_dialling, FAR, code, NOON_UTC) == Refused(Reason.NO_CODE)


def test_an_opt_out_keeps_its_first_day_and_its_strongest_voice(database: Database):
    opt_out(database, FAR, By.OPERATOR)
    database.write(opt_outs.opt_out, SETTINGS, FAR, By.CLAIM, NOON_UTC + timedelta(days=1))
    by_key = {row.key: row for row in database.read(opt_outs.all_opt_outs)}
    row = by_key["3901001"]
    assert (row.said_by, row.since_utc) == (By.OPERATOR, NOON_UTC)


def test_what_is_said_again_is_told_once_unless_a_stronger_one_says_it(database: Database):
    for said_by in (By.CLAIM, By.CLAIM, By.TELEPHONE, By.CLAIM, By.TELEPHONE, By.OPERATOR):
        opt_out(database, OWN, said_by)
    assert events(database) == ["trust.opted_out"] * 3


def test_two_nodes_may_hear_it_at_once(database: Database, database_url: str):
    other = Database.open(database_url)
    with ThreadPoolExecutor(1) as pool:

        def opt_out_while_the_other_does(session: Session) -> Future[None]:
            opt_outs.opt_out(session, SETTINGS, FAR, By.TELEPHONE, NOON_UTC)
            session.flush()
            same = pool.submit(opt_out, other, FAR, By.OPERATOR)
            assert not wait([same], timeout=0.1).done
            return same

        database.write(opt_out_while_the_other_does).result(10)
    other.close()
    assert take_back(database, FAR, By.TELEPHONE) == Refused(Reason.OPTED_OUT)


def test_taking_back_where_nothing_was_said_is_granted_and_not_told(database: Database):
    assert take_back(database, OWN, By.TELEPHONE) == Granted()
    assert events(database) == []
