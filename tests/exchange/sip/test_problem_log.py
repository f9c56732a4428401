"""Each problem is said once, and its end once."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.sip.problem_log import ProblemLog, ProblemNews
from exchange.sip.registration_policy import NoAnswer, Refused, Registered, RegistrationPolicy
from exchange.sip.registration_problem import (
    Problem,
    RegistrationPlace,
    no_answer,
    transport_failed,
    wrong_password,
)

pytestmark = pytest.mark.unit

PLACE = RegistrationPlace("home", "time", "pbx.example", 5060, "udp", "7000")
SILENT = no_answer(PLACE)
CLOSED = transport_failed(PLACE, "connection refused")
WRONG = wrong_password(PLACE, 401, "Unauthorized")


def said(*updates: tuple[str, Problem | None]) -> list[tuple[str, str, bool]]:
    news: list[ProblemNews] = []
    log = ProblemLog(news.append)
    for subject, problem in updates:
        log.update(subject, problem)
    return [(item.subject, item.problem.key, item.ended) for item in news]


def test_a_lasting_problem_is_said_once_and_its_end_once():
    updates = [("time", SILENT)] * 50 + [("time", None)] * 50
    assert said(*updates) == [("time", "no-answer", False), ("time", "no-answer", True)]


def test_all_well_from_the_beginning_is_not_worth_a_word():
    assert said(("time", None), ("time", None)) == []


def test_problems_that_take_turns_are_each_said_once():
    assert said(*[("time", SILENT), ("time", CLOSED)] * 20) == [
        ("time", "no-answer", False),
        ("time", "transport", False),
    ]


def test_a_problem_that_comes_again_is_said_again():
    assert len(said(("time", SILENT), ("time", None), ("time", SILENT), ("time", None))) == 4


def test_subjects_have_problems_of_their_own():
    assert said(("time", WRONG), ("rings", WRONG), ("time", None)) == [
        ("time", "wrong-password", False),
        ("rings", "wrong-password", False),
        ("time", "wrong-password", True),
    ]


def test_what_lasts_can_be_asked():
    log = ProblemLog(lambda _: None)
    log.update("time", SILENT)
    log.update("time", WRONG)
    log.update("rings", SILENT)
    log.update("rings", None)
    assert log.current() == {"time": WRONG}


def test_a_wrong_password_is_said_once_in_a_day():
    news: list[ProblemNews] = []
    log = ProblemLog(news.append)
    policy = RegistrationPolicy(PLACE, Random(0))
    now_monotonic_s = 0.0
    while now_monotonic_s < 86_400:
        decision = policy.take(Refused(401), now_monotonic_s)
        log.update("time", decision.problem)
        now_monotonic_s += decision.retry_in_s
    log.update("time", policy.take(Registered(120), now_monotonic_s).problem)
    log.update("time", policy.take(NoAnswer(), now_monotonic_s).problem)
    assert [(item.problem.key, item.ended) for item in news] == [
        ("wrong-password", False),
        ("wrong-password", True),
        ("no-answer", False),
    ]


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from([None, SILENT, CLOSED, WRONG])), max_size=40)
)
def test_ends_follow_beginnings(updates: list[tuple[str, Problem | None]]):
    """Never an end without a beginning, never the same beginning twice in one trouble."""
    open_keys: dict[str, set[str]] = {"a": set(), "b": set()}
    for subject, key, ended in said(*updates):
        if ended:
            assert key in open_keys[subject]
            open_keys[subject].clear()
        else:
            assert key not in open_keys[subject]
            open_keys[subject].add(key)
