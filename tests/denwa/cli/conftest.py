"""Every command runs in an empty folder."""

from pathlib import Path

import pytest
from support.command_line import denwa, empty_folder

__all__ = ["denwa", "empty_folder"]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(empty_folder: Path) -> None:
    """For each test."""
