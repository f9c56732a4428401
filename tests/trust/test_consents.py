"""A telephone is rung for another one's alarms only after it has said so itself."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from support.trusted import FAR, NOON_UTC, OWN, ROUND, SETTINGS, events, prove

from store.database import Database
from trust import codes, consents, opt_outs
from trust.answers import Answer, Granted, Purpose, Reason, Refused
from trust.gate import may_be_second, may_ring
from trust.proofs import proof_of, revoke
from trust.rows import By
from trust.target import Target

pytestmark = pytest.mark.unit

DAY = timedelta(days=1)
FRIEND = replace(FAR, number="3902002")
PROVED_UTC = NOON_UTC - 2 * DAY
"""So long before that the day's call for a code is free again."""


def why(answer: Answer) -> Reason | None:
    return answer.reason if isinstance(answer, Refused) else None


def prove_both(database: Database) -> None:
    for target in (FAR, FRIEND):
        database.write(prove, target, PROVED_UTC)


def ask(database: Database, *, asker: str = FAR.number) -> str:
    """A call for consent; its code."""
    assert database.write(may_ring, SETTINGS, FRIEND, Purpose.CONSENT, NOON_UTC, asker=asker) == Granted()
    return database.write(lambda session: codes.issue(session, SETTINGS, FRIEND, NOON_UTC, asker=asker))


def ring(
    database: Database, target: Target = FRIEND, *, asker: str = FAR.number, at_utc: datetime = NOON_UTC
) -> Answer:
    return database.write(may_ring, SETTINGS, target, Purpose.WANTED, at_utc, asker=asker)


@pytest.mark.parametrize("confirm", [codes.confirm_by_dialling, codes.confirm_by_keys])
def test_a_proved_telephone_is_rung_for_another_one_only_once_it_gave_back_the_code_of_that(
    database: Database, confirm
):
    prove_both(database)
    assert why(ring(database)) is Reason.NO_CONSENT
    code = ask(database)
    assert why(ring(database)) is Reason.NO_CONSENT
    assert database.write(confirm, FRIEND, code, NOON_UTC) == Granted(consents=True)
    assert ring(database) == Granted()
    assert why(ring(database, asker="1001")) is Reason.NO_CONSENT, "it consented to one"
    assert ring(database, asker="") == Granted(), "its own alarms, and the operator's, ask for none"
    assert events(database) == ["trust.proved", "trust.proved", "trust.consented"]


def test_a_code_of_consent_proves_nothing_and_renews_nothing(database: Database):
    prove_both(database)
    code = ask(database)
    database.write(codes.confirm_by_dialling, FRIEND, code, NOON_UTC)
    proof = database.read(proof_of, SETTINGS, FRIEND, NOON_UTC)
    assert proof is not None
    assert proof.proved_utc == PROVED_UTC


def test_a_telephone_of_the_exchange_is_rung_for_its_neighbours_alarms_without_consent(database: Database):
    assert ring(database, OWN, asker="1002") == Granted()


def test_an_unproved_telephone_is_not_asked(database: Database):
    asked = database.write(may_ring, SETTINGS, FRIEND, Purpose.CONSENT, NOON_UTC, asker=FAR.number)
    assert why(asked) is Reason.UNPROVED


def test_a_telephone_is_asked_in_the_one_call_for_a_code_that_it_gets_in_a_day(database: Database):
    database.write(prove, FRIEND, NOON_UTC)
    later_utc = NOON_UTC + DAY / 2
    asked = database.write(may_ring, SETTINGS, FRIEND, Purpose.CONSENT, later_utc, asker="1001")
    assert asked == Refused(Reason.PROVING_LATELY, NOON_UTC + DAY)


def test_a_telephone_hears_one_question_in_a_week_whoever_asks(database: Database):
    """Else as many askers as a forger has numbers have it rung each day."""
    prove_both(database)
    ask(database)

    def asked(days: float, asker: str) -> Answer:
        at_utc = NOON_UTC + days * DAY
        return database.write(may_ring, SETTINGS, FRIEND, Purpose.CONSENT, at_utc, asker=asker)

    assert [why(asked(days, asker)) for days in (2, 6.9) for asker in ("1001", FAR.number)] == [
        Reason.PROVING_LATELY
    ] * 4
    assert asked(7, "1001") == Granted()


