"""What is noted of each call that a service takes or places, for the call records."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from exchange.network.numbers import normalise, require_digits
from exchange.sip.call import Call
from exchange.sip.dialler import Dialler, NotReached
from exchange.sip.leg import End, EndedBy
from store.call_records import CallRecord


class Notes(Protocol):
    """Keeps records of calls; the store's recorder is one."""

    def save(self, record: CallRecord) -> None:
        """Keep a record, over an earlier one of the same call. Returns at once and never raises."""


class NoNotes:
    """Keeps nothing."""

    def save(self, record: CallRecord) -> None:
        """Forget it."""


def note_of(call: Call, service: str, extension: str, now_utc: datetime) -> CallRecord:
    """A call that begins now."""
    return CallRecord(
        direction=call.direction,
        service=service,
        extension=extension,
        dialled=call.dialled,
        caller=call.caller.number,
        peer=call.caller.peer,
        call_id=call.call_id,
        began_utc=now_utc,
    )


def completed(note: CallRecord, call: Call, end: End, now_utc: datetime) -> CallRecord:
    """The same call, which has ended now."""
    note = _ended(note, end, now_utc)
    if call.was_answered:
        # by its length, which no step of the clock has touched
        note = replace(note, answered_utc=now_utc - timedelta(seconds=call.seconds))
    if (report := call.rtp()) is None:
        return note
    return replace(
        note,
        rtp_received=report.received,
        rtp_sent=report.sent,
        rtp_lost=report.lost,
        rtp_late=report.late,
        rtp_law=report.law,
        rtp_ptime_ms=report.ptime_ms,
    )


class NotedDialler:
    """A service's dialler, whose calls are noted too."""

    def __init__(self, dialler: Dialler, service: str, notes: Notes) -> None:
        self._dialler = dialler
        self._service = service
        self._notes = notes

    @asynccontextmanager
    async def ring(
        self, number: str, *, extension: str, timeout_s: float, at_monotonic_s: float = 0.0
    ) -> AsyncIterator[Call]:
        """Ring until it is answered; see Dialler. Raises NotReached, NumberError."""
        number = require_digits(normalise(number))
        ahead = timedelta(seconds=max(0.0, at_monotonic_s - time.monotonic()))
        began_utc = datetime.now(UTC) + ahead
        note = CallRecord("out", self._service, extension, number, extension, "", "", began_utc)
        self._notes.save(note)
        call: Call | None = None
        end = End(EndedBy.US, reason="given up")
        try:
            async with self._dialler.ring(
                number, extension=extension, timeout_s=timeout_s, at_monotonic_s=at_monotonic_s
            ) as call:
                yield call
        except NotReached as error:
            end = error.end
            raise
        finally:
            now_utc = datetime.now(UTC)
            if call is None:
                self._notes.save(_ended(note, end, max(now_utc, began_utc)))
            else:
                note = replace(note, call_id=call.call_id)
                self._notes.save(completed(note, call, call.end or End(EndedBy.US), now_utc))


def _ended(note: CallRecord, end: End, now_utc: datetime) -> CallRecord:
    return replace(note, ended_utc=now_utc, ended_by=end.by.value, sip_status=end.status, reason=end.reason)
