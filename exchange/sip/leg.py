"""The seam below a call: what a leg on the wire can do, and what it tells.

The real leg speaks SIP and RTP; the tests' leg in memory carries real G.711 frames in virtual sample time.
Both are held to the same conformance suite.
"""

from dataclasses import dataclass
from enum import Flag, StrEnum, auto
from typing import Protocol

from audio.processor import Processor
from exchange.media.broadcast import Broadcast


class EndedBy(StrEnum):
    """Who ended a call."""

    FAR_END = "far end"
    US = "us"
    NETWORK = "network"


@dataclass(frozen=True, slots=True)
class End:
    """How a call ended: by whom, with which SIP status (0: a BYE) and reason."""

    by: EndedBy
    status: int = 0
    reason: str = ""


class DigitSource(StrEnum):
    """The way a digit came: RFC 4733 event, SIP INFO, or tones in the audio."""

    EVENT = "event"
    INFO = "info"
    INBAND = "in-band"


class Ready(Flag):
    """What a processor on the line has to tell (sticky until reported)."""

    READ = auto()
    WRITE = auto()
    DONE = auto()
    DIGIT = auto()
    HEARD = auto()


@dataclass(frozen=True, slots=True)
class RtpReport:
    """RTP of one leg so far, in packets; `silent_s` is the age of the last packet received, in seconds.

    While the leg only hears a broadcast, the kernel drops what nobody would hear: of that each 64th is `received`.
    """

    received: int
    sent: int
    lost: int
    late: int
    silent_s: float
    law: str
    ptime_ms: int


class LegListener(Protocol):
    """What a leg reports, always on the event loop of its owner."""

    def leg_media(self) -> None:
        """Audio runs from here on (early media or answer)."""

    def leg_answered(self) -> None:
        """The call is up: our 200 was acknowledged, or theirs came."""

    def leg_ready(self, ready: Ready) -> None:
        """The processor on the line raised flags."""

    def leg_digit(self, digit: str, source: DigitSource) -> None:
        """One digit 0-9, *, #, A-D was heard."""

    def leg_ended(self, end: End) -> None:
        """The call is over; nothing follows."""


class Leg(Protocol):
    """One call on the wire. Commands raise `LegGone` when the call is already over."""

    def bind(self, listener: LegListener) -> None:
        """Say who is told; comes once (`Call` does it when it is made); nothing reported before is lost."""

    async def early_media(self) -> None:
        """Send 183 with SDP."""

    async def answer(self) -> None:
        """Send 200 with SDP."""

    async def reject(self, status: int, reason: str) -> None:
        """Refuse a call that was not answered yet (300-699)."""

    async def hangup(self, reason: str) -> None:
        """CANCEL, refuse or BYE, whichever the state asks for; never raises."""

    async def attach(self, processor: Processor | None) -> None:
        """Put a processor on the line, in place of the one before."""

    async def listen(self, broadcast: Broadcast | None, lead_samples: int) -> None:
        """Send a broadcast instead of the processor; None: the processor again."""

    async def press(self, digit: str, length_s: float) -> None:
        """Send a digit: an RFC 4733 event, or SIP INFO to who takes no events."""

    def rtp(self) -> RtpReport | None:
        """The line's counters, after the end the last ones; None before media."""


class LegGone(Exception):  # noqa: N818 - an event, as CallEnded is
    """The call ended before the command could be carried out; `leg_ended` was told of it, or will be."""
