"""The lab's fixtures: real Asterisk exchanges, booted once for all of a run's lab tests."""

from collections.abc import Iterator

import pytest
from lab.asterisk.install import Install, install_asterisk
from lab.laboratory import Lab
from lab.namespace import require_tools

NEEDED_TOOLS = {"baresip": "baresip-core", "sipp": "sip-tester", "tcpdump": "tcpdump", "nft": "nftables"}


@pytest.fixture(scope="session")
def asterisk() -> Install:
    """A private Asterisk; installed at first need, which takes some 15 seconds."""
    return install_asterisk()


@pytest.fixture(scope="session")
def lab(asterisk: Install, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Exchanges A, B, C and Q in a network of their own."""
    require_tools(NEEDED_TOOLS)
    laboratory = Lab(tmp_path_factory.mktemp("lab"), asterisk)
    yield laboratory
    laboratory.close()


@pytest.fixture(autouse=True)
def quiet_exchanges(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test no call is up that the next one could meet."""
    yield
    if "lab" in request.fixturenames:
        laboratory: Lab = request.getfixturevalue("lab")
        for exchange in laboratory.exchanges.values():
            exchange.hang_up_all()
