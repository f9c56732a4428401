"""When an extension registers again: hours of an exchange's moods in no time at all."""

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.sip.registration_policy import (
    ASKED_EXPIRES_S,
    LONGEST_RETRY_AFTER_S,
    RETRY_INTERVAL_S,
    CannotListen,
    Decision,
    NoAnswer,
    Outcome,
    Refused,
    Registered,
    RegistrationPolicy,
    RegistrationState,
    TransportFailed,
    Unresolved,
)
from exchange.sip.registration_problem import Problem, RegistrationPlace, held_back

pytestmark = pytest.mark.unit

PLACE = RegistrationPlace("home", "time", "pbx.example", 5060, "udp", "7000")
PASSING = [
    301,
    302,
    400,
    404,
    405,
    408,
    410,
    416,
    420,
    423,
    480,
    484,
    485,
    486,
    500,
    501,
    503,
    504,
    505,
    600,
    604,
]
"""Nothing to do with a password; an exchange that is being set up may answer otherwise a minute later."""
seeds = st.integers(0, 2**32)
statuses = st.integers(300, 699)
outcomes: st.SearchStrategy[Outcome] = st.one_of(
    st.builds(Registered, st.integers(-1, 100_000)),
    st.builds(
        Refused,
        statuses,
        st.text(max_size=20),
        st.none() | st.integers(-5, 10**9),
        st.none() | st.integers(-5, 10**9),
    ),
    st.just(NoAnswer()),
    st.builds(Unresolved, st.text(max_size=20)),
    st.builds(TransportFailed, st.text(max_size=20)),
    st.builds(CannotListen, st.text(max_size=20), st.booleans()),
)


def policy(seed: int = 0) -> RegistrationPolicy:
    return RegistrationPolicy(PLACE, Random(seed))


def problem_of(decision: Decision) -> Problem:
    assert decision.problem is not None
    return decision.problem


@given(seeds, st.integers(1, 3600))
def test_a_binding_is_refreshed_before_it_ends_and_not_at_once(seed: int, granted_s: int):
    decision = policy(seed).take(Registered(granted_s), 100.0)
    assert decision.state is RegistrationState.REGISTERED
    assert decision.problem is None
    assert 0.69 * granted_s < decision.retry_in_s < 0.86 * granted_s


@pytest.mark.parametrize("granted_s", [60, 120, 3600])
def test_what_is_left_at_the_refresh_outlasts_a_lost_datagram(granted_s: int):
    """REGISTER is sent again after 0.5, 1.5, 3.5 and 7.5 s (timer E)."""
    for seed in range(50):
        assert granted_s - policy(seed).take(Registered(granted_s), 0.0).retry_in_s > 7.5


def test_a_grant_of_a_day_is_refreshed_within_the_hour():
    assert policy().take(Registered(86_400), 0.0).retry_in_s < 3600


def test_the_end_of_the_binding_is_known():
    registration = policy()
    registration.take(Registered(120), 1000.0)
    registration.take(NoAnswer(), 1100.0)
    assert registration.bound_until_monotonic_s == 1120.0


def test_a_grant_of_nothing_is_no_registration():
    decision = policy().take(Registered(0), 0.0)
    assert decision.state is RegistrationState.AWAY
    assert "granted no time" in problem_of(decision).text_en


def test_the_exchanges_shortest_expiry_is_asked_for_at_once_and_kept():
    registration = policy()
    decision = registration.take(Refused(423, "Interval Too Brief", min_expires_s=300), 0.0)
    assert (decision.retry_in_s, decision.expires_s, decision.problem) == (0.0, 300, None)
    assert registration.take(Registered(300), 0.1).expires_s == 300
    assert registration.take(NoAnswer(), 250.0).expires_s == 300


@pytest.mark.parametrize("min_expires_s", [None, 0, -1, 60, ASKED_EXPIRES_S, 86_401, 10**9])
def test_a_423_that_leads_nowhere_is_no_endless_loop(min_expires_s: int | None):
    decision = policy().take(Refused(423, "Interval Too Brief", min_expires_s=min_expires_s), 0.0)
    assert decision.retry_in_s > 0
    assert decision.expires_s == ASKED_EXPIRES_S
    assert problem_of(decision).key == "refused-423"


def test_a_registrar_that_always_wants_more_is_left_in_peace():
    registration = policy()
    decisions = [registration.take(Refused(423, min_expires_s=600), 0.0) for _ in range(5)]
    assert [decision.retry_in_s == 0.0 for decision in decisions] == [True, False, False, False, False]


ABSENCES = [
    NoAnswer(),
    Unresolved("no such name"),
    TransportFailed("connection refused"),
    CannotListen("Address already in use", taken=True),
    Refused(503),
    Refused(404),
]


