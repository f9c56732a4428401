"""All extensions of an exchange together under fail2ban's count."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.sip.password_guard import TURN_S, PasswordGuard
from exchange.sip.registration_policy import FAIL2BAN_WINDOW_S, Refused, RegistrationPolicy
from exchange.sip.registration_problem import RegistrationPlace

pytestmark = pytest.mark.unit


def test_an_extension_may_try_at_once():
    assert PasswordGuard().ask("time", 0.0) == 0.0


def test_proved_extensions_wait_for_nobody():
    guard = PasswordGuard()
    guard.ask("time", 0.0)
    guard.proved("time")
    guard.ask("wrong", 0.0)
    guard.refused("wrong", 401, 0.0)
    assert guard.ask("time", 1.0) == 0.0
    assert guard.ask("other", 1.0) > 600.0


def test_unproved_ones_take_turns():
    """Two that the exchange does not know are six failures."""
    guard = PasswordGuard()
    assert [guard.ask(name, 0.0) for name in ("a", "b", "c")] == [0.0, TURN_S, TURN_S]
    guard.proved("a")
    assert guard.ask("b", 0.2) == 0.0
    assert guard.ask("c", 0.2) == TURN_S


def test_an_exchange_that_does_not_answer_frees_the_turn():
    guard = PasswordGuard()
    guard.ask("a", 0.0)
    guard.undecided("a")
    assert guard.ask("b", 32.0) == 0.0


def test_asking_again_takes_no_second_turn():
    guard = PasswordGuard()
    assert [guard.ask(name, 0.0) for name in ("a", "a", "a")] == [0.0] * 3


def test_a_good_extension_gets_its_turn_when_the_window_has_passed():
    guard = PasswordGuard()
    guard.ask("wrong", 0.0)
    guard.refused("wrong", 401, 0.0)
    wait_s = guard.ask("good", 10.0)
    assert wait_s == pytest.approx(650.0)
    assert guard.ask("good", 10.0 + wait_s) == 0.0


def test_a_proved_password_that_is_refused_must_be_proved_again():
    guard = PasswordGuard()
    guard.ask("time", 0.0)
    guard.proved("time")
    guard.refused("time", 401, 100.0)
    assert guard.ask("time", 200.0) == pytest.approx(560.0)


def test_who_is_forbidden_may_try_a_second_time():
    """One failure, and room for an attempt that is three."""
    guard = PasswordGuard()
    guard.ask("time", 0.0)
    guard.refused("time", 403, 0.0)
    assert guard.ask("time", 50.0) == 0.0
    guard.refused("time", 403, 50.0)
    assert guard.ask("time", 100.0) == pytest.approx(560.0)
    assert guard.ask("time", 660.0) == 0.0


def test_two_failures_an_attempt_leave_two_at_once():
    guard = PasswordGuard(most_failures=2)
    assert [guard.ask(name, 0.0) for name in ("a", "b", "c")] == [0.0, 0.0, TURN_S]


@given(st.integers(0, 8), st.integers(0, 4), st.integers(0, 8), st.integers(1, 4), st.integers(0, 2**32))
def test_fail2ban_never_strikes_however_many_are_wrong(
    wrong: int, forbidden: int, good: int, cost: int, seed: int
):
    """Hours of wrong, forbidden and good extensions; the good ones are all registered in the end."""
    random = Random(seed)
    guard = PasswordGuard(most_failures=cost)
    statuses = (
        {f"wrong{number}": 401 for number in range(wrong)}
        | {f"forbidden{number}": 403 for number in range(forbidden)}
        | {f"good{number}": 200 for number in range(good)}
    )
    names = list(statuses)
    random.shuffle(names)
    policies = {
        name: RegistrationPolicy(RegistrationPlace("home", name, "h", 5060, "udp", "u"), random)
        for name in names
    }
    due = dict.fromkeys(names, 0.0) | {"nobody": 8 * 7200.0}
    failures: list[float] = []
    registered = set()
    while (name := min(due, key=due.__getitem__)) != "nobody":
        now_monotonic_s = due[name]
        wait_s = guard.ask(name, now_monotonic_s)
        if wait_s > 0:
            due[name] += wait_s
        elif statuses[name] == 200:
            guard.proved(name)
            registered.add(name)
            due[name] = float("inf")
        else:
            failures += [now_monotonic_s] * (cost if statuses[name] == 401 else 1)
            guard.refused(name, statuses[name], now_monotonic_s)
            due[name] += policies[name].take(Refused(statuses[name]), now_monotonic_s).retry_in_s
    for first, fifth in zip(failures, failures[4:], strict=False):
        assert fifth - first > FAIL2BAN_WINDOW_S
    assert len(registered) == good


def test_one_who_does_not_come_again_holds_up_nobody():
    guard = PasswordGuard()
    assert [guard.ask(name, 0.0) for name in ("a", "gone", "b")] == [0.0, TURN_S, TURN_S]
    guard.proved("a")
    assert guard.ask("b", TURN_S) == TURN_S
    assert guard.ask("b", TURN_S + 2.0) == 0.0


def test_a_wrong_password_waits_behind_those_not_tried_yet():
    guard = PasswordGuard()
    guard.ask("wrong", 0.0)
    guard.refused("wrong", 401, 0.0)
    assert guard.ask("good", 100.0) == pytest.approx(560.0)
    assert guard.ask("wrong", 660.0) == TURN_S
    assert guard.ask("good", 660.0) == 0.0
