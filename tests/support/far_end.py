"""What the conformance suite asks of a far end, whatever carries its calls: memory, or SIP on loopback."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from audio.g711 import Law
from exchange.sip.leg import DigitSource
from services.spec import ServiceSpec
from trust.allowed import NumberRules
from trust.settings import TrustSettings


class Sends(Enum):
    """What a telephone sends while nobody speaks or presses a key."""

    SILENCE = auto()
    """RTP packets of zeros, as most do."""
    NOTHING = auto()
    """No RTP at all: it is mute, or suppresses silence."""


@dataclass(slots=True)
class Habits:
    """How a telephone behaves."""

    law: Law = "ulaw"
    """The law that it offers first."""
    sends: Sends = Sends.SILENCE
    acknowledges: bool = True
    """Whether it sends an ACK for a 200."""
    offers: bool = True
    """Whether its INVITE has SDP; without, our 200 offers and its ACK answers."""


class Telephone(Protocol):
    """A telephone that has dialled."""

    @property
    def status(self) -> int:
        """The final SIP status that its INVITE got; 0: none yet."""

    @property
    def provisional(self) -> list[int]:
        """The provisional statuses that came before it, but for 100."""

    @property
    def longest_gap_s(self) -> float:
        """The longest time between two RTP packets that came while it was not holding, in seconds."""

    @property
    def heard(self) -> NDArray[np.int16]:
        """All that it heard since it dialled, 8000 Hz linear PCM."""

    async def until_answered(self, timeout_s: float) -> int:
        """Wait for a final status of the INVITE and give it. Raises TimeoutError."""

    async def until_over(self, timeout_s: float) -> None:
        """Wait until the far end has ended the call (BYE, or a refusal). Raises TimeoutError."""

    async def listen(self, seconds: float) -> NDArray[np.int16]:
        """Let time pass and give what was heard in it."""

    async def hang_up(self) -> None:
        """CANCEL or BYE, whichever its state asks for."""

    async def press(self, digits: str, by: DigitSource) -> None:
        """Press keys, 100 ms each and 100 ms apart."""

    def say(self, pcm: NDArray[np.int16]) -> None:
        """Speak whole frames of 20 ms, after what is already being said."""

    async def hold(self) -> int:
        """re-INVITE with a=sendonly; gives its status."""

    async def resume(self) -> int:
        """re-INVITE with a=sendrecv; gives its status."""

    async def change_law(self) -> int:
        """re-INVITE that offers the other law only; gives its status."""


class Exchange(Protocol):
    """Our side with its services, as telephones see it."""

    async def dial(self, number: str, *, caller: str = "1001", habits: Habits | None = None) -> Telephone:
        """Let a telephone call a number."""

    async def shut_down(self) -> None:
        """End the program as SIGTERM does; returns when it has ended."""

    def calls(self) -> int:
        """Calls that our side still counts, in the runner or for the caps."""


@dataclass(frozen=True, slots=True)
class Home:
    """What services have that keep something and ring telephones: a database, and an exchange by an extension of ours."""

    database_url: str
    exchange: str = "home"
    extension: str = "services"

    @property
    def trust(self) -> TrustSettings:
        """Its own telephones may be rung."""
        return TrustSettings({self.exchange: NumberRules()})


@dataclass(frozen=True, slots=True)
class Offer:
    """Services under test with their configuration, and how many calls they may have at once.

    With a `home` telephones call from its exchange, by its extension; else whoever has our address calls.
    """

    services: Sequence[tuple[ServiceSpec, BaseModel]]
    caps: Mapping[str, int] = field(default_factory=dict)
    language: str = "en"
    home: Home | None = None


Script = Callable[[Exchange], Awaitable[None]]


class LegKind(Protocol):
    """One way to carry calls."""

    long_s: float
    """What counts as a long time in a script: time is dear where it is real."""
    gap_s: float
    """The longest pause between two packets of 20 ms that is no fault."""

    def run(self, script: Script, offer: Offer) -> None:
        """Run a script against the services; fails when a call, task or processor is left after it."""
