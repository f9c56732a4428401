"""Records of calls that never were."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from store.call_records import CallRecord

NOON_UTC = datetime(2026, 12, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def record(service: str = "echo") -> CallRecord:
    """A call that has begun."""
    return CallRecord("in", service, "", "186", "1001", "", "sip-call-id", NOON_UTC)


def ended(call: CallRecord) -> CallRecord:
    """It was hung up after a minute."""
    return replace(
        call, ended_utc=NOON_UTC + timedelta(minutes=1), ended_by="far end", sip_status=0, reason="bye"
    )
