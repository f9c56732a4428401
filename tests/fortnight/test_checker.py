"""The checker of the fortnight finds each kind of fault, and none where there is none."""

from collections import defaultdict
from dataclasses import asdict, replace

import pytest
from fortnight.audited import Entry, Story
from fortnight.checker import Judge
from fortnight.wire import Call, Wire

from schedules.policy import Policy

pytestmark = pytest.mark.unit

DUE = 1_800_000_000.0
NODE = "127.0.0.2"
UID = "a@test"
BOOKED = Entry(DUE - 9000, None, "booked", "booked", None)
RINGS = Entry(DUE - 1, "booked", "ringing", "rings", 1)
BUSY = Entry(DUE + 0.1, "ringing", "retry", "busy: 486 Busy Here", 1)
RINGS_AGAIN = Entry(DUE + 179, "retry", "ringing", "rings", 2)
AWAKE = Entry(DUE + 200, "ringing", "acknowledged", "acknowledged: a digit was pressed", 2)
NOT_LIFTED = Entry(DUE + 225, "ringing", "missed", "no answer: no answer in 45 s", 2)
REFUSED = Call("2001", NODE, True, DUE + 0.01, "busy", [], DUE + 0.02, "refusal 486")
PRESSED = Call("2001", NODE, True, DUE + 180.01, "presses", [DUE + 199], DUE + 203, "denwa")
GOOD_STORY = (BOOKED, RINGS, BUSY, RINGS_AGAIN, AWAKE)
GOOD_CALLS = (REFUSED, PRESSED)
SLOW_STORY = (BOOKED, RINGS, replace(BUSY, at_utc_s=DUE + 21), RINGS_AGAIN, AWAKE)


def faults(entries, calls, deaths=(), policy=None, due=DUE):
    """What the checker says of one alarm for 2001, tried at most twice."""
    planned = {"uid": UID, "number": "2001", "due_utc": [due], "policy": asdict(policy or Policy(attempts=2))}
    wire = Wire(list(calls), defaultdict(list, {NODE: list(deaths)}))
    return list(Judge([planned], wire, [Story(UID, DUE, list(entries))]).faults())


def test_a_life_as_it_should_be_has_no_fault():
    """Busy, rung again three minutes later, acknowledged by key."""
    assert faults(GOOD_STORY, GOOD_CALLS) == []


UNKNOWN = Entry(DUE + 120, "ringing", "retry", "unknown: whoever rang is gone", 1)
HELD = replace(REFUSED, deed="not lifted", end_utc_s=DUE + 35, ended_by="exchange")


@pytest.mark.parametrize(
    ("entries", "calls", "found"),
    [
        pytest.param(GOOD_STORY[:4], GOOD_CALLS, "stayed ringing", id="an occurrence without an end"),
        pytest.param((BOOKED, RINGS, AWAKE, BUSY), GOOD_CALLS, "being acknowledged", id="more after the end"),
        pytest.param((BOOKED, AWAKE), (), "went from ringing", id="a jump"),
        pytest.param(
            GOOD_STORY, (*GOOD_CALLS, replace(PRESSED, begin_utc_s=DUE + 400)), "no row says so", id="rung on"
        ),
        pytest.param(
            GOOD_STORY, (replace(REFUSED, end_utc_s=DUE + 190), PRESSED), "in its call", id="two calls"
        ),
        pytest.param(
            GOOD_STORY, (replace(REFUSED, begin_utc_s=DUE - 0.5), PRESSED), "-0.500 s after", id="early"
        ),
        pytest.param(
            SLOW_STORY, (replace(REFUSED, begin_utc_s=DUE + 20), PRESSED), "before its INVITE", id="late"
        ),
        pytest.param(
            GOOD_STORY, (replace(REFUSED, deed="unknown"), PRESSED), "the telephone: unknown", id="misnamed"
        ),
        pytest.param(GOOD_STORY, (REFUSED,), "never left", id="an outcome without a call"),
        pytest.param(
            GOOD_STORY, (REFUSED, replace(PRESSED, digits_utc_s=[])), "nobody showed", id="awake by nothing"
        ),
        pytest.param(
            (*GOOD_STORY[:4], NOT_LIFTED), GOOD_CALLS, "acknowledged by key", id="a key that was forgotten"
        ),
        pytest.param(
            (BOOKED, RINGS, UNKNOWN, *GOOD_STORY[3:]), (HELD, PRESSED), "nobody died", id="no death"
        ),
        pytest.param(
            (BOOKED, RINGS, replace(BUSY, new="missed")), (REFUSED,), "1 attempts of at least 2", id="too few"
        ),
        pytest.param(
            (BOOKED, replace(RINGS, new="expired", why="its validity is over")), (), "within", id="gave up"
        ),
        pytest.param(
            GOOD_STORY, (REFUSED, replace(PRESSED, begin_utc_s=DUE + 178)), "no row says so", id="too soon"
        ),
    ],
)
def test_each_kind_of_fault_is_found(entries, calls, found):
    """One thing is wrong in each."""
    told = faults(entries, calls)
    assert any(found in fault for fault in told), told


def test_an_attempt_may_be_unknown_when_its_program_died():
    """The exchange let it ring on for half a minute."""
    assert faults((BOOKED, RINGS, UNKNOWN, *GOOD_STORY[3:]), (HELD, PRESSED), deaths=[DUE + 5]) == []


def test_an_alarm_without_any_row_is_lost():
    """Another one's rows are none of its own."""
    assert any("is lost" in fault for fault in faults(GOOD_STORY, GOOD_CALLS, due=DUE + 3600))


def test_a_second_number_is_wanted_where_the_policy_names_one():
    """It was missed, and nobody else was rung."""
    policy = Policy(attempts=2, escalate_to="2999")
    told = faults(
        (*GOOD_STORY[:4], NOT_LIFTED), (REFUSED, replace(PRESSED, deed="not lifted")), policy=policy
    )
    assert any("escalated: False" in fault for fault in told), told


def test_who_calls_us_at_the_moment_that_we_call_is_no_fault():
    """Both INVITEs were under way; half a minute later it would be one."""
    back = Call("2001", NODE, False, DUE + 179.5, "", [], DUE + 199, "denwa")
    assert faults(GOOD_STORY, (REFUSED, back, PRESSED)) == []
    assert faults(GOOD_STORY, (REFUSED, replace(back, begin_utc_s=DUE + 150), PRESSED))


def test_a_call_may_leave_at_the_moment_that_its_alarm_is_cancelled():
    """Half a second later it may not."""
    cancelled = Entry(DUE - 0.2, "ringing", "cancelled", "not wanted any more", 1)
    entries = (BOOKED, RINGS, cancelled)
    assert faults(entries, (replace(REFUSED, end_utc_s=DUE + 0.1, ended_by="denwa"),)) == []
    assert faults(entries, (replace(REFUSED, begin_utc_s=DUE + 0.4),)) == [
        f"2001 was rung at {DUE + 0.4:.3f}, and no row says so"
    ]
