"""What the end of a REGISTER means: PJSIP's own 408 and 503, the exchange's, and the fields that say when."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.sip.account import RegistrationAnswer
from exchange.sip.registration_answer import outcome_of
from exchange.sip.registration_policy import NoAnswer, Refused, Registered, TransportFailed

pytestmark = pytest.mark.native


def answer(status: int, *fields: str, reason: str = "Reason", expires_s: int = 0) -> RegistrationAnswer:
    """One that the exchange sent."""
    text = "\r\n".join([f"SIP/2.0 {status} {reason}", *fields, "", ""])
    return RegistrationAnswer(status, reason, expires_s, text)


def test_a_200_grants_seconds():
    assert outcome_of(answer(200, expires_s=120)) == Registered(120)


def test_a_408_of_pjsips_own_is_no_answer_and_one_of_the_exchanges_is_one():
    assert outcome_of(RegistrationAnswer(408, "Request Timeout", 0, "")) == NoAnswer()
    assert outcome_of(answer(408)) == Refused(408, "Reason")


@pytest.mark.parametrize("status", [0, 502, 503])
def test_what_pjsip_could_not_send_failed_on_the_way(status: int):
    assert outcome_of(RegistrationAnswer(status, "Connection refused", 0, "")) == TransportFailed(
        "Connection refused"
    )


@pytest.mark.parametrize(
    ("field", "seconds"),
    [
        ("Retry-After: 30", 30),
        ("retry-after:5 (I am booting)", 5),
        ("Retry-After: 120;duration=600", 120),
        ("Retry-After: soon", None),
        ("Retry-After: -1", None),
        ("Retry-After: 9999999999", None),
        ("Retry-After: ３０", None),
        ("Retry-After:", None),
    ],
)
def test_retry_after_is_read_with_its_comments_and_parameters(field: str, seconds: int | None):
    assert outcome_of(answer(503, field)) == Refused(503, "Reason", retry_after_s=seconds)


def test_min_expires_is_read():
    assert outcome_of(answer(423, "Min-Expires: 300")) == Refused(423, "Reason", min_expires_s=300)


@given(st.integers(300, 699), st.text(max_size=200))
def test_whatever_an_exchange_writes_is_a_refusal(status: int, text: str):
    outcome = outcome_of(RegistrationAnswer(status, "", 0, "SIP/2.0 " + text))
    assert isinstance(outcome, Refused)
    assert outcome.status == status
