"""Digits by three ways as one stream without doubles.

A telephone behind a gateway may be heard twice: as RFC 4733 events or INFO, and as tones that leaked into the
audio. Each press is let through once, from whichever way it comes first; the other ways' reports of it are
then known by their digit and by how late they may be.
"""

import math
from dataclasses import dataclass, field

from exchange.sip.leg import DigitSource

LATE_S = {DigitSource.EVENT: 0.5, DigitSource.INBAND: 0.5, DigitSource.INFO: 2.0}
"""How long after the first report of a press another way may still report it, in seconds.

A tone is detected 40 to 100 ms after it starts; an event's packets may be held up in a jitter buffer;
INFO is often sent only when the key is let go.
"""

LEAK_S = 5.0
"""How long after an event or INFO tones are not listened to, in seconds: a key held down may leak as several."""

TAKEOVER_S = 0.15
"""Within this time of its begin a detector reports a tone that was there before it, in seconds."""

HELD_S = 3.0
"""How long after a tone's last report it may still be the same key, held down, in seconds."""

PRESSES_KEPT = 32
"""Presses remembered; more come within two seconds only from a machine."""

EVENT_DIGITS = "0123456789*#ABCD"
"""RFC 4733 3.2: event codes 0 to 15."""


def event_digit(code: int) -> str | None:
    """The digit of an RFC 4733 event code, None for flash and other events."""
    return EVENT_DIGITS[code] if 0 <= code < len(EVENT_DIGITS) else None


@dataclass(slots=True)
class _Press:
    digit: str
    at_monotonic_s: float
    ways: set[DigitSource]


@dataclass(slots=True)
class DigitMerger:
    """Lets each press through once, from whichever way it came first."""

    _presses: list[_Press] = field(default_factory=list)
    _tone: tuple[str, float] = ("", -math.inf)
    _out_of_band_until_s: float = -math.inf

    def take(
        self, digit: str, source: DigitSource, now_monotonic_s: float, *, listening_s: float = math.inf
    ) -> str | None:
        """The digit if it is a new press, else None. Anything but 0-9 * # A-D gives None.

        `listening_s`: for how long the detector of tones that reports it has been on the line, in seconds.
        """
        digit = digit.upper()
        if len(digit) != 1 or digit not in EVENT_DIGITS:
            return None
        if source is DigitSource.INBAND and self._taken_over(digit, now_monotonic_s, listening_s):
            return None
        leaked = source is DigitSource.INBAND and now_monotonic_s < self._out_of_band_until_s
        if source is not DigitSource.INBAND:
            self._out_of_band_until_s = now_monotonic_s + LEAK_S
        if self._known(digit, source, now_monotonic_s) or leaked:
            return None
        self._presses.append(_Press(digit, now_monotonic_s, {source}))
        return digit

    def _taken_over(self, digit: str, now_monotonic_s: float, listening_s: float) -> bool:
        """Whether a detector that was put on the line in the middle of a tone hears it once more."""
        before, at_monotonic_s = self._tone
        self._tone = digit, now_monotonic_s
        held = digit == before and now_monotonic_s - at_monotonic_s < HELD_S
        return held and listening_s < TAKEOVER_S

    def _known(self, digit: str, source: DigitSource, now_monotonic_s: float) -> bool:
        oldest_s = now_monotonic_s - max(LATE_S.values())
        recent = [press for press in self._presses if press.at_monotonic_s >= oldest_s]
        self._presses = recent[-PRESSES_KEPT:]
        for press in self._presses:
            in_time = now_monotonic_s - press.at_monotonic_s < LATE_S[source]
            if press.digit == digit and in_time and source not in press.ways:
                press.ways.add(source)
                return True
        return False
