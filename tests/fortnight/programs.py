"""How the fortnight's programs are started: modules of the tests, by this Python."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

_TESTS = Path(__file__).resolve().parents[1]


def command(module: str, *arguments: str) -> list[str]:
    """`python -m fortnight.MODULE ARGUMENTS`."""
    return [sys.executable, "-m", f"fortnight.{module}", *arguments]


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """This process's, with where the modules are."""
    return os.environ | {"PYTHONPATH": f"{_TESTS.parent}:{_TESTS}"} | more
