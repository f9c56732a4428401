"""The two axes of the conformance suite: what carries the calls, and which service answers them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from support.databases import sqlite_template, sqlite_url
from support.far_end import Exchange, Home, LegKind, Offer
from support.leg_kinds import LEG_KINDS
from support.served import Served

from services.registry import installed

__all__ = ["sqlite_template", "sqlite_url"]


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


@pytest.fixture(params=sorted(installed()))
def service(request: pytest.FixtureRequest) -> Served:
    """One of our services."""
    spec = installed()[request.param]
    if spec.name == "wakeup":
        home = Home(request.getfixturevalue("sqlite_url"))
        in_half_a_day = datetime.now(ZoneInfo("Asia/Tokyo")) + timedelta(hours=12)
        return Served(spec, number=f"7{in_half_a_day:%H%M}", lasting="73511", home=home)
    return Served(spec, number=spec.number, lasting=spec.number)
