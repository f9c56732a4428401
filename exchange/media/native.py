"""The line's C functions, loaded when first asked for: importing this package starts no PJSIP."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def _module() -> Any:
    from denwa_pjsip import line  # noqa: PLC0415 - it is 15 MB, and tests in memory may do without

    return line


def lib() -> Any:
    """Return the functions of line.h."""
    return _module().lib


def ffi() -> Any:
    """Return cffi's face, for the structures of line.h."""
    return _module().ffi
