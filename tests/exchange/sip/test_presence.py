"""When a silent far end is asked whether it is there, and what its answers mean. Times are data."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.sip.presence import NO_ANSWER, Patience, Presence

pytestmark = pytest.mark.unit

PATIENCE = Patience(silent_s=60, look_s=5)
SECONDS = st.floats(0, 1e6)


def presence(since_monotonic_s=1000.0):
    return Presence(PATIENCE, since_monotonic_s)


@pytest.mark.parametrize(
    ("now_s", "rtp_age_s", "asks"),
    [
        (1059.9, math.inf, False),
        (1060, math.inf, True),
        (1060, 59.9, False),
        (5000, 0.02, False),
        (5000, 60, True),
    ],
)
def test_it_is_asked_after_a_minute_without_a_packet(now_s, rtp_age_s, asks):
    """Counted from the last packet, or from the begin of the call where none came."""
    assert presence().must_ask(now_s, rtp_age_s) is asks


def test_it_is_asked_once_until_it_answers():
    """A question may be under way for 32 s."""
    one = presence()
    assert [one.must_ask(now_s, math.inf) for now_s in (1060, 1065, 1095)] == [True, False, False]
    assert one.answered(200, 1096)


def test_an_answer_is_a_sign_of_life_for_as_long_as_a_packet():
    """A mute listener is asked once a minute, not every few seconds."""
    one = presence()
    assert one.must_ask(1060, math.inf)
    assert one.answered(200, 1061)
    assert not one.must_ask(1120, math.inf)
    assert one.must_ask(1121, math.inf)


@pytest.mark.parametrize("status", [200, 302, 401, 403, 405, 486, 500, 501, 503, 603])
def test_whoever_answers_lives(status):
    """Also who does not know OPTIONS, or is overloaded."""
    one = presence()
    assert one.must_ask(1060, math.inf)
    assert one.answered(status, 1061)


@pytest.mark.parametrize("status", [NO_ANSWER, 408, 481])
def test_who_does_not_answer_or_knows_no_such_call_is_gone(status):
    one = presence()
    assert one.must_ask(1060, math.inf)
    assert not one.answered(status, 1092)


@pytest.mark.parametrize("status", [NO_ANSWER, 200, 481])
def test_an_answer_to_nothing_says_nothing(status):
    """PJSIP tells of a transaction's end once more when it forgets it."""
    one = presence()
    assert one.must_ask(1060, math.inf)
    assert one.answered(200, 1061)
    assert one.answered(status, 1093)
    assert one.must_ask(1121, math.inf)


@given(st.lists(st.tuples(SECONDS, SECONDS)))
def test_no_two_questions_are_closer_than_the_patience(looks):
    """However often it is looked at, and whatever the line says."""
    one = presence(0)
    asked = []
    for now_s, rtp_age_s in sorted(looks):
        if one.must_ask(now_s, rtp_age_s):
            asked.append(now_s)
            assert rtp_age_s >= PATIENCE.silent_s
            one.answered(200, now_s)
    assert all(after - before >= PATIENCE.silent_s for before, after in itertools.pairwise(asked))
