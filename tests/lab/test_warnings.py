"""What the printed notes warn of, seen happening: so they are true."""

import contextlib
import dataclasses
from pathlib import Path

import pytest
from lab.asterisk.exchange import Extension, TrunkEnd
from lab.baresip import CallFailedError
from lab.laboratory import Lab
from support.sip_message import SipMessage

pytestmark = [pytest.mark.lab, pytest.mark.timeout(20, func_only=True)]

NEIGHBOUR_732 = TrunkEnd("SIP-TRUNK-R", "127.0.0.99", "732")
"""Nobody is at this address."""


def decline(invite: SipMessage, agent, caller) -> None:
    agent.respond(invite, 486, "Busy Here")
    agent.expect("ACK")
    caller.wait_ended()


def test_in_mikopbx_the_services_range_takes_a_neighbours_numbers(lab: Lab, tmp_path: Path):
    connection = lab.connect(lab.c)
    with (
        lab.altered(lab.c, trunks=(*lab.c.exchange.trunks, NEIGHBOUR_732)),
        lab.agent(lab.c, connection.extension) as agent,
        lab.telephone(lab.c, tmp_path) as caller,
    ):
        caller.dial("73211")
        decline(agent.expect("INVITE"), agent, caller)
        caller.dial("732111")
        with pytest.raises(TimeoutError):
            agent.expect("INVITE", timeout_s=0.3)


def test_in_a_plain_asterisk_the_neighbours_prefix_takes_the_services_numbers(lab: Lab, tmp_path: Path):
    connection = lab.connect(lab.q)
    with (
        lab.altered(lab.q, trunks=(*lab.q.exchange.trunks, NEIGHBOUR_732)),
        lab.agent(lab.q, connection.extension) as agent,
        lab.telephone(lab.q, tmp_path) as caller,
    ):
        caller.dial("73211")
        with pytest.raises(TimeoutError):
            agent.expect("INVITE", timeout_s=0.3)
        with contextlib.suppress(CallFailedError):  # the exchange may have given up already
            caller.hang_up()
        caller.dial("73311")
        decline(agent.expect("INVITE"), agent, caller)


def test_a_caller_whose_trunk_hides_him_is_shown_without_a_prefix(lab: Lab, tmp_path: Path):
    connection = lab.connect(lab.b)
    hiding = tuple(dataclasses.replace(end, from_user="SIP-TRUNK-A") for end in lab.a.exchange.trunks)
    with (
        lab.altered(lab.a, trunks=hiding),
        lab.agent(lab.b, connection.extension) as agent,
        lab.telephone(lab.a, tmp_path) as caller,
    ):
        caller.dial("390117")
        invite = agent.expect("INVITE")
        assert "sip:SIP-TRUNK-A@" in invite.one("From")
        assert invite.one("X-From-Peer") == "SIP-TRUNK-A"
        decline(invite, agent, caller)


def test_a_caller_whose_number_is_one_of_the_neighbours_extensions_is_refused(lab: Lab, tmp_path: Path):
    account = lab.fresh_extension(lab.a)
    with (
        lab.altered(lab.b, telephones=(*lab.b.exchange.telephones, Extension(account.number))),
        lab.telephone(lab.a, tmp_path, account) as caller,
        pytest.raises(CallFailedError, match="403"),
    ):
        caller.call("3909196")


def test_return_numbers_need_the_text_on_every_exchange_of_the_way(lab: Lab, tmp_path: Path):
    """B without it: C shows what leads to B, and from there to a telephone of B's own with A's number."""
    connection = lab.connect(lab.c)
    with (
        lab.altered(lab.b, connections=()),
        lab.agent(lab.c, connection.extension) as agent,
        lab.telephone(lab.a, tmp_path) as caller,
    ):
        caller.dial("3900242117")
        invite = agent.expect("INVITE")
        assert f"sip:390{caller.account.number}@" in invite.one("From")
        decline(invite, agent, caller)
