"""Digits by three ways as one stream without doubles.

A telephone behind a gateway may be heard twice: as RFC 4733 events (or INFO) and as tones that leaked
into the audio. The same digit by another way within `SAME_S` is one press.
"""

from dataclasses import dataclass, field

from exchange.sip.leg import DigitSource

SAME_S = 0.5
"""Longest time between the same press heard by two ways, in seconds: a tone's detection ends after its event."""

EVENT_DIGITS = "0123456789*#ABCD"
"""RFC 4733 3.2: event codes 0 to 15."""


def event_digit(code: int) -> str | None:
    """The digit of an RFC 4733 event code, None for flash and other events."""
    return EVENT_DIGITS[code] if 0 <= code < len(EVENT_DIGITS) else None


@dataclass(slots=True)
class DigitMerger:
    """Lets each press through once, from whichever way it came first."""

    _out_of_band: bool = False
    _last: dict[str, tuple[DigitSource, float]] = field(default_factory=dict)

    def take(self, digit: str, source: DigitSource, now_monotonic_s: float) -> str | None:
        """The digit if it is a new press, else None. Anything but 0-9 * # A-D gives None."""
        digit = digit.upper()
        if len(digit) != 1 or digit not in EVENT_DIGITS:
            return None
        before = self._last.get(digit)
        double = before is not None and before[0] is not source and now_monotonic_s - before[1] < SAME_S
        if double:
            return None
        if source is DigitSource.INBAND and self._out_of_band:
            return None
        if source is DigitSource.EVENT:
            self._out_of_band = True
        self._last[digit] = (source, now_monotonic_s)
        return digit