@given(seeds, st.lists(st.sampled_from(ABSENCES), min_size=1, max_size=200))
def test_an_absent_exchange_is_tried_within_each_interval_for_ever(seed: int, absences: list[Outcome]):
    registration = policy(seed)
    for absence in absences:
        decision = registration.take(absence, 0.0)
        assert decision.state is RegistrationState.AWAY
        assert 0.5 <= decision.retry_in_s <= RETRY_INTERVAL_S


@given(seeds, st.floats(0.0, 60.0), st.integers(1, 12))
def test_time_in_which_the_exchange_would_not_be_heard_is_part_of_the_interval(
    seed: int, unheard_s: float, attempts: int
):
    registration = policy(seed)
    for _ in range(attempts):
        wait_s = registration.take(NoAnswer(unheard_s), 0.0).retry_in_s
        assert wait_s >= 0.5
        assert wait_s == 0.5 or wait_s + unheard_s <= RETRY_INTERVAL_S


def test_the_waits_grow_and_a_success_begins_anew():
    registration = policy()
    waits = [registration.take(NoAnswer(), 0.0).retry_in_s for _ in range(2000)]
    assert waits[0] <= 1.0
    assert waits[3] > 2.0
    assert all(15.0 <= wait <= 30.0 for wait in waits[6:])
    registration.take(Registered(120), 0.0)
    assert registration.take(NoAnswer(), 0.0).retry_in_s <= 1.0


def test_the_interval_is_a_setting():
    registration = RegistrationPolicy(PLACE, Random(1), interval_s=5.0)
    assert max(registration.take(NoAnswer(), 0.0).retry_in_s for _ in range(100)) <= 5.0


def test_many_extensions_do_not_come_back_all_at_once():
    waits = []
    for seed in range(100):
        registration = policy(seed)
        waits.append([registration.take(NoAnswer(), 0.0) for _ in range(8)][-1].retry_in_s)
    assert max(waits) - min(waits) > 10.0
    assert len({round(wait, 1) for wait in waits}) > 40


def test_retry_after_is_waited_for():
    decision = policy().take(Refused(503, "Service Unavailable", retry_after_s=120), 0.0)
    assert decision.retry_in_s >= 120
    assert decision.state is RegistrationState.AWAY


def test_a_retry_after_of_years_is_ten_minutes():
    assert policy().take(Refused(503, retry_after_s=10**9), 0.0).retry_in_s == LONGEST_RETRY_AFTER_S


@given(seeds, st.lists(st.sampled_from([401, 407]), min_size=5, max_size=30))
def test_fail2ban_never_strikes(seed: int, refusals: list[int]):
    """Three lines in the exchange's log an attempt: never five in 600 s."""
    registration = policy(seed)
    now_monotonic_s = 0.0
    failures: list[float] = []
    for status in refusals:
        failures += [now_monotonic_s] * 3
        decision = registration.take(Refused(status), now_monotonic_s)
        assert decision.state is RegistrationState.REFUSED
        now_monotonic_s += decision.retry_in_s
    for first, fifth in zip(failures, failures[4:], strict=False):
        assert fifth - first > 600.0


@given(seeds, st.floats(0.0, 2000.0))
def test_a_change_of_the_network_does_not_hurry_a_refused_password(seed: int, after_s: float):
    registration = policy(seed)
    decision = registration.take(Refused(401), 50.0)
    assert after_s + registration.hurry(50.0 + after_s) >= min(decision.retry_in_s, 660.0)


@pytest.mark.parametrize("outcome", [Registered(120), NoAnswer(), Refused(500)])
def test_a_change_of_the_network_is_acted_on_at_once_otherwise(outcome: Outcome):
    registration = policy()
    registration.take(Refused(401), 0.0)
    registration.take(outcome, 700.0)
    assert registration.hurry(701.0) == 0.0


@pytest.mark.parametrize("status", [401, 407])
@pytest.mark.parametrize("before", [[], [Registered(120)], [NoAnswer()], [Refused(401)], [Refused(403)]])
def test_a_refused_password_is_tried_rarely(status: int, before: list[Outcome]):
    """Be it that it was accepted before: the user may be gone, of which Asterisk logs three failures an attempt."""
    registration = policy()
    for outcome in before:
        registration.take(outcome, 0.0)
    decision = registration.take(Refused(status, "Reason"), 0.0)
    assert decision.state is RegistrationState.REFUSED
    assert 600 < decision.retry_in_s <= 900


@given(seeds)
def test_who_is_forbidden_tries_once_more_soon_and_then_rarely(seed: int):
    """Another telephone's contact may be in the way, or the extension not be whole yet."""
    registration = policy(seed)
    waits = [registration.take(Refused(403), 0.0).retry_in_s for _ in range(4)]
    assert 30 < waits[0] <= 60
    assert all(600 < wait <= 900 for wait in waits[1:])


