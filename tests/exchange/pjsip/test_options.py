"""patches/options-in-dialog.patch: OPTIONS is answered at all times, out of a dialog and in it."""

import pytest

pytestmark = pytest.mark.native


def test_options_outside_of_a_dialog_is_answered(dial):
    """An exchange that asks whether we live (qualify) hears so."""
    caller = dial.caller("service")
    response = caller.response(caller.request("OPTIONS"))
    assert response.status == 200
    assert "INVITE" in response.one("Allow")


def test_options_inside_a_dialog_is_answered_likewise(dial):
    """200 with what we can, and the call goes on."""
    caller = dial("silent")
    response = caller.response(caller.request("OPTIONS"))
    assert response.status == 200
    assert "INFO" in response.one("Allow")
    assert "application/sdp" in response.one("Accept")
    assert caller.hang_up().status == 200


def test_options_in_an_early_dialog_is_answered(dial):
    """Before the 200 of the INVITE, too."""
    caller = dial.caller("ring")
    invite = caller.request("INVITE", caller.sdp())
    assert caller.response(invite, at_least=183).status == 183
    assert caller.response(caller.request("OPTIONS")).status == 200
    caller.acknowledge(caller.response(invite))
