"""One call's packet line. The packets are C's business; from here it is started, given a processor, and asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from exchange.media.events import DIGITS
from exchange.media.native import ffi, lib

if TYPE_CHECKING:
    from exchange.media.broadcast import Broadcast

SAMPLES_PER_MS = 8
NO_BROADCAST = -1
LONGEST_LEAD_SAMPLES = 1600

_GONE = -1
_REASONS = {
    -2: "the stream does not run on this line",
    -3: "PJMEDIA does not tell about the stream",
    -4: "the stream is not G.711",
    -5: "the processor was built for another audio/processor.h: build both wheels again",
}
_LAWS = {0: "PCMU", 1: "PCMA"}


class LineError(Exception):
    """The line cannot do that; the text says why."""


@dataclass(frozen=True, slots=True)
class LineStat:
    """A line's counters, in packets unless they say otherwise.

    `fallback` were sent on credit, since the far end was late or silent; `starved` had silence in them because a
    broadcast was not written in time; `stranger` came from elsewhere than the far end. `silent_s` is the age of the far
    end's last packet, or of the stream when none came. `held`: nothing is sent, since the far end wants nothing.
    """

    received: int
    sent: int
    lost: int
    late: int
    duplicate: int
    reordered: int
    malformed: int
    stranger: int
    source_changes: int
    fallback: int
    skipped: int
    starved: int
    shifts: int
    started: bool
    listening: bool
    held: bool
    filtered: bool
    law: str
    ptime_ms: int
    heard_samples: int
    said_samples: int
    silent_s: float


def start_lines(rt_priority: int = 0) -> bool:
    """Start the clock and credit threads, after PJSIP's libInit.

    Args:
        rt_priority: SCHED_FIFO priority of the clock thread, 0 for none.

    Returns:
        Whether real-time priority was granted; without it all runs the same, less evenly under load.

    Raises:
        LineError: a thread or descriptor could not be had.
    """
    result = lib().line_init(rt_priority)
    if result < 0:
        raise LineError("the media threads cannot be started: the machine is out of threads or descriptors")
    return bool(result)


def stop_lines() -> None:
    """End both threads, before PJSIP's libDestroy."""
    lib().line_stop()


def live_lines() -> int:
    """Return how many lines exist."""
    return int(lib().line_live())


class Line:
    """A handle: every method may be called when the line is gone already, and then does nothing."""

    __slots__ = ("handle",)

    def __init__(self, handle: int) -> None:
        self.handle = handle

    @classmethod
    def wrap(cls, on_create_media_transport_param: Any) -> Self | None:
        """Put a line on a call's media transport, inside Call.onCreateMediaTransport.

        Returns:
            The line; None when there is none to be had, and the call should be refused.
        """
        handle = lib().line_wrap(int(on_create_media_transport_param.this))
        return cls(handle) if handle else None

    def start(self, stream: int) -> None:
        """Let the line run on a stream: in every Call.onStreamCreated, with `int(prm.stream)`.

        Raises:
            LineError: the stream cannot run on it (it is not G.711, say).
        """
        self._check(lib().line_start(self.handle, stream))

    def set_processor(self, ops: int, state: int) -> None:
        """Give the line a processor and a reference of its state, by address (audio/processor.h); 0, 0: none.

        The one before is destroyed; a line that is gone destroys the state at once.

        Raises:
            LineError: it was built for another contract; the state is still the caller's.
        """
        self._check(lib().line_dsp(self.handle, ops, state))

    def listen(self, broadcast: Broadcast | None, lead_samples: int = 0) -> None:
        """Send a broadcast instead of what the processor says; None: the processor again.

        Args:
            broadcast: The programme.
            lead_samples: How much earlier than at its own instant each sample leaves, 0 to 1600.
        """
        if not 0 <= lead_samples <= LONGEST_LEAD_SAMPLES:
            raise ValueError(f"a lead is 0 to {LONGEST_LEAD_SAMPLES} samples, not {lead_samples}")
        self._check(
            lib().line_listen(self.handle, NO_BROADCAST if broadcast is None else broadcast.id, lead_samples)
        )

    def press(self, digit: str, length_samples: int) -> bool:
        """Send a digit 0-9 * # A-D as an RFC 4733 event; False when the line cannot send one now.

        Raises:
            ValueError: it is no digit, or not 160 to 8000 samples long.
        """
        if len(digit) != 1 or digit not in DIGITS or not 160 <= length_samples <= 8000:
            raise ValueError(f"cannot press {digit!r} for {length_samples} samples")
        return int(lib().line_press(self.handle, DIGITS.index(digit), length_samples)) == 0

    def bye(self) -> None:
        """Send nothing any more: the call is over."""
        lib().line_bye(self.handle)

    def stat(self) -> LineStat | None:
        """Return the counters as they stand; None when the line is gone."""
        raw = ffi().new("line_stat_t *")
        if lib().line_stat(self.handle, raw) < 0:
            return None
        return LineStat(
            received=raw.received,
            sent=raw.sent,
            lost=raw.lost,
            late=raw.late,
            duplicate=raw.duplicate,
            reordered=raw.reordered,
            malformed=raw.malformed,
            stranger=raw.stranger,
            source_changes=raw.source_changes,
            fallback=raw.fallback,
            skipped=raw.skipped,
            starved=raw.starved,
            shifts=raw.shifts,
            started=bool(raw.started),
            listening=bool(raw.listening),
            held=bool(raw.held),
            filtered=bool(raw.filtered),
            law=_LAWS.get(raw.law, ""),
            ptime_ms=raw.packet_samples // SAMPLES_PER_MS,
            heard_samples=raw.heard_samples,
            said_samples=raw.said_samples,
            silent_s=raw.silent_ms / 1000,
        )

    @staticmethod
    def _check(result: int) -> None:
        if result < 0 and result != _GONE:
            raise LineError(_REASONS[result])
