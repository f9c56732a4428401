"""What tests of PJSIP in their own process share."""

import pytest


@pytest.fixture(scope="module")
def line_eventfd() -> None:
    """Open it before the first test counts descriptors: the line keeps it as long as the process lives."""
    from exchange.media.line import start_lines, stop_lines  # noqa: PLC0415 - native tests alone need it

    start_lines(0)
    stop_lines()
