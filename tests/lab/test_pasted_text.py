"""What denwa prints to paste, pasted: the INVITE that reaches the extension, and the number that leads back."""

import re
from pathlib import Path

import pytest
from lab.asterisk.running import RunningExchange
from lab.baresip import CallFailedError
from lab.laboratory import Lab
from support.sip_message import SipMessage

pytestmark = [pytest.mark.lab, pytest.mark.timeout(20, func_only=True)]

CASES = {
    # to whom, what a telephone of A dials, by which peer it comes, and how to call A's 1001 back (1001: {caller})
    "MikoPBX through MikoPBX": ("c", "3900242", "SIP-TRUNK-B", "3900510{caller}"),
    "MikoPBX through quickstart": ("c", "6610242", "SIP-TRUNK-Q", "6610510{caller}"),
    "MikoPBX, a neighbour": ("b", "390", "SIP-TRUNK-A", "510{caller}"),
    "quickstart, a neighbour": ("q", "661", "SIP-TRUNK-A", "510{caller}"),
}


def user_in(header_or_uri: str) -> str:
    found = re.search(r"sips?:([^@>;]*)@", header_or_uri)
    assert found, header_or_uri
    return found[1]


def invite_for(
    lab: Lab, at: RunningExchange, caller_at: RunningExchange, dialled: str, folder: Path
) -> SipMessage:
    """Dial from a telephone; what the service extension of `at` gets, and the caller's number as X-Test-Caller."""
    connection = lab.connect(at)
    with lab.agent(at, connection.extension) as agent, lab.telephone(caller_at, folder) as caller:
        caller.dial(dialled)
        invite = agent.expect("INVITE")
        agent.respond(invite, 486, "Busy Here")
        agent.expect("ACK")
        caller.wait_ended()
    return SipMessage(
        invite.start_line, (*invite.headers, ("X-Test-Caller", caller.account.number)), invite.body
    )


@pytest.mark.parametrize(("to", "way", "peer", "back"), CASES.values(), ids=CASES.keys())
def test_the_extension_learns_the_digits_the_peer_and_the_number_to_call_back(
    lab: Lab, tmp_path: Path, to: str, way: str, peer: str, back: str
):
    invite = invite_for(lab, lab.exchanges[to], lab.a, f"{way}70730", tmp_path)
    assert user_in(invite.uri) == "70730"
    assert user_in(invite.one("To")) == "70730"
    assert invite.all("X-From-Peer") == [peer]
    assert invite.all("X-From-Did") == ["70730"]
    assert user_in(invite.one("From")) == back.format(caller=invite.one("X-Test-Caller"))


@pytest.mark.parametrize("to", ["c", "q"])
def test_a_fixed_number_dialled_in_the_same_exchange_comes_with_its_telephone(
    lab: Lab, tmp_path: Path, to: str
):
    invite = invite_for(lab, lab.exchanges[to], lab.exchanges[to], "117", tmp_path)
    assert user_in(invite.uri) == "117"
    assert invite.one("X-From-Peer") == user_in(invite.one("From")) == invite.one("X-Test-Caller")


@pytest.mark.parametrize("through", ["3900", "6610"])
def test_the_number_shown_after_a_hop_rings_the_caller_when_dialled(lab: Lab, tmp_path: Path, through: str):
    connection = lab.connect(lab.c)
    with lab.telephone(lab.a, tmp_path / "first") as first, lab.telephone(lab.c, tmp_path / "back") as back:
        with lab.agent(lab.c, connection.extension) as agent:
            first.dial(f"{through}242117")
            invite = agent.expect("INVITE")
            agent.respond(invite, 486, "Busy Here")
            agent.expect("ACK")
            first.wait_ended()
        back.dial(user_in(invite.one("From")))
        first.wait_answered()
        back.wait_answered()
        back.hang_up()
        first.wait_ended()


@pytest.mark.parametrize("caller_at", ["a", "c"])
@pytest.mark.parametrize("busy_gate_open", [False, True])
def test_mikopbx_lets_a_second_caller_in_only_with_the_parameter(
    lab: Lab, tmp_path: Path, busy_gate_open: bool, caller_at: str
):
    """Dialled by the extension's own number, which goes through MikoPBX's busy gate."""
    connection = lab.connect(lab.c, busy_gate_open=busy_gate_open)
    with (
        lab.agent(lab.c, connection.extension) as agent,
        lab.telephone(lab.c, tmp_path / "first") as first,
        lab.telephone(lab.exchanges[caller_at], tmp_path / "second") as second,
    ):
        first.dial(connection.request.extension)
        agent.answer(agent.expect("INVITE"))
        first.wait_answered()
        second.dial(
            connection.request.extension if caller_at == "c" else f"3900242{connection.request.extension}"
        )
        if busy_gate_open:
            agent.answer(agent.expect("INVITE"))
            second.wait_answered()
        else:
            with pytest.raises(CallFailedError, match="486" if caller_at == "c" else "403|486|603"):
                second.wait_answered()
            with pytest.raises(TimeoutError):
                agent.expect("INVITE", timeout_s=0.2)


def test_the_pasted_numbers_pass_the_busy_gate_by(lab: Lab, tmp_path: Path):
    connection = lab.connect(lab.c, busy_gate_open=False)
    with (
        lab.agent(lab.c, connection.extension) as agent,
        lab.telephone(lab.c, tmp_path / "first") as first,
        lab.telephone(lab.c, tmp_path / "second") as second,
    ):
        for phone in (first, second):
            phone.dial("117")
            agent.answer(agent.expect("INVITE"))
            phone.wait_answered()


@pytest.mark.parametrize("number", ["117", "37XX"])
def test_a_service_that_is_not_registered_is_refused_at_once(lab: Lab, tmp_path: Path, number: str):
    connection = lab.connect(lab.c)
    with lab.telephone(lab.c, tmp_path) as caller, pytest.raises(CallFailedError) as refusal:
        caller.call(number.replace("37XX", connection.request.extension), timeout_s=3)
    print(refusal.value)
    assert re.match(r"[456]\d\d ", str(refusal.value))


def test_the_text_is_in_the_running_dialplan(lab: Lab):
    connection = lab.connect(lab.c)
    shown = lab.c.cli("dialplan show 117@applications")
    assert f"Dial(PJSIP/${{EXTEN}}@{connection.request.extension},60,b(svc-hdr,s,1))" in shown
    assert "X-From-Peer" in lab.c.cli("dialplan show svc-hdr")
    assert "CALLERID(num)=390" in lab.c.cli("dialplan show SIP-TRUNK-B-incoming-custom")
    assert "device_state_busy_at" in lab.c.cli(f"pjsip show endpoint {connection.request.extension}")
