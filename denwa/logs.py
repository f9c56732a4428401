"""Logging: one line an event, for people or as JSON, the call's identity in each line of its task.

Callers' numbers are whole at level debug only. Text from the network is made harmless here, once, for all.
"""

import json
import logging
import sys
import traceback
from collections.abc import Mapping
from typing import TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

from denwa.config.models import Log
from denwa.harmless import harmless, plain
from denwa.masking import mask_uris, masked

_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_FIRST = ("timestamp", "level", "event")
_MOST_TRACEBACK_LINES = 60


def set_up(log: Log, stream: TextIO | None = None) -> None:
    """Send every log line of this process, the standard library's too, to `stream` (stderr)."""
    level = _LEVELS[log.level]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _traced,
            *([] if log.level == "debug" else [_mask]),
            _as_json if log.format == "json" else _as_text,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=level, handlers=[_Forwarder()], force=True)
    logging.captureWarnings(capture=True)


class _Forwarder(logging.Handler):
    """Hands the standard library's log records to structlog."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = record.getMessage()
        except Exception:  # noqa: BLE001 - a wrong format must not lose the line
            text = f"{record.msg} {record.args!r}"
        structlog.get_logger().log(record.levelno, text, logger=record.name, exc_info=record.exc_info or None)


def _traced(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Turn exc_info into the lines of a traceback; a field that has their name gets another."""
    if "traceback" in event:
        event["traceback_"] = event.pop("traceback")
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        lines = "".join(traceback.format_exception(error)).splitlines()
        event["traceback"] = [harmless(line) for line in lines[-_MOST_TRACEBACK_LINES:]]
    return event


def _mask(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    return {**masked(event), "event": mask_uris(str(event.get("event", "")))}


def _as_json(_: WrappedLogger, __: str, event: EventDict) -> str:
    lines = event.pop("traceback", None)
    fields = {harmless(key): plain(value) for key, value in _ordered(event).items()}
    return json.dumps(fields | ({"traceback": lines} if lines else {}), ensure_ascii=False)


def _as_text(_: WrappedLogger, __: str, event: EventDict) -> str:
    lines = event.pop("traceback", [])
    fields = _ordered(event)
    head = " ".join(harmless(str(fields.pop(key, "-"))) for key in _FIRST)
    pairs = "".join(f" {harmless(key)}={_written(value)}" for key, value in fields.items())
    # indented, so that no line of it passes for a line of its own
    return head + pairs + "".join(f"\n    | {line}" for line in lines)


def _ordered(event: Mapping[str, object]) -> dict[str, object]:
    first = {key: event[key] for key in _FIRST if key in event}
    return first | {key: value for key, value in event.items() if key not in first}


def _written(value: object) -> str:
    shown = plain(value)
    bare = isinstance(shown, str) and shown and not set(shown) & set(' "=\u3000')
    return shown if bare and isinstance(shown, str) else json.dumps(shown, ensure_ascii=False)
