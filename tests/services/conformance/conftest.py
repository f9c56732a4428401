"""The two axes of the conformance suite: what carries the calls, and which service answers them."""

from importlib import import_module

import pytest
from support.far_end import LegKind
from support.leg_kinds import LEG_KINDS

from services.spec import ServiceSpec

SERVICES = ("clock", "echo")


@pytest.fixture(params=sorted(LEG_KINDS))
def leg_kind(request: pytest.FixtureRequest) -> LegKind:
    """One way to carry calls."""
    return LEG_KINDS[request.param]()


@pytest.fixture(params=SERVICES)
def spec(request: pytest.FixtureRequest) -> ServiceSpec:
    """One of our services."""
    found = import_module(f"services.{request.param}").spec
    assert isinstance(found, ServiceSpec)
    return found
