"""Callbacks from PJSIP: an exception in one is logged whole, since the binding would print and forget it."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

import structlog

F = TypeVar("F", bound=Callable[..., Any])
log = structlog.get_logger()


def callback(function: F) -> F:
    """Log what escapes a callback; one call is lost, never the process."""

    @functools.wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception:
            log.exception("sip_callback_failed", callback=function.__qualname__)
            return None

    return cast("F", guarded)
