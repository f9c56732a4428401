"""Starts `endpoint_server.py` as a child, and speaks to it."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from support.server_process import ServerProcess

SERVER = Path(__file__).with_name("endpoint_server.py")
MIRROR, EARLY, WAIT, BRIEF, ECHO = "201", "202", "203", "204", "186"


class EndpointProcess(ServerProcess):
    """Our endpoint with services of one habit each, in a process of its own; `setup` is `endpoint_server.Setup`."""

    def __init__(self, *, environment: Mapping[str, str] | None = None, **setup: Any) -> None:
        super().__init__(SERVER, json.dumps(setup), environment=environment)

    def call(self, call_id: str, *, timeout_s: float = 5) -> dict[str, Any]:
        """What the service was told of the call with this Call-ID."""
        report = self.await_report(lambda report: _find(report, call_id), timeout_s)
        found = _find(report, call_id)
        assert found is not None
        return found

    def await_echo(self, call_id: str = "") -> None:
        """Wait until the service says again what it hears on the call with this Call-ID, or on the newest one."""
        self.await_report(
            lambda report: (
                (call := _find(report, call_id) if call_id else report["calls"][-1]) and call["echoes"]
            )
        )

    def ended(self, call_id: str, *, timeout_s: float = 5) -> str:
        """Wait for the end of the call with this Call-ID, and give by whom it came."""
        report = self.await_report(
            lambda report: (call := _find(report, call_id)) and call["end"] is not None, timeout_s
        )
        found = _find(report, call_id)
        assert found is not None
        return str(found["end"][0])

    def await_free(self, timeout_s: float = 5) -> dict[str, Any]:
        """Wait until no call is left anywhere."""
        ends_monotonic_s = time.monotonic() + timeout_s
        while any((report := self.report())[count] for count in ("up", "running", "places", "lines")):
            left = [call for call in report["calls"] if call["end"] is None]
            assert time.monotonic() < ends_monotonic_s, f"calls are left: {left or report}"
            time.sleep(0.02)
        return report


def _find(report: dict[str, Any], call_id: str) -> dict[str, Any] | None:
    return next((call for call in reversed(report["calls"]) if call["call_id"] == call_id), None)
