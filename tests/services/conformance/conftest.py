"""The two axes of the conformance suite: what carries the calls, and which service answers them."""

from importlib import import_module

import pytest
from support.far_end import Exchange, LegKind, Offer
from support.leg_kinds import LEG_KINDS

from services.spec import ServiceSpec

SERVICES = ("clock", "echo")


@pytest.fixture(scope="session", autouse=True)
def warm() -> None:
    """Have the descriptors that the native parts keep for the life of the process."""

    async def nothing(_: Exchange) -> None:
        return

    for kind in LEG_KINDS.values():
        kind().run(nothing, Offer([]))


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
