"""The telephone that a caller called from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.sip.caller import Caller, CallerTrust
from trust.allowed import UNMARKED, NumberRules
from trust.answers import Reason, Refused
from trust.target import Target, target_of

pytestmark = pytest.mark.unit

WITH_TRUNKS = NumberRules(trunks={"SIP-TRUNK-B": "390"})
ALONE = NumberRules()


def of(number: str, *, rules: NumberRules = WITH_TRUNKS, trust: str = "", **marks: str) -> Target | Refused:
    neighbour = CallerTrust.NEIGHBOUR if marks else CallerTrust.OWN_EXCHANGE
    caller = Caller(number, trust=CallerTrust(trust) if trust else neighbour, **marks)
    return target_of(caller, exchange="home", extension="services", rules=rules)


def test_the_dialplan_lines_name_a_telephone_of_the_exchange_as_its_own_peer():
    assert of("1001", peer="1001", did="70730") == Target("home", "services", "1001")


def test_a_number_that_a_telephone_chose_itself_is_not_its_own():
    assert of("1002", peer="1001") == Refused(Reason.UNKNOWN_TRUNK, exchange="home", trunk="1001")


def test_where_there_are_no_trunks_every_caller_is_of_the_exchange():
    assert of("1001", rules=ALONE) == Target("home", "services", "1001")


def test_where_there_are_trunks_an_unmarked_caller_is_to_be_proved():
    target = of("1001")
    assert target == Target("home", "services", "1001", UNMARKED)
    assert isinstance(target, Target)
    assert not target.is_own


def test_a_trunk_shows_a_number_that_leads_back():
    assert of("3901001", peer="SIP-TRUNK-B") == Target("home", "services", "3901001", "SIP-TRUNK-B")
    assert of("39005101001", peer="SIP-TRUNK-B", did="70730") == Target(
        "home", "services", "39005101001", "SIP-TRUNK-B"
    )


@pytest.mark.parametrize(
    ("number", "marks", "reason"),
    [
        ("", {"peer": "SIP-TRUNK-B"}, Reason.WITHHELD),
        ("", {}, Reason.WITHHELD),
        ("1001", {"peer": "SIP-TRUNK-B"}, Reason.NO_RETURN_PREFIX),
        ("SIP-TRUNK-B", {"peer": "SIP-TRUNK-B"}, Reason.NUMBER_LOST),
        ("6621001", {"peer": "SIP-TRUNK-C"}, Reason.UNKNOWN_TRUNK),
        ("SIP-TRUNK-C", {"peer": "SIP-TRUNK-C"}, Reason.UNKNOWN_TRUNK),
        ("٣٩٠", {"peer": "٣٩٠"}, Reason.UNKNOWN_TRUNK),
        ("1001", {"did": "70730"}, Reason.UNKNOWN_TRUNK),
        ("390110", {"peer": "SIP-TRUNK-B"}, Reason.EMERGENCY),
        ("alice", {"peer": "alice"}, Reason.UNKNOWN_TRUNK),
        ("alice", {}, Reason.NOT_A_NUMBER),
        ("1001", {"trust": "claim"}, Reason.CLAIM),
    ],
)
def test_whoever_cannot_be_rung_is_refused_with_the_reason(
    number: str, marks: dict[str, str], reason: Reason
):
    refused = of(number, **marks)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.exchange) == (reason, "home")


def test_a_refusal_names_the_trunk_that_lacks_the_lines():
    refused = of("1001", peer="SIP-TRUNK-B")
    assert isinstance(refused, Refused)
    assert refused.trunk == "SIP-TRUNK-B"


def test_a_trunk_whose_name_is_its_prefix_is_a_trunk():
    rules = NumberRules(trunks={"390": "390"})
    assert of("390", rules=rules, peer="390") == Refused(Reason.NOT_ALLOWED, exchange="home", trunk="390")


names = st.sampled_from(["", "SIP-TRUNK-B", "SIP-TRUNK-C", "1001", "3901001", "110", "390110"]) | st.text(
    max_size=8
)


@given(names, names, names, st.sampled_from(CallerTrust))
def test_whoever_calls_the_answer_is_typed_and_what_may_be_rung_is_allowed(
    number: str, peer: str, did: str, trust: CallerTrust
):
    caller = Caller(number, peer=peer, did=did, trust=trust)
    target = target_of(caller, exchange="home", extension="services", rules=WITH_TRUNKS)
    if isinstance(target, Target):
        assert trust is not CallerTrust.CLAIM
        assert WITH_TRUNKS.barred(target.number, target.trunk) is None
        assert target.is_own == (peer == number)
