"""What PJSIP is told of an account, and what it then does at each call."""

import time

import pytest
from denwa_pjsip import pjsua2 as pj
from support.endpoint_process import EndpointProcess
from support.preloaded import build_preloaded
from support.scripted_callee import ScriptedCallee

from exchange.sip.account import AccountSettings, _config

pytestmark = pytest.mark.native

SOON_S = 4.0
"""Less than the five seconds for which who asks a dead resolver stands still."""


def test_placing_a_call_asks_no_resolver():
    """PJSIP would look this host's own name up for an IPv6 address, on the thread that all calls hang on."""
    config = _config(AccountSettings(user="7000", registrar="", address="127.0.0.1", transport=0))
    assert config.mediaConfig.ipv6Use == config.sipConfig.ipv6Use == pj.PJSUA_IPV6_DISABLED


def test_a_dead_resolver_holds_up_no_call_that_is_placed(tmp_path):
    """The INVITE leaves at once, and its answer is acknowledged at once."""
    dead = tmp_path / "dead"
    environment = {"LD_PRELOAD": str(build_preloaded("dead_resolver", tmp_path)), "DEAD_RESOLVER": str(dead)}
    with EndpointProcess(environment=environment) as server, ScriptedCallee(server.address) as callee:
        dead.touch()
        began_monotonic_s = time.monotonic()
        server.do("ring", number="1001", host_port=callee.host_port, timeout_s=10)
        invite = callee.rung(timeout_s=10)
        callee.reply(invite, 200, callee.sdp())
        callee.expect("ACK", timeout_s=10)
        assert time.monotonic() - began_monotonic_s < SOON_S
        assert callee.hang_up().status == 200
        server.await_free()
