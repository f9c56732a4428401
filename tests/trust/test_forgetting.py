"""What no longer counts is not kept, and what others are about to use is left alone."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from support.trusted import FAR, NOON_UTC, SETTINGS, call_for_proof, prove

from store.database import Database
from trust import consents, opt_outs
from trust.forgetting import forget
from trust.gate import may_book
from trust.rows import By, Code, Consent, Count, OptOut, Proof, ProvingCall, ProvingTurn

pytestmark = pytest.mark.unit

SECOND = replace(FAR, number="3902002")


def kept(database: Database) -> dict[str, int]:
    def count(session: Session) -> dict[str, int]:
        tables = (Proof, Code, Consent, ProvingCall, ProvingTurn, OptOut, Count)
        return {table.__name__: session.scalar(select(func.count()).select_from(table)) for table in tables}

    return database.read(count)


def leave_some(database: Database, at_utc: datetime) -> None:
    database.write(prove, FAR, at_utc)
    database.write(call_for_proof, SECOND, at_utc)
    database.write(opt_outs.opt_out, SETTINGS, FAR, By.CLAIM, at_utc)
    database.write(consents.note_question, SECOND, "1001", at_utc)
    database.write(consents.give, SECOND, "1002", at_utc)


def test_after_two_days_counts_and_proving_calls_are_gone_later_codes_and_turns_and_the_rest_stays(
    database: Database,
):
    leave_some(database, NOON_UTC)
    before = kept(database)
    database.write(forget, NOON_UTC + timedelta(hours=35))
    assert kept(database) == before
    database.write(forget, NOON_UTC + timedelta(hours=61))
    assert kept(database) == before | {"ProvingCall": 0, "Count": 0}
    database.write(forget, NOON_UTC + timedelta(days=8, seconds=1))
    assert kept(database) == dict.fromkeys(before, 0) | {"Proof": 1, "OptOut": 1, "Consent": 1}


def test_it_is_done_by_the_first_that_is_granted_in_an_hour(database: Database):
    leave_some(database, NOON_UTC - timedelta(days=9))
    database.write(may_book, SETTINGS, SECOND, SECOND, NOON_UTC)
    gone = {"Code": 0, "ProvingCall": 0, "ProvingTurn": 0}
    assert kept(database) == {"Proof": 1, "OptOut": 1, "Consent": 1, "Count": 6} | gone


def test_a_row_that_another_transaction_holds_is_left_and_not_waited_for(postgres_url: str):
    database, other = Database.open(postgres_url), Database.open(postgres_url)
    leave_some(database, NOON_UTC)
    later_utc = NOON_UTC + timedelta(days=9)

    def hold_and_have_the_other_forget(session: Session) -> dict[str, int]:
        assert session.get(ProvingCall, SECOND.number, with_for_update=True) is not None
        other.write(forget, later_utc)
        return kept(other)

    left = database.write(hold_and_have_the_other_forget)
    assert (left["ProvingCall"], left["Code"], left["Count"]) == (1, 0, 0)
    database.close()
    other.close()