@pytest.mark.parametrize("between", [Registered(120), NoAnswer(), Refused(503)])
def test_whoever_was_registered_or_away_meanwhile_is_forbidden_anew(between: Outcome):
    registration = policy()
    for outcome in (Refused(403), Refused(403), between):
        registration.take(outcome, 0.0)
    assert registration.take(Refused(403), 0.0).retry_in_s <= 60


def test_the_network_does_not_hurry_the_second_try():
    registration = policy()
    registration.take(Refused(403), 100.0)
    assert registration.hurry(100.0) > 30.0


def test_a_missing_extension_is_not_said_to_be_a_matter_of_the_password():
    problem = problem_of(policy().take(Refused(404, "Not Found"), 0.0))
    assert problem.fields[0] == "extensions.time.user"
    assert "password" not in problem.text_en + problem.remedy_en
    assert "goes on trying" in problem.remedy_en


@pytest.mark.parametrize("status", PASSING)
def test_what_may_pass_is_tried_soon(status: int):
    decision = policy().take(Refused(status, "Reason"), 0.0)
    assert decision.state is RegistrationState.AWAY
    assert decision.retry_in_s <= RETRY_INTERVAL_S


@pytest.mark.parametrize(
    ("outcome", "first_field"),
    [
        (NoAnswer(), "exchanges.home.host"),
        (Refused(408), "exchanges.home.host"),
        (Unresolved("no such name"), "exchanges.home.host"),
        (TransportFailed("connection refused"), "exchanges.home.port"),
        (CannotListen("Address already in use", taken=True), "sip.port"),
        (CannotListen("Cannot assign requested address", taken=False), "exchanges.home.address"),
        (Refused(401), "extensions.time.password_file"),
        (Refused(407), "extensions.time.password_file"),
        (Refused(403), "extensions.time.user"),
        (Refused(404), "extensions.time.user"),
        (Refused(405), "exchanges.home.host"),
        (Refused(302), "exchanges.home.host"),
        (Refused(500), "exchanges.home.host"),
        (Refused(606), "exchanges.home.host"),
        (Refused(423), "exchanges.home.host"),
    ],
)
def test_the_field_to_mend_is_named_in_both_languages(outcome: Outcome, first_field: str):
    problem = problem_of(policy().take(outcome, 0.0))
    assert problem.fields[0] == first_field
    for field_name in problem.fields:
        assert field_name in problem.remedy_en
        assert field_name in problem.remedy_ja


@given(st.floats(0.2, 700.0))
def test_whoever_is_held_back_is_told_for_how_long(wait_s: float):
    problem = held_back(PLACE, wait_s)
    minutes = int(re.findall(r"up to (\d+) minutes", problem.text_en)[0])
    assert 0 <= minutes * 60 - wait_s < 60
    assert f"{minutes} 分" in problem.text_ja
    assert "extensions.time.password_file" in problem.remedy_en


def test_no_answer_names_host_port_and_transport():
    problem = problem_of(policy().take(NoAnswer(), 0.0))
    assert set(problem.fields) == {"exchanges.home.host", "exchanges.home.port", "exchanges.home.transport"}
    assert "pbx.example:5060/udp" in problem.text_en
    assert "pbx.example:5060/udp" in problem.text_ja


@given(seeds, st.lists(outcomes, max_size=60))
def test_every_history_ends_in_a_next_attempt_and_words(seed: int, history: list[Outcome]):
    """Whatever the exchange answers: one more attempt, never a busy loop, a problem unless registered."""
    registration = policy(seed)
    at_once = 0
    for outcome in history:
        decision = registration.take(outcome, 0.0)
        assert 0.0 <= decision.retry_in_s <= 3600.0
        assert 0 < decision.expires_s <= 86_400
        if decision.retry_in_s == 0.0:
            at_once += 1
            assert isinstance(outcome, Refused)
            assert outcome.min_expires_s == decision.expires_s
        elif not (isinstance(outcome, Registered) and outcome.expires_s > 0):
            problem = problem_of(decision)
            assert problem.fields
            assert all((problem.text_en, problem.text_ja, problem.remedy_en, problem.remedy_ja))
    offered = [outcome.min_expires_s for outcome in history if isinstance(outcome, Refused)]
    assert at_once <= len(set(offered))


@given(statuses)
def test_japanese_texts_are_japanese(status: int):
    problem = problem_of(policy().take(Refused(status), 0.0))
    for text in (problem.text_ja, problem.remedy_ja):
        assert any("\u3040" <= char <= "\u30ff" for char in text)
