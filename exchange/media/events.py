"""What happened on the lines: one descriptor to wait for, flags that cannot be lost, digits of each line."""

import contextlib
import os
from collections.abc import Callable
from enum import IntFlag

from exchange.media.native import ffi, lib

DIGITS = "0123456789*#ABCD"
"""RFC 4733 event codes 0 to 15."""

_LINES_AT_ONCE = 256
_DIGITS_AT_ONCE = 64


class LineFlag(IntFlag):
    """What happened to a line since its flags were last read (line.h)."""

    ATTACHED = 1
    DETACHED = 2
    DESTROYED = 4
    BYE = 8
    FIRST_RTP = 16
    SHIFT = 32
    DIGIT = 64
    DIGITS_LOST = 128
    READ = 256
    WRITE = 512
    DONE = 1024
    HEARD = 2048


LineWatcher = Callable[[LineFlag, str], None]
"""Called with the flags, and the RFC 4733 digits that came with them."""


class LineEvents:
    """Reads all lines' flags and hands them to who watches the line; one thread dispatches."""

    def __init__(self) -> None:
        self._watchers: dict[int, LineWatcher] = {}
        self._ready = ffi().new("line_ready_t[]", _LINES_AT_ONCE)
        self._codes = ffi().new("uint8_t[]", _DIGITS_AT_ONCE)

    def fileno(self) -> int:
        """Return the eventfd that is readable when `dispatch` has something to do; after `start_lines`."""
        return int(lib().line_eventfd())

    def watch(self, handle: int, watcher: LineWatcher) -> None:
        """Call `watcher` with whatever happens to the line, from now until it is destroyed."""
        self._watchers[handle] = watcher

    def dispatch(self) -> int:
        """Hand out what happened since the last call; return how many reports that were.

        It must be called now and then: a line's place is free again only after its end was read.

        Raises:
            ExceptionGroup: watchers failed; every other watcher was called all the same.
        """
        with contextlib.suppress(BlockingIOError):
            os.eventfd_read(self.fileno())
        errors: list[Exception] = []
        reports = 0
        while count := lib().line_ready(self._ready, _LINES_AT_ONCE):
            for ready in self._ready[0:count]:
                try:
                    self._hand_out(ready.line, LineFlag(ready.flags))
                except Exception as error:  # noqa: BLE001 - raised below, when nobody's flags can be lost any more
                    errors.append(error)
            reports += count
        if errors:
            raise ExceptionGroup("watchers of lines failed", errors)
        return reports

    def _hand_out(self, handle: int, flags: LineFlag) -> None:
        digits = self._digits(handle) if flags & (LineFlag.DIGIT | LineFlag.DIGITS_LOST) else ""
        watcher = self._watchers.get(handle)
        if flags & LineFlag.DESTROYED:
            self._watchers.pop(handle, None)
        if watcher is not None:
            watcher(flags, digits)

    def _digits(self, handle: int) -> str:
        count = max(0, lib().line_digits(handle, self._codes, _DIGITS_AT_ONCE))
        return "".join(DIGITS[code] for code in self._codes[0:count] if code < len(DIGITS))