def test_while_its_proof_ends_soon_the_days_call_is_for_that(database: Database):
    """Else whoever has it asked each day keeps its owner from renewing it."""
    prove_both(database)
    soon_utc = PROVED_UTC + 167 * DAY
    database.write(prove, FAR, soon_utc)
    asked = database.write(may_ring, SETTINGS, FRIEND, Purpose.CONSENT, soon_utc, asker=FAR.number)
    assert why(asked) is Reason.PROVING_LATELY
    assert database.write(may_ring, SETTINGS, FRIEND, Purpose.PROVING, soon_utc) == Granted()


def test_who_is_not_proved_any_more_has_nobody_asked_or_rung(database: Database):
    prove_both(database)
    database.write(codes.confirm_by_dialling, FRIEND, ask(database), NOON_UTC)
    database.write(revoke, FAR.exchange, FAR.number, NOON_UTC)
    assert why(ring(database)) is Reason.UNPROVED
    asked = database.write(may_ring, SETTINGS, FRIEND, Purpose.CONSENT, NOON_UTC + 8 * DAY, asker=FAR.number)
    assert why(asked) is Reason.UNPROVED


def test_a_consent_ends_as_a_proof_does(database: Database):
    """Either number may be somebody else's by then."""
    prove_both(database)
    database.write(codes.confirm_by_dialling, FRIEND, ask(database), NOON_UTC)
    later_utc = NOON_UTC + 180 * DAY
    for target in (FAR, FRIEND):
        database.write(prove, target, later_utc - 3 * DAY)
    assert database.read(consents.ends_soon, SETTINGS, FRIEND, FAR.number, later_utc - DAY)
    assert ring(database, at_utc=later_utc - timedelta(seconds=1)) == Granted()
    assert why(ring(database, at_utc=later_utc)) is Reason.NO_CONSENT
    assert not database.read(consents.ends_soon, SETTINGS, FRIEND, FAR.number, later_utc)


@pytest.mark.parametrize("said_by", [By.TELEPHONE, By.OPERATOR])
def test_who_is_never_to_be_rung_consents_to_nothing_any_more(database: Database, said_by: By):
    prove_both(database)
    database.write(codes.confirm_by_dialling, FRIEND, ask(database), NOON_UTC)
    database.write(opt_outs.opt_out, SETTINGS, FRIEND, said_by, NOON_UTC)
    database.write(opt_outs.take_back, SETTINGS, FRIEND, By.OPERATOR, NOON_UTC)
    assert why(ring(database)) is Reason.NO_CONSENT


def test_who_may_name_whom(database: Database):
    """Whoever forges a number, or names a telephone that never asked for us, has nobody rung to be asked."""

    def may(source: Target, target: Target) -> Reason | None:
        return why(database.read(may_be_second, SETTINGS, source, target, NOON_UTC))

    assert may(OWN, replace(OWN, number="1002")) is None
    assert may(OWN, FRIEND) is Reason.UNPROVED
    database.write(prove, FRIEND, PROVED_UTC)
    assert may(OWN, FRIEND) is None
    assert may(FAR, FRIEND) is Reason.UNPROVED
    assert may(FAR, OWN) is Reason.NOT_ALLOWED
    database.write(prove, FAR, PROVED_UTC)
    assert may(FAR, FRIEND) is None
    assert may(FAR, OWN) is Reason.NOT_ALLOWED
    assert may(FAR, ROUND) is Reason.UNPROVED
    assert may(OWN, replace(OWN, number="119")) is Reason.EMERGENCY


@pytest.mark.parametrize("revoked", [FRIEND, FAR])
def test_a_proof_that_is_revoked_takes_the_consents_with_it(database: Database, revoked: Target):
    """Its own, and those for it."""
    prove_both(database)
    database.write(codes.confirm_by_dialling, FRIEND, ask(database), NOON_UTC)
    assert [row.asker for row, _ in database.read(consents.holding, SETTINGS, NOON_UTC)] == [FAR.number]
    database.write(revoke, revoked.exchange, revoked.number, NOON_UTC)
    assert database.read(consents.holding, SETTINGS, NOON_UTC) == []
    database.write(prove, revoked, NOON_UTC + DAY)
    assert why(ring(database)) is Reason.NO_CONSENT
