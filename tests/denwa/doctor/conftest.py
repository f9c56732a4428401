"""What the examinations of this folder run beside."""

import pytest

from exchange.media.line import start_lines, stop_lines


@pytest.fixture(scope="session")
def line_eventfd() -> None:
    """The lines' eventfd stays open for the life of the process."""
    start_lines()
    stop_lines()
