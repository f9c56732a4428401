"""Caps by service and in all: one too many is busy at once, and a place that was left can be taken."""

import threading

import pytest
from support.endpoint_process import EARLY, MIRROR, WAIT, EndpointProcess
from support.scripted_caller import ScriptedCaller

pytestmark = pytest.mark.native

AT_ONCE = "9000"
"""A service without a cap of its own."""


@pytest.fixture(scope="module")
def endpoint():
    """Two calls of the mirror, one that waits, four in all."""
    with EndpointProcess(caps={"mirror": 2, "wait": 1}, total_cap=4) as process:
        yield process
        process.await_free()


def refused(dial, number):
    """The final status of a call that must not ring before it."""
    caller = dial.caller(number)
    invite = caller.request("INVITE", caller.sdp())
    first = caller.response(invite, at_least=101)
    caller.acknowledge(first)
    return first.status


def test_one_too_many_of_a_service_is_486_before_anything_rings(dial):
    """And another service still answers."""
    for _ in range(2):
        dial()
    assert refused(dial, MIRROR) == 486
    assert dial(AT_ONCE).hang_up().status == 200


def test_one_too_many_in_all_is_486(dial):
    """Whatever the service."""
    callers = [dial(), dial(), dial(AT_ONCE), dial(AT_ONCE)]
    assert refused(dial, AT_ONCE) == 486
    assert refused(dial, EARLY) == 486
    callers[0].hang_up()
    dial.server.await_report(lambda report: report["places"] == 3)
    assert dial(AT_ONCE).hang_up().status == 200


def test_a_call_that_rings_has_a_place_and_its_cancel_frees_it(dial):
    """A forked call that another telephone took."""
    caller = dial.caller(WAIT)
    invite = caller.request("INVITE", caller.sdp())
    cseq, branch = caller._invite
    dial.server.call(caller.call_id)
    assert refused(dial, WAIT) == 486
    caller.request("CANCEL", cseq=cseq, branch=branch)
    caller.acknowledge(caller._wait(lambda message: message.status == 487, 5))
    dial.server.await_report(lambda report: report["places"] == 0)
    second = dial.caller(WAIT)
    second.request("INVITE", second.sdp())
    dial.server.call(second.call_id)
    assert invite == cseq


def test_a_refused_call_takes_no_place(dial):
    """404, 488 and 486 leave everything as it was."""
    assert refused(dial, "999") == 404
    caller = dial.caller()
    assert caller.invite(caller.sdp("m=audio 4000 RTP/AVP 18\r\n")).status == 488
    assert dial.server.await_free()["places"] == 0


def test_a_race_for_the_last_place_has_one_winner_each(dial):
    """Ten at once for two places: exactly two are answered."""
    callers = [dial.caller() for _ in range(10)]
    statuses = []

    def call(caller):
        statuses.append(caller.invite().status)

    threads = [threading.Thread(target=call, args=(caller,)) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] * 2 + [486] * 8


def test_many_short_calls_leave_places_lines_descriptors_and_threads_as_they_were(dial, scaled):
    """Each ends in another way."""
    before = dial.server.await_free()
    for number in range(scaled(40, 2000)):
        caller = dial.caller(MIRROR if number % 2 else EARLY)
        invite = caller.request("INVITE", caller.sdp())
        final = caller.response(invite, at_least=101)
        match number % 4:
            case 1:
                caller.acknowledge(final)
                caller.hang_up()
            case 3:
                caller.hang_up()
            case 0:
                caller.request("BYE")
        caller.leave()
        caller.__exit__()
        dial.callers.remove(caller)
    dial.server.await_free(10)
    after = dial.server.await_report(lambda report: report["descriptors"] <= before["descriptors"] + 2)
    assert after["threads"] == before["threads"]


def test_a_closing_endpoint_answers_503():
    """Once calls are refused: those that are up go on."""
    with (
        EndpointProcess() as process,
        ScriptedCaller(process.address, MIRROR) as up,
        ScriptedCaller(process.address, MIRROR) as late,
    ):
        assert up.invite().status == 200
        process.do("refuse calls")
        assert late.invite().status == 503
        assert up.invite().status == 200
        assert up.hang_up().status == 200
