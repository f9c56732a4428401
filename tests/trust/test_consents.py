"""A telephone is rung for another one's alarms only after it has said so itself."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.trusted import FAR, NOON_UTC, OWN, ROUND, SETTINGS, events, prove

from store.database import Database
from trust import codes, consents
from trust.answers import Answer, Granted, Purpose, Reason, Refused
from trust.gate import may_be_second, may_ring
from trust.proofs import proof_of, revoke
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


def ring(database: Database, target: Target = FRIEND, *, asker: str = FAR.number) -> Answer:
    return database.write(may_ring, SETTINGS, target, Purpose.WANTED, NOON_UTC, asker=asker)


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
    prove_both(database)
    ask(database)
    later_utc = NOON_UTC + DAY / 2
    asked = database.write(may_ring, SETTINGS, FRIEND, Purpose.CONSENT, later_utc, asker="1001")
    assert asked == Refused(Reason.PROVING_LATELY, NOON_UTC + DAY)


def test_one_asker_is_heard_once_a_week_until_there_is_consent(database: Database):
    def asks(days: float, asker: str = FAR.number) -> bool:
        return database.write(consents.ask, FRIEND, asker, NOON_UTC + days * DAY)

    assert [asks(0), asks(0), asks(6.9), asks(7)] == [True, False, False, True]
    assert asks(7, "1001")
    database.write(consents.give, FRIEND, FAR.number, NOON_UTC)
    assert not asks(30)


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


def test_a_proof_that_is_revoked_takes_the_consents_with_it(database: Database):
    prove_both(database)
    database.write(codes.confirm_by_dialling, FRIEND, ask(database), NOON_UTC)
    assert [row.asker for row in database.read(consents.given)] == [FAR.number]
    database.write(revoke, FRIEND.exchange, FRIEND.number, NOON_UTC)
    assert database.read(consents.given) == []
    database.write(prove, FRIEND, NOON_UTC + DAY)
    assert why(ring(database)) is Reason.NO_CONSENT
