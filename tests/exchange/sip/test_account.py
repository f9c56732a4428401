"""What PJSIP is told of an account."""

import pytest
from denwa_pjsip import pjsua2 as pj

from exchange.sip.account import AccountSettings, _config

pytestmark = pytest.mark.native


def test_placing_a_call_asks_no_resolver():
    """PJSIP would look this host's own name up for an IPv6 address, on the thread that all calls hang on."""
    config = _config(AccountSettings(user="7000", registrar="", address="127.0.0.1", transport=0))
    assert config.mediaConfig.ipv6Use == config.sipConfig.ipv6Use == pj.PJSUA_IPV6_DISABLED
